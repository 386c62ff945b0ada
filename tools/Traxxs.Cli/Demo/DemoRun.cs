using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Cli.Server;
using Traxxs.Server.Api;
using Traxxs.Server.Hosting;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Run;

namespace Traxxs.Cli.Demo;

/// <summary>
/// Plays the script: a real server on free loopback ports, three simulated insoles over real sockets, simulated time that
/// waits for acknowledgements and alerts. Then counts.
/// </summary>
internal sealed class DemoRun(DemoOptions options, TextWriter commentary) : IAsyncDisposable
{
    /// <summary>Longest real wait for the server to take in what it has acknowledged.</summary>
    private static readonly TimeSpan ServerMax = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan PaceStep = TimeSpan.FromMilliseconds(40);

    private readonly string _folder = options.DataFolder ?? Directory.CreateTempSubdirectory("traxxs-demo-").FullName;
    private readonly DateTimeOffset _start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _announced = [];
    private DemoScript _script = null!;
    private DemoClock _clock = null!;
    private DemoNarrator _narrator = null!;
    private ServerHost? _host;
    private HttpClient? _api;
    private Stopwatch _watch = null!;
    private long _seenPosition;
    private bool _paced = options.Speed > 0;

    /// <summary>Plays it to the end. Throws <see cref="DemoException"/> where it cannot begin.</summary>
    public async Task<DemoResult> PlayAsync(CancellationToken cancellation)
    {
        _watch = Stopwatch.StartNew();
        _script = DemoScript.Write(options, _start);
        _clock = new DemoClock(_start);
        _narrator = new DemoNarrator(commentary, _script);
        await StartServerAsync(cancellation);
        using var run = new SimulationRun(_script.Scenario, options.Seed, (_, device) => PathOf(device.Id));
        foreach (var rig in run.Rigs) _narrator.Follow(rig);
        run.TimeMoves = timeMs => MoveTo(run, timeMs, cancellation);
        _watch.Restart();
        await Task.Run(() => Play(run, cancellation), cancellation);
        _clock.MoveTo(run.UtcNow);
        return await CountAsync(run, cancellation);
    }

    /// <summary>Leaves the server running on a clock of its own.</summary>
    public void LetTheServerGoOn() => _clock.GoOn();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        if (_host is not null) await _host.DisposeAsync();

        if (options.DataFolder is null) Directory.Delete(_folder, recursive: true);
    }

    private async Task StartServerAsync(CancellationToken cancellation)
    {
        try
        {
            _host = await ServerHost.StartAsync(new ServerOptions
            {
                DataFolder = _folder,
                OpenStore = StoreChoice.Of(options.Store),
                OpenBroker = BrokerChoice.Of(options.Broker),
                MqttPort = 0,
                HttpPort = 0,
                Clock = _clock,
                Geofences = [new ConfiguredGeofence($"demo-yard-{_start.ToUnixTimeSeconds()}", FeatureOf(_script.Fence))],
                NewAdminToken = true,
                Logging = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance,
            }, cancellation);
        }
        catch (Exception e) when (e is ConfigurationException or Traxxs.Store.StoreUnavailableException)
        {
            throw new DemoException($"the server does not start: {e.Message}");
        }

        if (_host.Store.Count() > 0) throw new DemoException($"{_folder} holds reports already: name a new folder with --data, or leave it out");
        _api = new HttpClient { BaseAddress = _host.ApiAddress };
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _host.AdminToken);
        _narrator.Begin(_host.ApiAddress, _host.AdminToken, _host.MqttAddress, options.Speed);
    }

    private MqttServerPath PathOf(string deviceId)
        => new(new MqttServerAddress(_host!.MqttEndpoint.Address.ToString(), _host.MqttEndpoint.Port, deviceId, _host.Provision(deviceId)));

    private void Play(SimulationRun run, CancellationToken cancellation)
    {
        run.RunTo((long)_script.Scenario.Duration.TotalMilliseconds, cancellation);
        _narrator.TellTo(run.NowMs);
        _paced = false;
        if (run.Rigs.Any(rig => rig.Waiting > 0)) _narrator.Say(run.NowMs, "all", "stay awake until their last report is delivered");
        if (!run.Drain(cancellation)) _problems.Add("an insole could not deliver what it held within 6 simulated hours");
        AwaitServer(run, cancellation);
    }

    // Simulated time moves on only when the server has taken in everything it acknowledged, and no faster than asked.
    private void MoveTo(SimulationRun run, long timeMs, CancellationToken cancellation)
    {
        AwaitServer(run, cancellation);
        while (_paced)
        {
            var reachedMs = (long)(_watch.Elapsed.TotalMilliseconds * options.Speed);
            if (reachedMs >= timeMs) break;
            _clock.MoveTo(_start.AddMilliseconds(reachedMs));
            cancellation.WaitHandle.WaitOne(PaceStep);
            cancellation.ThrowIfCancellationRequested();
        }

        _clock.MoveTo(_start.AddMilliseconds(timeMs));
        _narrator.TellTo(timeMs);
    }

    private void AwaitServer(SimulationRun run, CancellationToken cancellation)
    {
        var position = _host!.Store.LastPosition;
        if (position == _seenPosition) return;
        var waiting = Stopwatch.StartNew();
        while (!_host.AlertsAreUpToDate)
        {
            cancellation.ThrowIfCancellationRequested();
            if (waiting.Elapsed > ServerMax)
            {
                _problems.Add($"the rules did not take in report {position} within {ServerMax.TotalSeconds:0} s");
                break;
            }

            Thread.Sleep(1);
        }

        _seenPosition = position;
        foreach (var alert in ReadAlertsAsync(cancellation).GetAwaiter().GetResult())
        {
            if (_announced.Add(alert.Id)) _narrator.Raised(Of(alert), run.NowMs);
        }
    }

    private async Task<DemoResult> CountAsync(SimulationRun run, CancellationToken cancellation)
    {
        var alerts = (await AllNotifiedAsync(cancellation)).Select(Of).OrderBy(alert => alert.RaisedAt).ToList();
        Match(alerts);
        var count = DeliveryCount.Of(run.Rigs, _host!.Store);
        if (count.Lost > 0) _problems.Add($"{count.Lost} accepted reports are not stored");
        if (count.Duplicates > 0) _problems.Add($"{count.Duplicates} reports are stored twice or differ from what the device accepted");
        if (count.Foreign > 0) _problems.Add($"{count.Foreign} reports are stored that no device accepted");
        if (run.Rigs.Sum(rig => rig.Dropped) is var dropped and > 0) _problems.Add($"{dropped} reports were dropped on a device");
        return new DemoResult
        {
            ExpectedAlerts = _script.Expected.Count,
            AcceptedReports = count.Accepted,
            StoredReports = count.Stored,
            Duplicates = count.Duplicates,
            Lost = count.Lost,
            Alerts = alerts,
            Problems = _problems,
            WallSeconds = Math.Round(_watch.Elapsed.TotalSeconds, 3),
            SimulatedSeconds = run.NowMs / 1000.0,
        };
    }

    private void Match(List<DemoAlert> alerts)
    {
        foreach (var expected in _script.Expected)
        {
            var found = alerts.Where(alert => alert.Device == expected.DeviceId && alert.Rule == expected.Rule).ToList();
            if (found.Count != 1)
            {
                _problems.Add($"{expected.Rule} for {expected.DeviceId}: raised {found.Count} times instead of once");
                continue;
            }

            var alert = found[0];
            var at = alert.EventTime - _start;
            alert.Expected = at >= expected.EventFrom && at <= expected.EventTo
                && alert.AgeSeconds >= expected.AgeMin.TotalSeconds && alert.AgeSeconds <= expected.AgeMax.TotalSeconds;
            if (!alert.Expected)
            {
                _problems.Add($"{expected.Rule} for {expected.DeviceId}: happened {at:hh\\:mm\\:ss} (expected {expected.EventFrom:hh\\:mm\\:ss} to {expected.EventTo:hh\\:mm\\:ss}), "
                    + $"raised {alert.AgeSeconds:0} s later (expected {expected.AgeMin.TotalSeconds:0} to {expected.AgeMax.TotalSeconds:0} s)");
            }
        }

        foreach (var alert in alerts)
        {
            if (!_script.Expected.Any(expected => expected.DeviceId == alert.Device && expected.Rule == alert.Rule)) _problems.Add($"{alert.Rule} for {alert.Device}: nobody expected it");
            if (!alert.Notified) _problems.Add($"{alert.Rule} for {alert.Device}: no channel took a notification");
        }
    }

    private async Task<IReadOnlyList<AlertView>> AllNotifiedAsync(CancellationToken cancellation)
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            var alerts = await ReadAlertsAsync(cancellation);
            if (alerts.All(alert => alert.NotifiedAt is not null) || waiting.Elapsed > ServerMax) return alerts;
            await Task.Delay(20, cancellation);
        }
    }

    // Over the API, as anybody would see them.
    private async Task<IReadOnlyList<AlertView>> ReadAlertsAsync(CancellationToken cancellation)
        => (await _api!.GetFromJsonAsync<AlertPage>("/api/v1/alerts?limit=500", JsonSerializerOptions.Web, cancellation))!.Alerts;

    private static DemoAlert Of(AlertView alert) => new()
    {
        Device = alert.DeviceId,
        Rule = alert.Rule,
        EventTime = alert.EventTime is { } time ? Time(time) : null,
        RaisedAt = Time(alert.RaisedAt),
        AgeSeconds = alert.AgeS,
        Notified = alert.NotifiedAt is not null,
        Summary = alert.Summary,
    };

    private static DateTimeOffset Time(double unixSeconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(unixSeconds * 1000));

    private static JsonElement FeatureOf(DemoFence fence) => JsonSerializer.SerializeToElement(new
    {
        type = "Feature",
        geometry = new { type = "Point", coordinates = new[] { fence.Centre.Longitude, fence.Centre.Latitude } },
        properties = new { name = fence.Name, radiusM = fence.RadiusM, alertOn = new[] { "leave" }, devices = new[] { fence.DeviceId } },
    });

    private sealed record AlertPage(IReadOnlyList<AlertView> Alerts);
}
