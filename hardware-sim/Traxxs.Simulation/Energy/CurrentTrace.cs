namespace Traxxs.Simulation.Energy;

/// <summary>The current of one slice of time.</summary>
/// <param name="LowUa">Least, µA.</param>
/// <param name="HighUa">Most, µA.</param>
/// <param name="ChargeUaMs">Charge of the slice, µA·ms.</param>
public readonly record struct CurrentSlice(float LowUa, float HighUa, double ChargeUaMs);

/// <summary>
/// An insole's current over a run, in slices of equal length from 0. Bounded: where there is no room for a further slice, neighbours
/// are merged two by two and slices are twice as long from there on, so that peaks stay and only their place gets coarser.
/// </summary>
public sealed class CurrentTrace
{
    /// <summary>Most slices kept: four a pixel of a wide plot.</summary>
    public const int SlicesMax = 4096;

    /// <summary>Length of a slice at the beginning, ms.</summary>
    private const long FirstSliceMs = 1000;

    private readonly List<CurrentSlice> _slices = [];

    /// <summary>Length of a slice, ms.</summary>
    public long SliceMs { get; private set; } = FirstSliceMs;

    /// <summary>The slices in order; the last one may not be over yet.</summary>
    public IReadOnlyList<CurrentSlice> Slices => _slices;

    /// <summary>A current held from a time to another, ms.</summary>
    public void Hold(double microamps, long fromMs, long toMs)
    {
        while (fromMs < toMs)
        {
            var index = IndexOf(fromMs);
            var endMs = Math.Min(toMs, (index + 1) * SliceMs);
            Take(index, microamps, microamps, microamps * (endMs - fromMs));
            fromMs = endMs;
        }
    }

    /// <summary>A pulse that is over at once: how high it rose, and the charge it added, µA·ms.</summary>
    public void Pulse(double microamps, double chargeUaMs, long timeMs) => Take(IndexOf(timeMs), microamps, microamps, chargeUaMs);

    private int IndexOf(long timeMs)
    {
        while (timeMs / SliceMs >= SlicesMax) Merge();
        return (int)(timeMs / SliceMs);
    }

    private void Take(int index, double lowUa, double highUa, double chargeUaMs)
    {
        var (low, high) = ((float)lowUa, (float)highUa);
        while (_slices.Count <= index) _slices.Add(new CurrentSlice(float.MaxValue, 0, 0));
        var slice = _slices[index];
        _slices[index] = new CurrentSlice(Math.Min(slice.LowUa, low), Math.Max(slice.HighUa, high), slice.ChargeUaMs + chargeUaMs);
    }

    private void Merge()
    {
        for (var i = 0; i < _slices.Count; i += 2)
        {
            var (first, second) = (_slices[i], i + 1 < _slices.Count ? _slices[i + 1] : _slices[i] with { ChargeUaMs = 0 });
            _slices[i / 2] = new CurrentSlice(Math.Min(first.LowUa, second.LowUa), Math.Max(first.HighUa, second.HighUa), first.ChargeUaMs + second.ChargeUaMs);
        }

        _slices.RemoveRange((_slices.Count + 1) / 2, _slices.Count / 2);
        SliceMs *= 2;
    }
}
