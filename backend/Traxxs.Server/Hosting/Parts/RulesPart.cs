using Traxxs.Server.Alerts;
using Traxxs.Server.Api;
using Traxxs.Server.Cluster;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Hosting.Parts;

/// <summary>Rules, devices' news and retention, in one process at a time; the others stand by.</summary>
internal sealed class RulesPart : IServerPart, IReportConsumer, IAsyncDisposable
{
    private readonly ServerCore _core;
    private readonly Leased<RulesWork> _work;

    /// <summary>A part that stands still until it is started.</summary>
    public RulesPart(ServerCore core)
    {
        _core = core;
        _work = new Leased<RulesWork>("rules", core.Leases, () => new RulesWork(core, Deaf), core.Machine, core.Log, work => work.Alerts.Overtaken);
        core.Channel.Subscribe(ServiceTopic.Reports, _ => Wake());
        core.Channel.Subscribe(ServiceTopic.Forgotten, message => _work.Current?.Alerts.ForgetPlaces(message.Detail ?? ""));
        core.Channel.Subscribe(ServiceTopic.Retention, _ => _work.Current?.Retention.Wake());
        core.Channel.Missed += Wake;
        core.Channel.Missed += () => _work.Current?.ForgetErased();
    }

    /// <summary>The work while this process does it.</summary>
    public RulesWork? Work => _work.Current;

    /// <summary>How far the rules are, wherever they run.</summary>
    public IRuleStanding StandingOf(IRuleStanding elsewhere) => new Here(_work, elsewhere);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => _work.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public void Tick(DateTimeOffset now)
    {
        Wake();
        _work.Current?.Retention.Tick(now);
    }

    /// <inheritdoc/>
    public void Accept(AcceptedReport report) => Wake();

    /// <inheritdoc/>
    public void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime) => _work.Current?.Devices.ContactChanged(deviceId, connected, serverTime);

    /// <inheritdoc/>
    public IEnumerable<HealthCheck> Checks()
    {
        if (_work.Current is { Alerts: var alerts } work)
        {
            yield return new("alerts", alerts.Trouble is null, alerts.Trouble, new Dictionary<string, long>
            {
                ["behind"] = Math.Max(0, _core.Store.LastPosition - alerts.Position), ["passedOver"] = alerts.PassedOver, ["begunAnew"] = _work.BegunAnew,
            });
            yield return new("deviceNews", work.Devices.Trouble is null, work.Devices.Trouble, new Dictionary<string, long> { ["passedOver"] = work.Devices.PassedOver });
            yield return new("retention", true, work.Retention.Trouble, []); // told; alerts need nothing of it
        }
        else
        {
            // Who stands by is as ready as can be.
            yield return new("alerts", _work.Idle == Leased<RulesWork>.Standby, _work.Idle, []);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string?>> Standing() => [new(PartName.Rules, _work.Current is { Alerts: var alerts } ? alerts.Trouble : _work.Idle)];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _work.DisposeAsync();

    private void Wake()
    {
        if (_work.Current is not { } work) return;
        work.Alerts.Wake();
        work.Devices.Wake();
    }

    private string? Deaf() => _core.Roster.WhyNone(PartName.Hearing);

    private sealed class Here(Leased<RulesWork> work, IRuleStanding elsewhere) : IRuleStanding
    {
        private IRuleStanding Current => (IRuleStanding?)work.Current?.Alerts ?? elsewhere;

        public long Position => Current.Position;

        public long PassedOver => Current.PassedOver;

        public string? Trouble => Current.Trouble;

        public ContactState? ContactOf(string deviceId) => Current.ContactOf(deviceId);
    }
}
