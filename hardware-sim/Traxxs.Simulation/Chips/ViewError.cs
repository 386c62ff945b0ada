using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Chips;

/// <summary>
/// What a view of the sky does to fixes: standard deviation of an axis, how much of the error one second keeps, and what the
/// receiver claims. Values of this class of receiver, set so that open sky gives 2 m and a street canyon tens of metres (CEP of
/// the MAX-M10S: 1.5 m, front page of its data sheet); not measured on one.
/// </summary>
internal readonly record struct ViewError
{
    private const double KeepSlow = 0.98347;        // exp(-1/60 s).
    private const double KeepMiddle = 0.97531;      // exp(-1/40 s).
    private const double KeepFast = 0.95123;        // exp(-1/20 s): reflections come and go with a few steps.
    private const double WallM = 8;                 // Standard deviation at a wall: half the extra way of a signal reflected 15 m away.

    public double SigmaM { get; private init; }

    public double Keep { get; private init; }

    public double ClaimedM { get; private init; }

    public double ClaimedSpreadM { get; private init; }

    public double ClaimedLeastM { get; private init; }

    public double ClaimedMostM { get; private init; }

    public double SpeedMS { get; private init; }

    public int Satellites { get; private init; }

    public double Pdop { get; private init; }

    public static ViewError Of(SkyView view, double reflections) => view switch
    {
        SkyView.Canyon => new ViewError
        {
            SigmaM = 12, Keep = KeepFast, ClaimedM = 27, ClaimedSpreadM = 6, ClaimedLeastM = 15, ClaimedMostM = 40, SpeedMS = 0.3, Satellites = 7, Pdop = 3.4,
        },
        SkyView.Trees => new ViewError
        {
            SigmaM = 3.5, Keep = KeepMiddle, ClaimedM = 6, ClaimedSpreadM = 1.2, ClaimedLeastM = 3, ClaimedMostM = 25, SpeedMS = 0.12, Satellites = 10, Pdop = 2.0,
        },
        _ => new ViewError
        {
            SigmaM = 1.3 + WallM * reflections * reflections,
            Keep = reflections > 0 ? KeepFast : KeepSlow,
            ClaimedM = 2.2 + 3 * reflections,       // The lie: the error grows by eight where the claim grows by three.
            ClaimedSpreadM = 0.3 + 0.7 * reflections,
            ClaimedLeastM = 1,
            ClaimedMostM = 40,
            SpeedMS = 0.06 + 0.14 * reflections,
            Satellites = reflections > 0.5 ? 10 : 14,
            Pdop = 1.4 + reflections,
        },
    };
}
