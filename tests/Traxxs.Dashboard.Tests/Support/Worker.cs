using System.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Server.Hosting;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Dashboard.Tests.Support;

/// <summary>
/// One simulated wearer, whose insole runs the firmware's own code and reports to the real server. Simulated time runs ahead
/// of the clock's but begins so long before now that it does not overtake it.
/// </summary>
internal sealed class Worker : IDisposable
{
    /// <summary>Where the stories take place.</summary>
    public static readonly GeoPoint Home = new(52.0, 13.0);

    private const int StepsMax = 1200; // simulated seconds: 20 minutes

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(30);

    private readonly SimulationRun _run;
    private long _sentAt;

    public Worker(ServerHost host, string id, Timeline timeline, TimeSpan before, IReadOnlyList<GeoPoint>? route = null)
    {
        var secret = host.Provision(id);
        var person = new Person(id, new Route(route ?? [Home, Home.Move(5000, 0)]), timeline);
        var scenario = new Scenario
        {
            Name = "page", Start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.Subtract(before).ToUnixTimeSeconds()),
            Duration = TimeSpan.FromMilliseconds(timeline.EndMs), Devices = [new ScenarioDevice { Id = id, Wearer = person }],
        };
        _run = new SimulationRun(scenario, 1, (_, _) => new MqttServerPath(new MqttServerAddress(host.MqttEndpoint.Address.ToString(), host.MqttEndpoint.Port, id, secret)));
        Rig.Published += (_, _) => Volatile.Write(ref _sentAt, Stopwatch.GetTimestamp());
    }

    public InsoleRig Rig => _run.Rigs[0];

    /// <summary>When the newest frame was handed to the network, as <see cref="Stopwatch"/> counts.</summary>
    public long SentAt => Volatile.Read(ref _sentAt);

    /// <summary>Lives on up to a time after the beginning.</summary>
    public Task UntilAsync(TimeSpan time) => Task.Run(() => _run.RunTo((long)time.TotalMilliseconds));

    /// <summary>
    /// Lives on until something is so, no faster than the server can answer: an insole listens only for seconds of its own
    /// time. A test fails when it never is.
    /// </summary>
    public async Task UntilAsync(Func<Worker, bool> wanted, string what)
    {
        for (var steps = 0; !wanted(this); steps++)
        {
            Assert.IsLessThan(StepsMax, steps, $"the insole never came so far: {what}");
            await Task.Run(() => _run.RunTo(_run.NowMs + 1000));
            await Task.Delay(Pace);
        }
    }

    public bool Felt(IndicatorPattern pattern) => Rig.Shown.Any(shown => shown.Pattern == pattern);

    public void Dispose() => _run.Dispose();
}
