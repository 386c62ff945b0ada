using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>
/// Follows fixes in the order of their times along one fence and finds the crossings. A fix counts only when it is
/// farther from the edge than its own inaccuracy and a margin; a crossing only when confirmed.
/// </summary>
internal sealed class FenceWalk(Geofence fence, FenceCertainty certainty, DateTimeOffset now)
{
    /// <summary>Side before the first crossing found.</summary>
    public FenceSide FirstSide { get; private set; }

    /// <summary>Since when.</summary>
    public DateTimeOffset FirstTime { get; private set; }

    /// <summary>Side now.</summary>
    public FenceSide Side { get; private set; }

    /// <summary>A crossing that wants its confirmation.</summary>
    public FenceCandidate? Candidate { get; private set; }

    /// <summary>Time of the last fix followed.</summary>
    public DateTimeOffset LastFixTime { get; private set; }

    /// <summary>Confirmed crossings in order, each with the position of its first fix.</summary>
    public List<(DateTimeOffset Time, FenceSide Side, AlertPosition Position)> Crossings { get; } = [];

    /// <summary>Begins on a known side.</summary>
    public void Begin(FenceSide side, DateTimeOffset time, FenceCandidate? candidate, DateTimeOffset lastFixTime)
    {
        (Side, FirstSide, FirstTime) = (side, side, time);
        (Candidate, LastFixTime) = (candidate, lastFixTime);
    }

    /// <summary>Takes the next fix. One with the time of the last is the same fix in another report.</summary>
    public void Follow(ReportFix fix)
    {
        if (fix.FixTime <= LastFixTime) return;
        LastFixTime = fix.FixTime;
        var side = Classify(fence, fix, certainty);
        if (side == FenceSide.Unknown) return; // too near the edge to say: neither confirms nor contradicts
        if (Side == FenceSide.Unknown)
        {
            // Where a wearer is first seen is no crossing.
            (Side, FirstSide, FirstTime) = (side, side, fix.FixTime);
        }
        else if (side == Side)
        {
            Candidate = null; // the wearer never left: the fix before was a stray
        }
        else
        {
            Candidate = Candidate is { } standing
                ? standing with { Fixes = standing.Fixes + 1 }
                : new FenceCandidate(fix.FixTime, side, 1, now, fix.ToPosition());
            if (Candidate.Fixes >= certainty.ConfirmFixes) Confirm();
        }
    }

    /// <summary>Takes the waiting crossing as one.</summary>
    public void Confirm()
    {
        var crossing = Candidate!;
        Crossings.Add((crossing.Time, crossing.Side, crossing.Position));
        Side = crossing.Side;
        Candidate = null;
    }

    /// <summary>On which side a fix is for certain, or unknown.</summary>
    public static FenceSide Classify(Geofence fence, ReportFix fix, FenceCertainty certainty)
    {
        var distanceM = fence.Shape.SignedDistanceM(fix.Latitude, fix.Longitude);
        double marginM = Math.Max(fence.HysteresisM ?? certainty.MarginM, fix.AccuracyM ?? 0);
        if (distanceM > marginM) return FenceSide.Outside;

        // A small fence is not as deep as a poor fix is wide: half its depth must do, or nobody would ever be inside.
        if (fix.AccuracyM > certainty.AccuracyMaxM) return FenceSide.Unknown;
        return -distanceM > Math.Min(marginM, fence.Shape.DepthM / 2) ? FenceSide.Inside : FenceSide.Unknown;
    }
}

/// <summary>How certain a crossing must be, as an organisation set it.</summary>
/// <param name="MarginM">Least distance beyond the edge where the fence names none, m.</param>
/// <param name="AccuracyMaxM">A fix less accurate places nobody inside, m.</param>
/// <param name="ConfirmFixes">Fixes in a row across.</param>
/// <param name="Confirm">A single fix counts after this time.</param>
internal readonly record struct FenceCertainty(int MarginM, int AccuracyMaxM, int ConfirmFixes, TimeSpan Confirm)
{
    public static FenceCertainty Of(RuleSettings settings) =>
        new(settings.Of("marginM"), settings.Of("accuracyMaxM"), settings.Of("confirmFixes"), settings.SpanOf("confirmS"));
}
