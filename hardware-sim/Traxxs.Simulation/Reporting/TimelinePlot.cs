using Traxxs.Simulation.Run;

namespace Traxxs.Simulation.Reporting;

/// <summary>An insole's run from left to right: its wearer, its firmware, what it sent, what came of it, what it cost.</summary>
internal static class TimelinePlot
{
    private const int Lane = 17;

    /// <summary>The plot; <paramref name="flags"/> are expectations that failed at this insole, with their numbers.</summary>
    public static Svg Of(RunPlots run, DevicePlots device, IReadOnlyList<(int Number, ExpectationResult Result)> flags)
    {
        var field = new TimeField(run.EndMs, run.Start);
        if (run.PlannedMs < run.EndMs) field.Band(run.PlannedMs, run.EndMs, "healed");
        Faults(field, run, device);
        World(field, device);
        Firmware(field, device);
        Data(field, device, run.ServerSeen);
        Alerts(field, device);
        PowerLanes.Add(field, device);
        foreach (var (number, result) in flags.Where(flag => flag.Result.AtMs is not null).OrderBy(flag => flag.Result.AtMs)) field.Flag($"moment-{number}", number, result.AtMs!.Value, $"{result.Meaning}: {result.Detail}");
        return field.Draw($"{device.DeviceId} over the run: what the wearer did, what the firmware made of it, fixes, reports, alarms, alerts, current and charge");
    }

    private static void Faults(TimeField field, RunPlots run, DevicePlots device)
    {
        var faults = run.Faults.Where(fault => fault.Strikes(device.DeviceId) && fault.FromMs <= run.EndMs).ToList();
        if (faults.Count == 0 && run.PlannedMs >= run.EndMs) return;
        field.Group("planned faults");
        // Those that overlap stand in rows of their own, a text's width counted.
        foreach (var row in Packing.Rows(faults, fault => (fault.FromMs, field.LabelEndMs(fault.FromMs, fault.Text) <= fault.ToMs ? fault.ToMs : field.LabelEndMs(fault.ToMs, fault.Text))))
        {
            var top = field.Row("", Lane);
            foreach (var fault in row)
            {
                var title = $"{fault.Text}: {field.Clock(fault.FromMs)}{(fault.IsInstant ? "" : $" to {field.Clock(fault.ToMs)}")}";
                field.Band(fault.FromMs, Math.Min(fault.ToMs, run.EndMs), fault.IsInstant ? "strike" : "fault-band");
                if (fault.IsInstant) field.Tick(top, Lane, fault.FromMs, "alarm wide", title);
                else field.Bar(top, Lane, fault.FromMs, Math.Min(fault.ToMs, run.EndMs), "fault", title);
                var fits = field.LabelEndMs(fault.FromMs, fault.Text) <= fault.ToMs;
                field.Label(top, Lane, fits ? fault.FromMs : fault.ToMs, fault.Text, fits ? "on-fault" : "", fits ? fault.ToMs : null);
            }
        }

        if (run.PlannedMs < run.EndMs)
        {
            field.Label(field.Bottom - 1, 0, run.PlannedMs, "healed, delivering", "quiet");
        }
    }

    private static void World(TimeField field, DevicePlots device)
    {
        field.Group("wearer");
        Spans(field, device.Wearer, device.Activity, labelled: true, "What the wearer did.");
        if (device.Surroundings.Count > 0) Spans(field, "surroundings", device.Surroundings, labelled: true, "Roofs, walls and dead zones around the wearer.");
        if (device.Deeds.Count > 0) Marks(field, "deeds", device.Deeds, labelled: true, "Buttons pressed, charger connected.");
    }

    private static void Firmware(TimeField field, DevicePlots device)
    {
        field.Group("firmware");
        Spans(field, "controller", device.Controller, labelled: false, "Off, starting, awake, light sleep or deep sleep.");
        Spans(field, "motion gate", device.Motion, labelled: false, "Waking, moving, settling; at rest where there is nothing.");
        Spans(field, "receiver", device.Receiver, labelled: false, "Searching, or with a fix.");
        var top = Spans(field, "link", device.Link, labelled: false, "Opening or open; red where an attempt failed or a connection broke.");
        foreach (var failedMs in device.LinkFailures) field.Tick(top, Lane, failedMs, "failed", $"link failed at {field.Clock(failedMs)}");
        if (device.Felt.Count > 0) Marks(field, "felt", device.Felt, labelled: false, "Patterns of the motor that the wearer felt.");
    }

    private static void Data(TimeField field, DevicePlots device, bool serverSeen)
    {
        field.Group("data");
        var top = field.Row("fixes", Lane + 5, "Fixes, by their own time: the taller, the better the accuracy; red where the truth was three times as far off as claimed.");
        foreach (var fix in device.Fixes)
        {
            var height = (Lane + 5) * Math.Clamp(1 - (fix.AccuracyM ?? 30) / 110.0, 0.15, 1);
            field.Tick(top + Lane + 5 - height, height, fix.TimeMs, IsOff(fix) ? "alarm" : "fix", $"fix at {field.Clock(fix.TimeMs)}{(fix.AccuracyM is { } accuracy ? $", within {accuracy} m by its own account" : "")}, {PlotWords.Number(fix.ErrorM, "0.#")} m off");
        }

        top = field.Row("reports", Lane, "Accepted by the insole; the bar lasts until the server had stored it.");
        foreach (var report in device.Reports) Report(field, top, report, serverSeen);
        if (device.Events.Count > 0) Marks(field, "alarms, events", device.Events, labelled: false, "What the insole noticed and reported; alarms are red.");
    }

    private static void Report(TimeField field, int top, PlotReport report, bool serverSeen)
    {
        var delay = report.StoredMs is { } storedMs ? $"stored after {PlotWords.Span((storedMs - report.TimeMs) / 1000.0)}" : serverSeen ? "never stored" : "storage not seen from here";
        var title = $"report {report.Sequence} at {field.Clock(report.TimeMs)}, {report.Bytes} bytes, {delay}";
        if (report.StoredMs is { } stored && stored > report.TimeMs) field.Bar(top + 4, Lane - 8, report.TimeMs, stored, "waiting", title);
        field.Tick(top, Lane, report.TimeMs, report.StoredMs is null && serverSeen ? "alarm" : "report", title);
    }

    private static void Alerts(TimeField field, DevicePlots device)
    {
        if (device.Alerts.Count == 0) return;
        field.Group("alerts at the server");
        foreach (var row in Packing.Rows(device.Alerts, alert => (alert.EventMs ?? alert.RaisedMs, Math.Max(alert.EndedMs ?? field.EndMs, field.LabelEndMs(alert.RaisedMs, Words(alert))))))
        {
            var top = field.Row("", Lane + 1);
            foreach (var alert in row) Alert(field, top, alert);
        }
    }

    private static void Alert(TimeField field, int top, PlotAlert alert)
    {
        var title = $"{alert.Summary}: happened {(alert.EventMs is { } eventMs ? field.Clock(eventMs) : "nobody knows when")}, raised {field.Clock(alert.RaisedMs)}"
            + (alert.AcknowledgedMs is { } taken ? $", acknowledged {field.Clock(taken)}" : "") + (alert.EndedMs is { } over ? $", ended {field.Clock(over)} by {alert.EndedBy}" : ", stands open");
        if (alert.EventMs is { } happened && happened < alert.RaisedMs) field.Bar(top + 5, Lane - 9, happened, alert.RaisedMs, "late", title);
        field.Bar(top + 1, Lane - 1, alert.RaisedMs, alert.EndedMs ?? field.EndMs, alert.EndedMs is null ? "open-alert" : "alert", title);
        field.Tick(top, Lane + 1, alert.RaisedMs, "alarm wide", title);
        if (alert.AcknowledgedMs is { } acknowledged) field.Tick(top, Lane + 1, acknowledged, "good wide", title);
        field.Label(top, Lane + 1, alert.RaisedMs, Words(alert), "strong");
    }

    private static string Words(PlotAlert alert) => alert.EventMs is { } happened ? $"{alert.Rule}, {PlotWords.Span((alert.RaisedMs - happened) / 1000.0)} old" : alert.Rule;

    private static int Spans(TimeField field, string name, IReadOnlyList<PlotSpan> spans, bool labelled, string hint)
    {
        var top = field.Row(name, Lane, hint);
        foreach (var span in spans)
        {
            field.Bar(top, Lane, span.FromMs, span.ToMs, span.What, $"{span.Text ?? span.What}: {field.Clock(span.FromMs)} to {field.Clock(span.ToMs)} ({PlotWords.Span((span.ToMs - span.FromMs) / 1000.0)})");
            if (labelled) field.Label(top, Lane, span.FromMs, span.What is "walk" or "run" or "ride" ? span.What : span.Text ?? span.What, "on-" + span.What, span.ToMs);
        }

        return top;
    }

    private static void Marks(TimeField field, string name, IReadOnlyList<PlotMark> marks, bool labelled, string hint)
    {
        var top = field.Row(name, Lane, hint);
        for (var i = 0; i < marks.Count; i++)
        {
            field.Tick(top + 1, Lane - 2, marks[i].TimeMs, marks[i].What, $"{marks[i].Text} at {field.Clock(marks[i].TimeMs)}");
            if (labelled) field.Label(top, Lane, marks[i].TimeMs, marks[i].Text, "strong", i + 1 < marks.Count ? marks[i + 1].TimeMs : null);
        }
    }

    internal static bool IsOff(PlotFix fix) => fix.ErrorM > 15 && fix.ErrorM > 3 * (fix.AccuracyM ?? int.MaxValue / 3);
}
