namespace Traxxs.Simulation.World;

/// <summary>
/// What a wearer does from the beginning of a run to its end, and how far that has carried them. Built front to back,
/// then only asked; every answer depends on the time alone, so chips may ask in any order.
/// </summary>
/// <param name="walkedM">How far along the route the wearer begins, m.</param>
public sealed class Timeline(double walkedM = 0)
{
    /// <summary>Walking speed where none is given, cm/s: 5 km/h.</summary>
    public const int WalkCmS = 139;

    /// <summary>Running speed where none is given, cm/s: 10 km/h.</summary>
    public const int RunCmS = 278;

    /// <summary>Speed of a ride where none is given, cm/s: 30 km/h.</summary>
    public const int RideCmS = 833;

    /// <summary>Speed over ground on stairs, cm/s: a tread of 29 cm every 0.65 s.</summary>
    public const int StairsCmS = 45;

    /// <summary>From one stamp of the foot to the next.</summary>
    public const long StampMs = 600;

    /// <summary>How long a fall takes from the stumble to rest.</summary>
    public const long FallMs = 2000;

    private readonly List<ActivitySpan> _spans = [];
    private readonly List<double> _walkedM = [];
    private readonly List<TimedDeed> _deeds = [];

    /// <summary>The spans without gaps, from 0.</summary>
    public IReadOnlyList<ActivitySpan> Spans => _spans;

    /// <summary>The deeds in the order of their times.</summary>
    public IReadOnlyList<TimedDeed> Deeds => _deeds;

    /// <summary>End of the last span.</summary>
    public long EndMs => _spans.Count == 0 ? 0 : _spans[^1].EndMs;

    /// <summary>Adds what the wearer does next. Speed 0 means the usual one.</summary>
    public Timeline Then(Activity activity, TimeSpan duration, int speedCmS = 0)
    {
        var durationMs = (long)duration.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfNegative(speedCmS);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(durationMs);
        _walkedM.Add(_spans.Count == 0 ? walkedM : WalkedM(_spans.Count - 1, EndMs));
        _spans.Add(new ActivitySpan(EndMs, EndMs + durationMs, activity, Moves(activity) ? (speedCmS > 0 ? speedCmS : UsualCmS(activity)) : 0));
        return this;
    }

    /// <summary>Adds a fall, then lying still where one fell.</summary>
    public Timeline ThenFall(TimeSpan lying)
        => Then(Activity.Fall, TimeSpan.FromMilliseconds(FallMs)).Then(Activity.LieStill, lying);

    /// <summary>Adds a deed some time after the end of the last span (or before, with a negative offset).</summary>
    public Timeline Do(Deed deed, TimeSpan offset = default) => DoAt(EndMs + (long)offset.TotalMilliseconds, deed);

    /// <summary>Adds a deed at a time of the run.</summary>
    public Timeline DoAt(long timeMs, Deed deed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(timeMs);
        var index = _deeds.FindLastIndex(earlier => earlier.TimeMs <= timeMs) + 1;
        _deeds.Insert(index, new TimedDeed(timeMs, deed));
        return this;
    }

    /// <summary>The span at a time; the last one after the end.</summary>
    public ActivitySpan At(long timeMs) => _spans[IndexAt(timeMs)];

    /// <summary>Index of the span at a time; the last one after the end.</summary>
    public int IndexAt(long timeMs)
    {
        int low = 0, high = _spans.Count - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_spans[middle].EndMs > timeMs) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    /// <summary>The rest of the day from a time on, which becomes its beginning; deeds before are left out.</summary>
    public Timeline From(long timeMs)
    {
        var rest = new Timeline(WalkedMAt(timeMs));
        for (var i = IndexAt(timeMs); i < _spans.Count; i++)
        {
            var span = _spans[i];
            var durationMs = span.EndMs - Math.Max(span.StartMs, timeMs);
            if (durationMs > 0) rest.Then(span.Activity, TimeSpan.FromMilliseconds(durationMs), span.SpeedCmS);
        }

        foreach (var deed in _deeds)
        {
            if (deed.TimeMs >= timeMs) rest.DoAt(deed.TimeMs - timeMs, deed.Deed);
        }

        return rest;
    }

    /// <summary>Metres along the route at a time.</summary>
    public double WalkedMAt(long timeMs) => WalkedM(IndexAt(timeMs), timeMs);

    /// <summary>Strides of one foot until a time: what a step counter at that foot should count.</summary>
    public long StridesUntil(long timeMs)
    {
        long strides = 0;
        foreach (var span in _spans)
        {
            if (span.StartMs >= timeMs) break;
            if (Strides(span.Activity)) strides += (Math.Min(span.EndMs, timeMs) - span.StartMs) / StrideShape.PeriodMs(span.Activity, span.SpeedCmS);
        }

        return strides;
    }

    /// <summary>Whether an activity carries its wearer along the route.</summary>
    public static bool Moves(Activity activity) => activity is Activity.Walk or Activity.Run or Activity.Ride or Activity.Stairs;

    /// <summary>Whether an activity is made of strides.</summary>
    public static bool Strides(Activity activity) => activity is Activity.Walk or Activity.Run or Activity.Stairs;

    private double WalkedM(int index, long timeMs)
    {
        var span = _spans[index];
        return _walkedM[index] + (Math.Min(timeMs, span.EndMs) - span.StartMs) * (span.SpeedCmS / 100_000.0);
    }

    private static int UsualCmS(Activity activity) => activity switch
    {
        Activity.Run => RunCmS,
        Activity.Ride => RideCmS,
        Activity.Stairs => StairsCmS,
        _ => WalkCmS,
    };
}
