using Traxxs.Server.Api;
using Traxxs.Server.Cluster;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Devices;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Hosting.Parts;

/// <summary>Devices on RabbitMQ: this process takes their frames into the store, says who may connect, and closes connections.</summary>
internal sealed class RabbitMqListenerPart : IServerPart
{
    // A key that ended elsewhere, or by itself, is noticed within this time.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly ServerCore _core;
    private readonly FrameConsumer _frames;
    private readonly Withdrawals _withdrawals;
    private DateTimeOffset _nextLook;

    /// <summary>A part that begins with its link, over which nothing is published.</summary>
    public RabbitMqListenerPart(ServerCore core, RabbitMqOptions options, RabbitMqLink link)
    {
        _core = core;
        var bell = new ReportsBell(core.Channel, core.Machine);
        var unread = core.UnreadReports();
        var ingest = new ReportIngest(core.Store, core.Clock, core.Counters, bell.Ring, unread.Refused, core.Log);
        _frames = new FrameConsumer(options, ingest, () => core.Store.Health.Available, core.Clock, core.Log);
        PutAside = new DeadFrames(options, ingest, core.Store, unread.Raise, core.Clock, core.Log);
        var states = new StateConsumer(core.Channel, new StoredContacts(core.Database), core.Clock, core.Machine, core.Log);
        link.Use(_frames.RunAsync);
        link.Use(states.RunAsync);
        link.Use(PutAside.RunAsync);
        Access = new BrokerAccess(core.Devices, core.Identity.Tokens.ListenerOf, () => _frames.IsReady, options.VirtualHost);
        _withdrawals = core.Withdrawals(device => core.Side!.Disconnect(device));
        core.Channel.Subscribe(ServiceTopic.Revoked, _ => _nextLook = default);
    }

    /// <summary>Who may do what at RabbitMQ.</summary>
    public BrokerAccess Access { get; }

    /// <summary>What comes in.</summary>
    public FrameConsumer Frames => _frames;

    /// <summary>What came back too often.</summary>
    public DeadFrames PutAside { get; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Tick(DateTimeOffset now)
    {
        _withdrawals.Tick();
        if (now < _nextLook) return;
        _nextLook = now + LookAgain;
        foreach (var (clientId, keyId) in Access.Listeners.ToList())
        {
            if (_core.Identity.Tokens.Stands(keyId)) continue;
            _core.Side!.Disconnect(clientId);
            Access.Forget(clientId);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<HealthCheck> Checks()
    {
        yield return new("listener", _frames.Trouble is null, _frames.Trouble, new Dictionary<string, long>
        {
            ["waiting"] = _frames.Waiting, ["delayMs"] = (long)_frames.Delay.TotalMilliseconds, ["putAside"] = _frames.Dead, ["givenBack"] = _frames.GivenBack, ["keptUnread"] = PutAside.KeptUnread, ["underNoDevice"] = _frames.Strange,
        });
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string?>> Standing()
    {
        var health = _core.Store.Health;
        yield return new(PartName.Storing, _frames.Trouble ?? (health.Available ? null : health.Reason ?? "the store takes no reports"));
        yield return new(PartName.Hearing, _frames.Trouble ?? _frames.WhyBehind);
    }
}
