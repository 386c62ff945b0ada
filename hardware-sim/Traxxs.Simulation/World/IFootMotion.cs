namespace Traxxs.Simulation.World;

/// <summary>What the accelerometer under the heel feels, as a function of virtual time: asking twice gives the same answer.</summary>
public interface IFootMotion
{
    /// <summary>Acceleration with gravity, mg; X toward the toes, Y to the left, Z up through the sole (standing still: 0, 0, 1000).</summary>
    void AccelerationAt(long timeMs, out int xMg, out int yMg, out int zMg);

    /// <summary>
    /// Whether the acceleration is constant from a time on; <paramref name="untilMs"/> is the first time at which it may
    /// differ (later than <paramref name="timeMs"/>). A chip skips such stretches; false is always a correct answer.
    /// </summary>
    bool IsStillUntil(long timeMs, out long untilMs);
}
