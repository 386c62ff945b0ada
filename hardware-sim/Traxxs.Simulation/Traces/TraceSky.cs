using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Traces;

/// <summary>
/// Positions and skies a trace has recorded, one each second at whole seconds of civil time, where a receiver's epochs lie; between two
/// of them the line from one to the next. Behind the last one it stays.
/// </summary>
internal sealed class TraceSky : ISky
{
    /// <summary>From one to the next, ms.</summary>
    public const int EveryMs = 1000;

    private readonly SkyState[] _states;
    private readonly long _firstMs;

    public TraceSky(long firstMs, IReadOnlyList<SkyState> states)
    {
        if (states.Count == 0) throw new InvalidDataException("a sky has at least one second");
        _firstMs = firstMs;
        _states = [.. states];
    }

    /// <summary>Time of the first whole second.</summary>
    public static long FirstMs(DateTimeOffset start) => (EveryMs - start.ToUnixTimeMilliseconds() % EveryMs) % EveryMs;

    /// <summary>Asks a sky for every second until a time.</summary>
    public static IEnumerable<SkyState> Record(ISky sky, long firstMs, long endMs)
    {
        for (var timeMs = firstMs; timeMs <= endMs + EveryMs; timeMs += EveryMs)
        {
            sky.At(timeMs, out var state);
            yield return state;
        }
    }

    /// <inheritdoc/>
    public void At(long timeMs, out SkyState state)
    {
        var since = Math.Clamp(timeMs - _firstMs, 0, (long)(_states.Length - 1) * EveryMs);
        state = _states[since / EveryMs];
        if (since % EveryMs == 0) return;
        var next = _states[since / EveryMs + 1];
        var share = since % EveryMs / (double)EveryMs;
        state.LatitudeDeg += (next.LatitudeDeg - state.LatitudeDeg) * share;
        state.LongitudeDeg += (next.LongitudeDeg - state.LongitudeDeg) * share;
    }
}
