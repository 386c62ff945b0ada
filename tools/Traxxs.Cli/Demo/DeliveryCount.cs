using Traxxs.Simulation.Rig;
using Traxxs.Store;

namespace Traxxs.Cli.Demo;

/// <summary>What the devices accepted against what the store holds, by (device, epoch, sequence) and byte for byte.</summary>
/// <param name="Accepted">Reports the devices accepted.</param>
/// <param name="Stored">Reports the store holds.</param>
/// <param name="Duplicates">Stored more than once, or with other bytes.</param>
/// <param name="Lost">Accepted and not stored.</param>
/// <param name="Foreign">Stored and never accepted.</param>
internal sealed record DeliveryCount(int Accepted, int Stored, int Duplicates, int Lost, int Foreign)
{
    private const int PageMax = 1000;

    public static DeliveryCount Of(IReadOnlyList<InsoleRig> rigs, IReportStore store)
    {
        var stored = new Dictionary<(string, int, long), List<byte[]>>();
        var rows = 0;
        for (long position = 0; ;)
        {
            var page = store.ReadAfter(position, PageMax);
            if (page.Count == 0) break;
            position = page[^1].Position;
            rows += page.Count;
            foreach (var (_, report) in page)
            {
                var key = (report.DeviceId, report.Epoch, report.Sequence);
                if (!stored.TryGetValue(key, out var payloads)) stored.Add(key, payloads = []);
                payloads.Add(report.Payload.ToArray());
            }
        }

        int accepted = 0, lost = 0, differing = 0;
        var known = new HashSet<(string, int, long)>();
        foreach (var rig in rigs)
        {
            foreach (var frame in rig.Accepted)
            {
                accepted++;
                known.Add((rig.DeviceId, frame.Epoch, frame.Sequence));
                if (!stored.TryGetValue((rig.DeviceId, frame.Epoch, frame.Sequence), out var payloads)) lost++;
                else if (payloads.Any(payload => !frame.IsStoredAs(payload))) differing++;
            }
        }

        return new DeliveryCount(accepted, rows, stored.Values.Sum(payloads => payloads.Count - 1) + differing, lost, stored.Keys.Count(key => !known.Contains(key)));
    }
}
