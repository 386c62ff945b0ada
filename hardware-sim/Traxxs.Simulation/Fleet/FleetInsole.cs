using Traxxs.Simulation.Links;
using Traxxs.Simulation.Rig;

namespace Traxxs.Simulation.Fleet;

/// <summary>One insole of a fleet while it lives: its rig on its own time, which began when it was switched on.</summary>
public sealed class FleetInsole : IDisposable
{
    private readonly LiveServerPath _path;

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

    /// <summary>Runs what is due by a fleet time. Returns how many steps of the firmware that were.</summary>
    internal long RunTo(long fleetMs)
    {
        var before = Rig.Steps;
        while (Rig.TryRunNext(fleetMs - Member.FromMs))
        {
        }

        return Rig.Steps - before;
    }

    /// <summary>Ends it where it holds nothing that the server does not have.</summary>
    internal bool TryFinish()
    {
        if (!Rig.IsReady || Rig.Waiting > 0) return false;
        _path.Disconnect(abrupt: false);
        Done = true;
        return true;
    }

    internal Task LeftAsync() => _path.LeftAsync();

    /// <inheritdoc/>
    public void Dispose() => Rig.Dispose();
}
