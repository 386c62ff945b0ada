using Traxxs.Protocol;

namespace Traxxs.Server.History;

/// <summary>One bucket of time.</summary>
/// <param name="StartAt">Its begin, s since 1970 UTC.</param>
/// <param name="Steps">Steps of this foot in it.</param>
/// <param name="Seconds">Seconds of each activity in it; what is missing to its length is not known.</param>
public sealed record ActivityBucket(long StartAt, long Steps, IReadOnlyDictionary<ActivityCode, long> Seconds);

/// <summary>
/// Shares activity and steps out to buckets of equal length. Steps between two reports fall where there was movement
/// between them, in proportion to its time, or evenly where none is known; whole steps, and none lost by rounding.
/// </summary>
public sealed class ActivityBuckets
{
    private readonly long _fromS, _toS;
    private readonly int _bucketS;
    private readonly long[] _steps;
    private readonly Dictionary<ActivityCode, long>[] _seconds;

    private ActivityBuckets(long fromS, long toS, int bucketS)
    {
        (_fromS, _toS, _bucketS) = (fromS, toS, bucketS);
        _steps = new long[(int)((toS - fromS + bucketS - 1) / bucketS)];
        _seconds = [.. _steps.Select(_ => new Dictionary<ActivityCode, long>())];
    }

    /// <summary>Buckets from a time (included) to a time (not included), the last one cut off there.</summary>
    public static IReadOnlyList<ActivityBucket> Of(ActivityLedger ledger, long fromS, long toS, int bucketS)
    {
        var buckets = new ActivityBuckets(fromS, toS, bucketS);
        var spans = ledger.Spans();
        foreach (var span in spans) buckets.AddActivity(span);
        foreach (var made in ledger.Steps) buckets.AddSteps(made, Moving(spans, made));
        return [.. buckets._steps.Select((steps, i) => new ActivityBucket(fromS + ((long)i * bucketS), steps, buckets._seconds[i]))];
    }

    private void AddActivity(ActivitySpan span)
    {
        foreach (var (start, end) in Pieces(span.StartAt, span.EndAt))
        {
            if (IndexOf(start) is { } i) _seconds[i][span.Activity] = _seconds[i].GetValueOrDefault(span.Activity) + end - start;
        }
    }

    private void AddSteps(StepSpan made, IReadOnlyList<(long Start, long End)> moving)
    {
        var whole = moving.Sum(span => span.End - span.Start);
        if (whole == 0)
        {
            if (IndexOf(made.EndAt) is { } at) _steps[at] += made.Steps;
            return;
        }

        long moved = 0, given = 0;
        foreach (var (start, end) in moving.SelectMany(span => Pieces(span.Start, span.End)))
        {
            moved += end - start;
            var share = (made.Steps * moved / whole) - given; // rounded by the sum so far, so that the pieces add up
            given += share;
            if (IndexOf(start) is { } i) _steps[i] += share;
        }
    }

    private int? IndexOf(long time) => time >= _fromS && time < _toS ? (int)((time - _fromS) / _bucketS) : null;

    // A stretch cut at the edges of the buckets and of their whole.
    private IEnumerable<(long Start, long End)> Pieces(long start, long end)
    {
        while (start < end)
        {
            var edge = start < _fromS ? _fromS : start >= _toS ? end : Math.Min(_toS, _fromS + ((((start - _fromS) / _bucketS) + 1) * _bucketS));
            yield return (start, Math.Min(edge, end));
            start = Math.Min(edge, end);
        }
    }

    private static List<(long Start, long End)> Moving(IReadOnlyList<ActivitySpan> spans, StepSpan made)
    {
        var moving = spans.Where(span => span.Activity != ActivityCode.Still && span.EndAt > made.StartAt && span.StartAt < made.EndAt)
            .Select(span => (Math.Max(span.StartAt, made.StartAt), Math.Min(span.EndAt, made.EndAt))).ToList();
        return moving.Count > 0 ? moving : [(made.StartAt, made.EndAt)];
    }
}
