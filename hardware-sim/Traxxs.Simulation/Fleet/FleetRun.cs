using Traxxs.Simulation.Links;

namespace Traxxs.Simulation.Fleet;

/// <summary>How a fleet stands at a moment.</summary>
/// <param name="FleetMs">Fleet time, ms.</param>
/// <param name="Connections">Connections that stand.</param>
/// <param name="Reports">Reports acknowledged so far.</param>
/// <param name="Emergencies">Falls and SOS presses so far.</param>
/// <param name="LagMs">How far behind real time the last steps ran, ms.</param>
/// <param name="Draining">The days are over; what is held is being delivered.</param>
public readonly record struct FleetMoment(long FleetMs, int Connections, long Reports, int Emergencies, double LagMs, bool Draining);

/// <summary>
/// Thousands of insoles on their real firmware in real time against a live server. Insoles share nothing, so they are shared out to
/// threads, and each thread runs its own in the order of their next events.
/// </summary>
public sealed class FleetRun : IDisposable
{
    private static readonly TimeSpan LeaveMax = TimeSpan.FromSeconds(30);

    private readonly FleetOptions _options;
    private readonly FleetClock _clock;
    private readonly FleetWorker[] _workers;
    private readonly FleetInsole[] _insoles;
    private readonly long _endMs;

    /// <summary>Makes the insoles; <paramref name="addressOf"/> says how each shows itself to the server.</summary>
    public FleetRun(FleetOptions options, Func<string, MqttServerAddress> addressOf, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.Insoles is >= 1 and <= FleetOptions.InsolesMax, true);
        _options = options;
        _endMs = (long)options.Duration.TotalMilliseconds;
        _clock = new FleetClock(options.Speed, options.Duration / options.Speed + options.DrainMax, time);
        _insoles = [.. FleetPlan.Members(options, _clock.Start).Select(member => new FleetInsole(member, addressOf(member.Rig.DeviceId), Traffic))];
        _workers = new FleetWorker[options.Threads];
        for (var i = 0; i < _workers.Length; i++)
        {
            var share = i;
            _workers[i] = new FleetWorker(_insoles.Where((_, number) => number % _workers.Length == share), _clock, _endMs, options.DrainMax);
        }
    }

    /// <summary>The insoles.</summary>
    public IReadOnlyList<FleetInsole> Insoles => _insoles;

    /// <summary>Their connections.</summary>
    public FleetTraffic Traffic { get; } = new();

    /// <summary>Real time since the beginning.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Steps of the firmware.</summary>
    public long Steps => _workers.Sum(worker => worker.Lag.Steps);

    /// <summary>Steps that ran more than <see cref="FleetLag.LateMs"/> after they were due.</summary>
    public long LateSteps => _workers.Sum(worker => worker.Lag.Late);

    /// <summary>The latest of them, ms.</summary>
    public double WorstLagMs => _workers.Max(worker => worker.Lag.WorstMs);

    /// <summary>Events in the days so far that somebody must be told of.</summary>
    public int EmergenciesBy(long fleetMs) => _insoles.Count(insole => insole.Member.Emergency is not null && insole.Member.EmergencyMs <= fleetMs);

    /// <summary>How it stands.</summary>
    public FleetMoment Moment()
    {
        var nowMs = _clock.NowMs;
        return new FleetMoment(nowMs, Traffic.Connections, Traffic.Reports, EmergenciesBy(nowMs), _workers.Max(worker => worker.Lag.NowMs), nowMs >= _endMs);
    }

    /// <summary>
    /// Lives the days, then lets the insoles deliver what they hold, then leaves the server. Ends early, in order, when cancelled. An
    /// error in one insole ends all.
    /// </summary>
    public void Run(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var problems = new List<Exception>();
        _clock.Begin();
        var threads = _workers.Select((worker, i) => new Thread(() => Guard(worker, stop, problems)) { Name = $"fleet {i}", IsBackground = true }).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        foreach (var insole in _insoles) insole.Dispose();
        Task.WaitAll([.. _insoles.Select(insole => insole.LeftAsync())], LeaveMax);
        if (problems.Count > 0) throw new AggregateException("an insole of the fleet failed", problems);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var insole in _insoles) insole.Dispose();
    }

    private static void Guard(FleetWorker worker, CancellationTokenSource stop, List<Exception> problems)
    {
        try
        {
            worker.Run(stop.Token);
        }
        catch (Exception problem)
        {
            lock (problems) problems.Add(problem);
            stop.Cancel();
        }
    }
}
