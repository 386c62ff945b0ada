namespace Traxxs.Simulation.World;

/// <summary>How much of the sky the receiver sees.</summary>
public enum SkyView : byte
{
    /// <summary>Free view: metres of error.</summary>
    Open = 0,

    /// <summary>Between buildings: slow to acquire, tens of metres of correlated error.</summary>
    Canyon = 1,

    /// <summary>Under a roof: no fix.</summary>
    Indoors = 2,

    /// <summary>No signal at all (garage, jammed, no antenna): no fix.</summary>
    None = 3,

    /// <summary>Under leaves: weaker signals, somewhat slower and coarser.</summary>
    Trees = 4,
}

/// <summary>Where the receiver truly is and what it sees.</summary>
public struct SkyState
{
    /// <summary>True latitude, degrees.</summary>
    public double LatitudeDeg;

    /// <summary>True longitude, degrees.</summary>
    public double LongitudeDeg;

    /// <summary>True speed over ground, m/s.</summary>
    public double SpeedMS;

    /// <summary>True heading, degrees clockwise from north.</summary>
    public double HeadingDeg;

    /// <summary>View of the sky.</summary>
    public SkyView View;

    /// <summary>How near the walls are that reflect signals, 0 (none within reach) to 1 (at the wall).</summary>
    public double Reflections;
}

/// <summary>The receiver's true position and sky as a function of virtual time: asking twice gives the same answer.</summary>
public interface ISky
{
    /// <summary>The state at a time.</summary>
    void At(long timeMs, out SkyState state);
}
