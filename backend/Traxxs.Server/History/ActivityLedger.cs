using Traxxs.Protocol;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.History;

/// <summary>A stretch of one kind of movement.</summary>
/// <param name="StartAt">s since 1970 UTC.</param>
/// <param name="EndAt">s since 1970 UTC; behind <paramref name="StartAt"/>.</param>
/// <param name="Activity">What the device took it for.</param>
public sealed record ActivitySpan(long StartAt, long EndAt, ActivityCode Activity);

/// <summary>Steps made between two reports.</summary>
/// <param name="StartAt">When the earlier report was closed, s since 1970 UTC.</param>
/// <param name="EndAt">When the later one was closed; never before <paramref name="StartAt"/>.</param>
/// <param name="Steps">Of this foot.</param>
public sealed record StepSpan(long StartAt, long EndAt, long Steps);

/// <summary>
/// Movement and steps as reports tell them. "Moving since" and "stopped" bound a movement; the activity named in reports
/// closed during it says its kind; the rest of the time a device was heard of is still. Steps are differences of totals, so
/// a dropped report loses none.
/// </summary>
public sealed class ActivityLedger
{
    private readonly List<(long Start, long? End)> _movements = [];
    private readonly List<(long Closed, ActivityCode Activity)> _named = [];
    private readonly List<(long Start, long End)> _heard = [];
    private readonly List<StepSpan> _steps = [];

    /// <summary>Takes the reports of one numbering, in the order they were closed.</summary>
    public void Add(IEnumerable<AcceptedReport> numbering)
    {
        (long Closed, long? Steps)? before = null;
        foreach (var report in numbering)
        {
            if (report.DeviceTime is not { } time) continue;
            var closed = time.ToUnixTimeSeconds();
            if (before is { } earlier && closed >= earlier.Closed)
            {
                _heard.Add((earlier.Closed, closed));
                if (earlier.Steps is { } from && report.StepsTotal is { } total && total > from) _steps.Add(new StepSpan(earlier.Closed, closed, total - from));
            }
            else if (report is { Sequence: <= 1, StepsTotal: > 0 })
            {
                _steps.Add(new StepSpan(closed, closed, report.StepsTotal.Value)); // the epoch's first: all its steps are before it
            }

            if (report.Activity is { } activity) _named.Add((closed, activity));
            foreach (var one in report.Events) Note(one);
            before = (closed, report.StepsTotal ?? before?.Steps);
        }
    }

    /// <summary>Steps between reports.</summary>
    public IReadOnlyList<StepSpan> Steps => _steps;

    /// <summary>The same, of a time alone: steps made outside of it are left out, those across its edge shared by time.</summary>
    public ActivityLedger Within(long fromS, long toS)
    {
        var within = new ActivityLedger();
        within._movements.AddRange(_movements);
        within._named.AddRange(_named);
        within._heard.AddRange(_heard.Select(span => (Math.Max(span.Start, fromS), Math.Min(span.End, toS))).Where(span => span.Item2 > span.Item1));
        within._steps.AddRange(_steps.Where(made => made.EndAt >= fromS && made.StartAt < toS).Select(made => made.EndAt == made.StartAt ? made : Cut(made, fromS, toS)));
        return within;
    }

    /// <summary>What was done when, in the order of time; stretches nothing is known of are left out.</summary>
    public IReadOnlyList<ActivitySpan> Spans()
    {
        var spans = new List<ActivitySpan>();
        var movements = Movements();
        foreach (var (start, end) in Merge(_heard))
        {
            var at = start;
            foreach (var movement in movements.Where(movement => movement.End > start && movement.Start < end))
            {
                if (movement.Start > at) spans.Add(new ActivitySpan(at, movement.Start, ActivityCode.Still));
                var (from, to) = (Math.Max(at, movement.Start), Math.Min(end, movement.End));
                if (to > from) spans.Add(new ActivitySpan(from, to, KindOf(movement.Start, movement.End)));
                at = Math.Max(at, to);
            }

            if (at < end) spans.Add(new ActivitySpan(at, end, ActivityCode.Still));
        }

        return spans;
    }

    private static StepSpan Cut(StepSpan made, long fromS, long toS)
    {
        var (start, end) = (Math.Max(made.StartAt, fromS), Math.Min(made.EndAt, toS));
        return new StepSpan(start, end, made.Steps * (end - start) / (made.EndAt - made.StartAt));
    }

    private void Note(ReportEvent one)
    {
        if (one.Time?.ToUnixTimeSeconds() is not { } time) return;
        if (one.Code == EventCode.MovingSince) _movements.Add((time, null));
        if (one.Code != EventCode.Stopped) return;
        var open = _movements.FindLastIndex(movement => movement.End is null && movement.Start <= time);
        if (open >= 0) _movements[open] = (_movements[open].Start, time);
    }

    // A movement whose end was never told lasts as long as the device was heard of, or to the next one.
    private List<(long Start, long End)> Movements()
    {
        var through = _heard.Count == 0 ? 0 : _heard.Max(span => span.End);
        var ordered = _movements.OrderBy(movement => movement.Start).ToList();
        return Merge(ordered.Select((movement, i) => (movement.Start, movement.End ?? (i + 1 < ordered.Count ? ordered[i + 1].Start : through))));
    }

    // What most reports closed during it named; walking where none did: that is what opens the gate.
    private ActivityCode KindOf(long start, long end) => _named
        .Where(named => named.Closed >= start && named.Closed <= end && named.Activity is not (ActivityCode.Unknown or ActivityCode.Still))
        .GroupBy(named => named.Activity).OrderByDescending(group => group.Count()).ThenBy(group => group.Key)
        .Select(group => (ActivityCode?)group.Key).FirstOrDefault() ?? ActivityCode.Walking;

    private static List<(long Start, long End)> Merge(IEnumerable<(long Start, long End)> spans)
    {
        var merged = new List<(long Start, long End)>();
        foreach (var span in spans.Where(span => span.End > span.Start).OrderBy(span => span.Start))
        {
            if (merged.Count > 0 && span.Start <= merged[^1].End) merged[^1] = (merged[^1].Start, Math.Max(merged[^1].End, span.End));
            else merged.Add(span);
        }

        return merged;
    }
}
