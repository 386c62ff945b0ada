using Traxxs.Cli.Tracks;
using Traxxs.Protocol;

namespace Traxxs.Cli.Codec;

/// <summary>Counts bytes over tracks, in our format and in the known ones. Every report is read back and compared.</summary>
internal sealed class CodecMeasurement(int blockSize, int minIntervalS, string mode)
{
    private readonly ReportWriter _writer = new();
    private readonly ReportReader _reader = new();
    private readonly Report _report = new();
    private readonly Report _readBack = new();
    private readonly byte[] _frame = new byte[ReportWriter.FrameSizeMax];
    private readonly long[] _knownBytes = new long[KnownFormats.All.Count];
    private long _bareBytes;
    private long _fullBytes;

    /// <summary>Fixes in full blocks.</summary>
    public long Fixes { get; private set; }

    /// <summary>Reports written: full blocks.</summary>
    public long Reports { get; private set; }

    /// <summary>Tracks looked at.</summary>
    public int Tracks { get; private set; }

    /// <summary>Bytes a fix for position and time with all headers.</summary>
    public double BytesPerFix => PerFix(_bareBytes);

    /// <summary>Bytes a fix of a whole tracker report.</summary>
    public double BytesPerFixFull => PerFix(_fullBytes);

    /// <summary>Bytes a fix of each known format, by its key.</summary>
    public IReadOnlyDictionary<string, double> Formats =>
        KnownFormats.All.Select((format, i) => (format.Key, Bytes: PerFix(_knownBytes[i]))).ToDictionary(f => f.Key, f => f.Bytes);

    /// <summary>Adds the full blocks of one track.</summary>
    /// <exception cref="CodecMismatchException">A report did not come back as it went.</exception>
    public void Add(Track track)
    {
        Tracks++;
        var tracker = new TrackerReports(track.Name);
        foreach (var block in TrackBlocks.Full(track, blockSize, minIntervalS, mode))
        {
            TrackerReports.FillBare(_report, block);
            _bareBytes += SizeOf(track, block);
            tracker.FillFull(_report, block);
            _fullBytes += SizeOf(track, block);
            for (var i = 0; i < _knownBytes.Length; i++) _knownBytes[i] += KnownFormats.All[i].Encode(block).Length;
            Reports++;
            Fixes += block.Length;
        }
    }

    private int SizeOf(Track track, TrackPoint[] block)
    {
        var size = _writer.Write(_report, _frame, 0);
        var result = _reader.Read(_frame, 0, size, _readBack);
        var difference = result == DecodeResult.Ok ? ReportComparison.Difference(_report, _readBack) : result.ToString();
        return difference is null
            ? size
            : throw new CodecMismatchException($"{track.File}: the report from {block[0].TimeS} does not come back: {difference}");
    }

    private double PerFix(long bytes) => Fixes == 0 ? 0 : Math.Round(bytes / (double)Fixes, 4);
}

/// <summary>A report did not come back as it went: the message names the track, the time and the field.</summary>
internal sealed class CodecMismatchException(string message) : Exception(message);
