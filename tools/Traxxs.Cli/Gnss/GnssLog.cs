using Traxxs.Core.Location;
using Traxxs.Drivers;

namespace Traxxs.Cli.Gnss;

/// <summary>What the firmware's own parser made of receiver logs.</summary>
internal sealed class GnssLog
{
    private static readonly GnssReject[] Reasons = Enum.GetValues<GnssReject>();
    private readonly int[] _rejected = new int[Reasons.Length];

    /// <summary>Files read.</summary>
    public int Files { get; private set; }

    /// <summary>Valid positions, one an epoch.</summary>
    public int Fixes { get; private set; }

    /// <summary>Of those, the ones without a date anywhere before them: a place, but no time to keep it by.</summary>
    public int Undated { get; private set; }

    /// <summary>RMC sentences with a position; several messages of one epoch make one fix.</summary>
    public int ValidRmc { get; private set; }

    /// <summary>GGA sentences with a position.</summary>
    public int ValidGga { get; private set; }

    /// <summary>NAV-PVT messages with a position.</summary>
    public int ValidNavPvt { get; private set; }

    /// <summary>Messages refused, by reason in camelCase; every reason is there, also with 0.</summary>
    public SortedDictionary<string, int> Rejected =>
        new(Reasons.ToDictionary(reason => char.ToLowerInvariant(reason.ToString()[0]) + reason.ToString()[1..], reason => _rejected[(int)reason]), StringComparer.Ordinal);

    /// <summary>
    /// Feeds a log in pieces of a size, as a UART would group it, and counts. Each file has a parser of its own, which believes
    /// any date: recordings may be old.
    /// </summary>
    public void Add(Stream log, int chunkSize, Action<GnssFix, bool>? onFix = null)
    {
        var parser = new GnssParser(earliestTimeS: 0);
        var chunk = new byte[chunkSize];
        for (int count; (count = log.Read(chunk)) > 0;)
        {
            foreach (var value in chunk.AsSpan(0, count))
            {
                for (var found = parser.Feed(value); found; found = parser.Next()) Count(parser, onFix);
            }
        }

        if (parser.Finish()) Count(parser, onFix);
        Files++;
        ValidRmc += parser.ValidRmc;
        ValidGga += parser.ValidGga;
        ValidNavPvt += parser.ValidNavPvt;
        foreach (var reason in Reasons) _rejected[(int)reason] += parser.RejectedFor(reason);
    }

    private void Count(GnssParser parser, Action<GnssFix, bool>? onFix)
    {
        Fixes++;
        if (!parser.FixHasDate) Undated++;
        onFix?.Invoke(parser.Fix, parser.FixHasDate);
    }
}
