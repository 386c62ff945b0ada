namespace Traxxs.Simulation.World;

/// <summary>
/// Acceleration at a foot as somebody has recorded it, played as it is: for a gait, a fall or a knock that no shape describes. Between
/// two samples the line from one to the next.
/// </summary>
public sealed class RecordedMotion
{
    private readonly short[] _mg;       // x, y, z of each sample
    private readonly double _rateHz;

    /// <summary>From samples in g.</summary>
    public RecordedMotion(IReadOnlyList<(double X, double Y, double Z)> samplesG, double rateHz)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesG.Count, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rateHz);
        _rateHz = rateHz;
        _mg = [.. samplesG.SelectMany(static sample => new[] { Mg(sample.X), Mg(sample.Y), Mg(sample.Z) })];
    }

    /// <summary>How long it is, ms.</summary>
    public long LengthMs => (long)((_mg.Length / 3 - 1) * 1000 / _rateHz);

    /// <summary>
    /// Reads a CSV (also .gz) with columns ax_g or ax_mps2 and so on, with gravity; X toward the toes, Y to the left, Z up. The rate by a
    /// column t_s or t_ms, else as said; 0 where nobody said. Throws <see cref="InvalidDataException"/>.
    /// </summary>
    public static RecordedMotion Read(string path, double rateHz)
    {
        var samples = RecordedStrides.ReadG(path, ref rateHz);
        if (samples.Count < 2) throw new InvalidDataException($"{path}: two samples at least make a motion");
        return rateHz > 0 ? new RecordedMotion(samples, rateHz) : throw new InvalidDataException($"{path}: has no column t_s or t_ms, so its rate must be given");
    }

    /// <summary>Acceleration some time into it, mg.</summary>
    public void At(long sinceMs, out int xMg, out int yMg, out int zMg)
    {
        var at = Math.Clamp(sinceMs * _rateHz / 1000, 0, _mg.Length / 3 - 1);
        var index = Math.Min((int)at, _mg.Length / 3 - 2);
        var share = at - index;
        xMg = Between(index * 3, share);
        yMg = Between(index * 3 + 1, share);
        zMg = Between(index * 3 + 2, share);
    }

    private int Between(int at, double share) => (int)Math.Floor(_mg[at] + (_mg[at + 3] - _mg[at]) * share + 0.5);

    private static short Mg(double g) => (short)Math.Clamp(Math.Round(g * 1000), short.MinValue, short.MaxValue);
}

/// <summary>A foot that moves by a recording from a time on until it is over, and by itself before and after.</summary>
internal sealed class PlayedMotion(IFootMotion foot, RecordedMotion recording, long fromMs) : IFootMotion
{
    private readonly long _untilMs = fromMs + recording.LengthMs;

    /// <inheritdoc/>
    public void AccelerationAt(long timeMs, out int xMg, out int yMg, out int zMg)
    {
        if (timeMs >= fromMs && timeMs < _untilMs) recording.At(timeMs - fromMs, out xMg, out yMg, out zMg);
        else foot.AccelerationAt(timeMs, out xMg, out yMg, out zMg);
    }

    /// <inheritdoc/>
    public bool IsStillUntil(long timeMs, out long untilMs)
    {
        untilMs = timeMs;
        if (timeMs >= fromMs && timeMs < _untilMs) return false;
        if (!foot.IsStillUntil(timeMs, out untilMs)) return false;
        if (timeMs < fromMs) untilMs = Math.Min(untilMs, fromMs);
        return true;
    }
}
