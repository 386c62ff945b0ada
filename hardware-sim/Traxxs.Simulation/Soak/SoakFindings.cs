namespace Traxxs.Simulation.Soak;

/// <summary>Keeps the first thing found wrong: what follows from it says little.</summary>
internal sealed class SoakFindings(Func<long> nowMs)
{
    /// <summary>The first; null while all holds.</summary>
    public SoakViolation? First { get; private set; }

    /// <summary>Notes where something does not hold.</summary>
    public void Require(bool holds, string invariant, Func<string> detail)
    {
        if (!holds && First is null) First = new SoakViolation(invariant, nowMs(), detail());
    }
}
