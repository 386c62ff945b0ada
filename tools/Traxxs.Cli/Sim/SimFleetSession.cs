using System.Diagnostics;
using System.Globalization;
using Traxxs.Cli.Replay;
using Traxxs.Cli.Shared;
using Traxxs.Simulation.Fleet;

namespace Traxxs.Cli.Sim;

/// <summary>One life of a fleet: runs it, tells how it goes, and counts at the end.</summary>
internal sealed class SimFleetSession(FleetOptions options, SimFleetTarget target, double lateMaxPercent)
{
    private const double MB = 1e6;

    // How long the server gets to raise the last alerts once it has every report.
    private static readonly TimeSpan AlertsMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly Process _self = Process.GetCurrentProcess();
    private FleetRun _fleet = null!;
    private (TimeSpan At, long Reports) _last;
    private double _perSecond;
    private int _connectionsMost;
    private double _fleetMost;
    private double _serverMost;
    private int _alerts;
    private TimeSpan _alertsAt;

    /// <summary>Runs it to the end, or to Ctrl+C; then what came until there is counted all the same.</summary>
    public async Task<SimFleetResult> RunAsync(CancellationToken cancellation)
    {
        using var progress = new ProgressLine("sim fleet");
        using var fleet = _fleet = new FleetRun(options, target.AddressOf, TimeProvider.System);
        GC.Collect();
        var (fleetCpu, serverCpu) = (FleetCpu(), target.Own?.CpuSeconds);
        var running = Task.Factory.StartNew(() => fleet.Run(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (await Task.WhenAny(running, Task.Delay(LookEvery, CancellationToken.None)) != running) progress.Report(await LookAsync(fleet));
        await running;
        var seconds = fleet.Elapsed.TotalSeconds;
        (fleetCpu, serverCpu) = ((FleetCpu() - fleetCpu) / seconds, (target.Own?.CpuSeconds - serverCpu) / seconds);
        var alerts = await AlertsAsync(cancellation);
        return await CountAsync(seconds, fleetCpu, serverCpu, alerts, cancellation.IsCancellationRequested);
    }

    private async Task<string> LookAsync(FleetRun fleet)
    {
        var moment = fleet.Moment();
        _connectionsMost = Math.Max(_connectionsMost, moment.Connections);
        _self.Refresh();
        _fleetMost = Math.Max(_fleetMost, _self.WorkingSet64 / MB);
        _serverMost = Math.Max(_serverMost, (target.Own?.ResidentBytes ?? 0) / MB);
        var elapsed = fleet.Elapsed;
        if (elapsed - _last.At >= TimeSpan.FromSeconds(2))
        {
            _perSecond = (moment.Reports - _last.Reports) / (elapsed - _last.At).TotalSeconds;
            _last = (elapsed, moment.Reports);
        }

        if (target.Api is { } api && elapsed - _alertsAt >= TimeSpan.FromSeconds(10))
        {
            _alertsAt = elapsed;
            _alerts = (await api.AlertsAsync(CancellationToken.None)).Count;
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"{TimeSpan.FromMilliseconds(moment.FleetMs):hh\\:mm\\:ss}{(moment.Draining ? " delivering" : "")}, {moment.Connections} connected, {moment.Reports} reports ({_perSecond:0}/s), "
            + $"{moment.Emergencies} emergencies, {_alerts} alerts, {moment.LagMs:0} ms behind (worst {fleet.WorstLagMs:0}), {_fleetMost:0} MB{(_serverMost > 0 ? $" + server {_serverMost:0} MB" : "")}");
    }

    // Rules see a report a moment after it is acknowledged.
    private async Task<List<SimFleetAlerts>?> AlertsAsync(CancellationToken cancellation)
    {
        if (target.Api is not { } api) return null;
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var rules = SimFleetAlerts.Of(_fleet, await api.AlertsAsync(CancellationToken.None));
            if (rules.All(rule => rule.Holds) || watch.Elapsed > AlertsMax || cancellation.IsCancellationRequested) return rules;
            await Task.Delay(LookEvery, CancellationToken.None);
        }
    }

    private async Task<SimFleetResult> CountAsync(double seconds, double fleetCpu, double? serverCpu, List<SimFleetAlerts>? alerts, bool stopped)
    {
        SimFleetStored? stored = null;
        if (target.Own is { } own)
        {
            await using var store = await own.EndAsync();
            stored = SimFleetStored.Of(_fleet, store);
        }

        return new SimFleetResult
        {
            Insoles = options.Insoles,
            Minutes = Math.Round(options.Duration.TotalMinutes, 3),
            Speed = options.Speed,
            Seed = options.Seed,
            WallSeconds = Math.Round(seconds, 1),
            AcceptedReports = _fleet.Insoles.Sum(insole => (long)insole.Rig.Accepted.Count),
            AcknowledgedReports = _fleet.Insoles.Sum(insole => (long)insole.Rig.Accepted.Count - insole.Rig.Waiting - insole.Rig.Dropped),
            StoredReports = stored?.Stored,
            Duplicates = stored?.Doubled,
            Lost = stored?.Lost,
            Dropped = _fleet.Insoles.Sum(insole => (long)insole.Rig.Dropped),
            Waiting = _fleet.Insoles.Sum(insole => insole.Done ? 0L : insole.Rig.Waiting),
            Alerts = alerts,
            Steps = _fleet.Steps,
            LateStepsPercent = Math.Round(100.0 * _fleet.LateSteps / Math.Max(1, _fleet.Steps), 4),
            LateMaxPercent = lateMaxPercent,
            WorstLagMs = Math.Round(_fleet.WorstLagMs, 1),
            Connects = _fleet.Traffic.Connects,
            ConnectFailures = _fleet.Traffic.Failures,
            Problem = _fleet.Traffic.Problem,
            ConnectionsMost = _connectionsMost,
            FleetCpu = Math.Round(fleetCpu, 3),
            ServerCpu = serverCpu is { } cpu ? Math.Round(cpu, 3) : null,
            FleetMegabytes = Math.Round(_fleetMost, 1),
            ServerMegabytes = target.Own is null ? null : Math.Round(_serverMost, 1),
            Stopped = stopped,
        };
    }

    private double FleetCpu()
    {
        _self.Refresh();
        return _self.TotalProcessorTime.TotalSeconds;
    }
}
