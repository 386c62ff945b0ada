using Traxxs.Core.Motion;
using Traxxs.Core.Ports;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.Server;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Reporting;

/// <summary>Takes from a finished run what its plots are drawn from.</summary>
public static class RunPlotsReading
{
    // Most fixes and reports kept for a plot: the first ones, for no plot shows more apart.
    private const int PointsMax = 20_000;

    /// <summary>The run as plots.</summary>
    public static RunPlots Of(FinishedRun finished)
    {
        var scenario = finished.Run.Scenario;
        return new RunPlots
        {
            About = scenario.About,
            Start = scenario.Start,
            PlannedMs = Math.Min((long)scenario.Duration.TotalMilliseconds, finished.Run.NowMs),
            EndMs = Math.Max(1, finished.Run.NowMs),
            ServerSeen = finished.Server is not null,
            Places = [.. scenario.Places.All.Select(Place)],
            Faults = [.. scenario.Faults.Select(PlotWords.Fault).OrderBy(fault => fault.FromMs)],
            Devices = [.. finished.Run.Rigs.Select(rig => Device(finished, rig))],
        };
    }

    private static DevicePlots Device(FinishedRun finished, InsoleRig rig)
    {
        var endMs = finished.Run.NowMs;
        var states = rig.Trace.States;
        var frames = FrameReading.Of(rig, finished.Run.Scenario.Start, PointsMax);
        return new DevicePlots
        {
            DeviceId = rig.DeviceId,
            Wearer = rig.Wearer.Name,
            CapacityMAh = rig.Battery.CapacityMah,
            Activity = [.. rig.Wearer.Timeline.Spans.Where(span => span.StartMs < endMs).Select(span => new PlotSpan(span.StartMs, Math.Min(span.EndMs, endMs), PlotWords.Kebab(span.Activity), PlotWords.Activity(span)))],
            Surroundings = WayReading.Surroundings(rig.Wearer, finished.Run.Scenario.Places, endMs),
            Deeds = [.. rig.Wearer.Timeline.Deeds.Where(deed => deed.TimeMs <= endMs).Select(deed => new PlotMark(deed.TimeMs, PlotWords.Kebab(deed.Deed), PlotWords.Plain(deed.Deed)))],
            Controller = Spans(states, endMs, state => PlotWords.Kebab(state.Controller)),
            Motion = Spans(states, endMs, state => state.Motion == MotionState.Stationary ? null : PlotWords.Kebab(state.Motion)),
            Receiver = Spans(states, endMs, state => state.Receiver switch { EnergyState.GnssAcquiring => "searching", EnergyState.GnssTracking => "tracking", _ => null }),
            Link = Spans(states, endMs, state => state.Link == LinkState.Closed ? null : PlotWords.Kebab(state.Link)),
            LinkFailures = [.. rig.Trace.LinkFailures.Take(PointsMax)],
            Felt = [.. rig.Shown.Take(PointsMax).Select(shown => new PlotMark(shown.TimeMs, PlotWords.Kebab(shown.Pattern), PlotWords.Plain(shown.Pattern)))],
            Events = frames.Events,
            Reports = [.. rig.Accepted.Take(PointsMax).Select(frame => new PlotReport(frame.TimeMs, StoredMs(finished, rig, frame.Epoch, frame.Sequence), frame.Sequence, frame.Frame.Length))],
            Fixes = finished.Server is null ? frames.Fixes : [.. finished.Server.Reports.Where(report => report.DeviceId == rig.DeviceId).SelectMany(report => report.Fixes)
                .OrderBy(fix => fix.FixTime).Take(PointsMax).Select(fix => FrameReading.Fix(rig, Ms(fix.FixTime, finished.Run.Scenario.Start)!.Value, fix.Latitude, fix.Longitude, fix.AccuracyM))],
            TruePath = WayReading.TruePath(rig.Wearer, endMs),
            Alerts = [.. finished.Result.Alerts.Where(alert => alert.DeviceId == rig.DeviceId).Select(alert => Alert(alert, finished.Run.Scenario.Start))],
            Current = rig.Energy.Trace is { } trace ? Current(trace, endMs) : null,
            Charge = rig.Trace.Charge.Count > 0 ? Charge(rig, endMs) : null,
        };
    }

    private static PlotPlace Place(Place place)
        => new(place.Name, PlotWords.Kebab(place.Kind), place.RadiusM, [.. (place.Polygon.Count > 0 ? place.Polygon : [place.Centre]).SelectMany(point => new[] { point.Latitude, point.Longitude })]);

    private static PlotAlert Alert(RaisedAlert alert, DateTimeOffset start)
        => new(alert.Rule, alert.Summary, Ms(alert.EventTime, start), Ms(alert.RaisedAt, start)!.Value, Ms(alert.AcknowledgedAt, start), Ms(alert.EndedAt, start), alert.EndedBy);

    private static long? Ms(DateTimeOffset? time, DateTimeOffset start) => time is { } known ? (long)(known - start).TotalMilliseconds : null;

    private static long? StoredMs(FinishedRun finished, InsoleRig rig, int epoch, uint sequence)
        => finished.Server is { } server && server.Stored.TryGetValue((rig.DeviceId, epoch, sequence), out var stored) ? Ms(stored.ArrivedAt, finished.Run.Scenario.Start) : null;

    // Neighbours of the same word are one span.
    private static List<PlotSpan> Spans(IReadOnlyList<RigState> states, long endMs, Func<RigState, string?> wordOf)
    {
        var spans = new List<PlotSpan>();
        for (var i = 0; i < states.Count; i++)
        {
            var toMs = i + 1 < states.Count ? states[i + 1].TimeMs : endMs;
            if (!states[i].Running && wordOf(states[i]) != "off") continue;
            if (wordOf(states[i]) is not { } word || toMs <= states[i].TimeMs) continue;
            if (spans.Count > 0 && spans[^1] is var last && last.ToMs == states[i].TimeMs && last.What == word) spans[^1] = last with { ToMs = toMs };
            else spans.Add(new PlotSpan(states[i].TimeMs, toMs, word));
        }

        return spans;
    }

    private static PlotCurrent Current(CurrentTrace trace, long endMs)
    {
        var slices = trace.Slices;
        return new PlotCurrent(trace.SliceMs, [.. slices.Select(slice => Rounded(slice.LowUa))], [.. slices.Select(slice => Rounded(slice.HighUa))], [.. slices.Select(Mean)]);

        double Mean(CurrentSlice slice, int index) => Rounded(slice.ChargeUaMs / Math.Max(1, Math.Min(trace.SliceMs, endMs - index * trace.SliceMs)));
    }

    private static PlotCharge Charge(InsoleRig rig, long endMs)
    {
        List<ChargePoint> points = [.. rig.Trace.Charge];
        if (points[^1].TimeMs < endMs) points.Add(ChargePoint.Of(endMs, rig.Battery, rig.Energy, rig.SelfDischargeMah));
        var consumers = Enum.GetNames<EnergyConsumer>().Append("SelfDischarge").ToList();
        return new PlotCharge(consumers, [.. points.Select(point => point.TimeMs)], [.. points.Select(point => Math.Round(point.Percent, 2))], [.. points.Select(point => point.Millivolts)],
            [.. consumers.Select((_, index) => (IReadOnlyList<double>)[.. points.Select(point => Math.Round(point.UsedMAh[index], 4))])]);
    }

    // Three digits are more than a plot shows.
    private static double Rounded(double microamps) => microamps >= 1000 ? Math.Round(microamps) : Math.Round(microamps, 1);
}
