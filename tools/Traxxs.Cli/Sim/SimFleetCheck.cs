using Traxxs.Cli.Replay;
using Traxxs.Simulation.Fleet;
using Traxxs.Simulation.Storage;
using Traxxs.Store;

namespace Traxxs.Cli.Sim;

/// <summary>What became of a fleet's reports at the server, read from its store.</summary>
/// <param name="Stored">Accepted reports that are stored, byte for byte.</param>
/// <param name="Lost">Accepted, not stored and not held by the insole any more.</param>
/// <param name="Doubled">Stored more than once, or with other bytes than the insole accepted.</param>
internal readonly record struct SimFleetStored(long Stored, long Lost, long Doubled)
{
    private const int PageSize = 5000;

    /// <summary>Holds what every insole accepted against a store.</summary>
    public static SimFleetStored Of(FleetRun fleet, IReportStore store)
    {
        var frames = new Dictionary<(string, int, long), AcceptedFrame>();
        var held = 0L;
        foreach (var insole in fleet.Insoles)
        {
            foreach (var frame in insole.Rig.Accepted) frames.Add((insole.Rig.DeviceId, frame.Epoch, frame.Sequence), frame);
            if (!insole.Done) held += insole.Rig.Waiting;
        }

        var (stored, doubled) = (0L, 0L);
        for (var page = store.ReadAfter(0, PageSize); page.Count > 0; page = store.ReadAfter(page[^1].Position, PageSize))
        {
            foreach (var (_, report) in page)
            {
                if (frames.Remove((report.DeviceId, report.Epoch, report.Sequence), out var frame) && frame.IsStoredAs(report.Payload.ToArray())) stored++;
                else doubled++;
            }
        }

        // What an insole still holds may be stored already, where only the acknowledgement is missing.
        return new SimFleetStored(stored, Math.Max(0, frames.Count - held), doubled);
    }
}
