using System.Text;
using Traxxs.Cli.Record;
using Traxxs.Cli.Tracks;
using Traxxs.Protocol;

namespace Traxxs.Cli.Replay;

/// <summary>One report of a replay, ready to send.</summary>
/// <param name="Frame">Its bytes, as the device's encoder wrote them.</param>
/// <param name="AtS">When it is due, s since the first of its device.</param>
internal readonly record struct ReplayReport(byte[] Frame, double AtS);

/// <summary>One track as a device: its id, its numbering, its reports.</summary>
internal sealed class ReplayDevice
{
    private const string IdPrefix = "replay-";
    private const int IdLengthMax = 64;

    private ReplayDevice(string id, HashSet<int> epochs, IReadOnlyList<TrackPoint> points, List<ReplayReport> reports, int reportsWithFixes) =>
        (Id, Epochs, Points, Reports, ReportsWithFixes) = (id, epochs, points, reports, reportsWithFixes);

    /// <summary>Identity, from the name of the file; the prefix keeps real devices out of the way.</summary>
    public string Id { get; }

    /// <summary>
    /// Numbering, from how the track is cut: the same replay again sends the same reports under the same numbers, and the
    /// server knows them; one with other blocks is another numbering. A captured device keeps its own numberings.
    /// </summary>
    public IReadOnlySet<int> Epochs { get; }

    /// <summary>The numbering of a track, which has one.</summary>
    public ushort Epoch => (ushort)Epochs.First();

    /// <summary>What must be read back.</summary>
    public IReadOnlyList<TrackPoint> Points { get; }

    /// <summary>What is sent, by sequence number.</summary>
    public IReadOnlyList<ReplayReport> Reports { get; }

    /// <summary>Reports that hold a fix: those that can be read back as positions.</summary>
    public int ReportsWithFixes { get; }

    /// <summary>
    /// The devices of a capture under names of their own, so that the devices it was taken of are not touched. A report that stands there
    /// twice is sent once; what is no report is counted and left out.
    /// </summary>
    public static List<ReplayDevice> Make(IEnumerable<CaptureRow> rows, out int unreadable)
    {
        unreadable = 0;
        var (reader, report) = (new ReportReader(), new Report());
        var devices = new List<ReplayDevice>();
        foreach (var device in rows.Where(row => row.IsReport).GroupBy(row => row.Device!))
        {
            var (points, reports, seen, epochs, withFixes) = (new List<TrackPoint>(), new List<ReplayReport>(), new HashSet<(int, uint)>(), new HashSet<int>(), 0);
            var firstMs = device.First().T;
            foreach (var row in device)
            {
                if (!TryRead(row.Payload, reader, report, out var frame))
                {
                    unreadable++;
                    continue;
                }

                if (!seen.Add((report.Epoch, report.Sequence))) continue;
                epochs.Add(report.Epoch);
                for (var i = 0; i < report.FixCount; i++) points.Add(new TrackPoint(report.FixTimeS[i], report.LatitudeE5[i], report.LongitudeE5[i], null));
                if (report.FixCount > 0) withFixes++;
                reports.Add(new ReplayReport(frame, (row.T - firstMs) / 1000.0));
            }

            if (reports.Count > 0) devices.Add(new ReplayDevice(Cut(IdPrefix + device.Key, ""), epochs, points, reports, withFixes));
        }

        return devices;
    }

    /// <summary>The devices of tracks; two of one name get numbers behind it, in the order given.</summary>
    /// <exception cref="TrackFileException">A track holds what the wire cannot carry.</exception>
    public static List<ReplayDevice> Make(IEnumerable<Track> tracks, int block, int minIntervalS)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var devices = new List<ReplayDevice>();
        foreach (var track in tracks)
        {
            var points = Thin(track.Points, minIntervalS);
            if (points.Count == 0) continue;
            var id = IdOf(track.File);
            for (var number = 2; !taken.Add(id); number++) id = Cut(IdOf(track.File), $"-{number}");
            var epoch = EpochOf(block, minIntervalS);
            var reports = Encode(track, points, epoch, block);
            devices.Add(new ReplayDevice(id, [epoch], points, reports, reports.Count));
        }

        return devices;
    }

    /// <summary>A device id from a file's name: without its endings, other characters made dashes.</summary>
    public static string IdOf(string file)
    {
        var name = Path.GetFileName(file);
        foreach (var ending in new[] { ".gz", ".csv", ".gpx" })
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) name = name[..^ending.Length];
        }

        var id = new StringBuilder(IdPrefix);
        foreach (var c in name) id.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-');
        return Cut(id.ToString(), "");
    }

    private static bool TryRead(string hex, ReportReader reader, Report report, out byte[] frame)
    {
        frame = [];
        try
        {
            frame = Convert.FromHexString(hex);
        }
        catch (FormatException)
        {
            return false;
        }

        return reader.Read(frame, 0, frame.Length, report) == DecodeResult.Ok && report.HasIdentity;
    }

    private static string Cut(string id, string ending) => id[..Math.Min(id.Length, IdLengthMax - ending.Length)] + ending;

    private static ushort EpochOf(int block, int minIntervalS) => (ushort)((block * 40_503) ^ (minIntervalS * 25_173));

    private static List<TrackPoint> Thin(IReadOnlyList<TrackPoint> points, int minIntervalS)
    {
        var kept = new List<TrackPoint>(points.Count);
        foreach (var point in points)
        {
            // Only time that goes on counts: where a recording jumps back its points are kept, as they are all wanted.
            if (kept.Count > 0 && point.TimeS >= kept[^1].TimeS && point.TimeS - kept[^1].TimeS < minIntervalS) continue;
            kept.Add(point);
        }

        return kept;
    }

    private static List<ReplayReport> Encode(Track track, List<TrackPoint> points, ushort epoch, int block)
    {
        var writer = new ReportWriter();
        var report = new Report();
        var buffer = new byte[ReportWriter.FrameSizeMax];
        var reports = new List<ReplayReport>((points.Count + block - 1) / block);
        for (var start = 0; start < points.Count; start += block)
        {
            Fill(report, points, start, Math.Min(block, points.Count - start));
            (report.HasIdentity, report.Epoch, report.Sequence) = (true, epoch, (uint)reports.Count);
            var size = writer.Write(report, buffer, 0);
            if (size == 0) throw new TrackFileException($"{track.File}: the points from {start + 1} on do not fit a report; take a smaller --block");
            reports.Add(new ReplayReport(buffer[..size], report.DeviceTimeS - (double)points[0].TimeS));
        }

        return reports;
    }

    private static void Fill(Report report, List<TrackPoint> points, int start, int count)
    {
        report.Clear();
        for (var i = 0; i < count; i++)
        {
            var point = points[start + i];
            (report.FixTimeS[i], report.LatitudeE5[i], report.LongitudeE5[i]) = (point.TimeS, point.LatitudeE5, point.LongitudeE5);
        }

        report.FixCount = count;
        // A report is closed with its last fix.
        (report.HasDeviceTime, report.DeviceTimeS) = (true, points[start + count - 1].TimeS);
    }
}
