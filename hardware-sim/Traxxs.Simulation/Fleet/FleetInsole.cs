using Traxxs.Simulation.Links;
using Traxxs.Simulation.Rig;

namespace Traxxs.Simulation.Fleet;

/// <summary>One insole of a fleet while it lives: its rig on its own time, which began when it was switched on.</summary>
public sealed class FleetInsole : IDisposable
{
    private readonly LiveServerPath _path;
    private bool _healed;

    internal FleetInsole(FleetMember member, MqttServerAddress address, FleetTraffic traffic)
    {
        Member = member;
        _path = new LiveServerPath(address, traffic);
        Rig = new InsoleRig(member.Rig, _path);
    }

    /// <summary>Who wears it.</summary>
    public FleetMember Member { get; }

    /// <summary>The insole.</summary>
    public InsoleRig Rig { get; }

    /// <summary>Everything it accepted is with the server, and it was switched off for that.</summary>
    public bool Done { get; private set; }

    /// <summary>When its next event is due, ms of fleet time.</summary>
    internal long NextDueMs => Rig.NextDueMs is var due and < long.MaxValue / 2 ? Member.FromMs + due : long.MaxValue;

    /// <summary>Whether it waits for an answer of the server. Until then its time goes on no faster than real time, however late it is.</summary>
    internal bool Waits => _path.Waits;

    /// <summary>Runs what is due by a fleet time, or until it waits. Returns how many steps of the firmware that were.</summary>
    internal long RunTo(long fleetMs)
    {
        var before = Rig.Steps;
        _path.Waits = false;
        while (!_path.Waits && Rig.TryRunNext(fleetMs - Member.FromMs))
        {
        }

        return Rig.Steps - before;
    }

    /// <summary>Ends it where it has lived to the end and holds nothing that the server does not have. What is late lives on first.</summary>
    internal bool TryFinish(long endMs)
    {
        if (NextDueMs < endMs) return false;
        if (!_healed) Rig.Heal();
        _healed = true;
        if (!Rig.IsReady || Rig.Waiting > 0) return false;
        _path.Disconnect(abrupt: false);
        Done = true;
        return true;
    }

    internal Task LeftAsync() => _path.LeftAsync();

    /// <inheritdoc/>
    public void Dispose() => Rig.Dispose();
}
