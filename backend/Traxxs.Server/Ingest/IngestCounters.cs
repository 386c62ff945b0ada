using Traxxs.Protocol;

namespace Traxxs.Server.Ingest;

/// <summary>What became of the frames since the start.</summary>
public sealed class IngestCounters
{
    private readonly long[] _rejectedByResult = new long[Enum.GetValues<DecodeResult>().Length];
    private long _accepted, _duplicates, _conflicts, _withoutIdentity, _unavailable, _untold;

    /// <summary>Stored for the first time.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Came again, byte for byte.</summary>
    public long Duplicates => Interlocked.Read(ref _duplicates);

    /// <summary>Came under a number that another report has.</summary>
    public long Conflicts => Interlocked.Read(ref _conflicts);

    /// <summary>Could not be stored and were left unacknowledged: each comes again.</summary>
    public long Unavailable => Interlocked.Read(ref _unavailable);

    /// <summary>Refused and kept, and people could not be told of it for another reason than a store that is away.</summary>
    public long Untold => Interlocked.Read(ref _untold);

    /// <summary>Refused for what they hold, all reasons together.</summary>
    public long Rejected => RejectedByReason().Values.Sum();

    /// <summary>Refused, by the name of the reason; reasons that never occurred are there with 0.</summary>
    public IReadOnlyDictionary<string, long> RejectedByReason()
    {
        var counts = new Dictionary<string, long> { [ReportFrame.NoIdentity] = Interlocked.Read(ref _withoutIdentity) };
        foreach (var result in Enum.GetValues<DecodeResult>())
        {
            if (result != DecodeResult.Ok) counts[result.ToString()] = Interlocked.Read(ref _rejectedByResult[(int)result]);
        }

        return counts;
    }

    internal void Count(IngestOutcome outcome)
    {
        switch (outcome)
        {
            case IngestOutcome.Stored: Interlocked.Increment(ref _accepted); break;
            case IngestOutcome.Duplicate: Interlocked.Increment(ref _duplicates); break;
            case IngestOutcome.Conflict: Interlocked.Increment(ref _conflicts); break;
            case IngestOutcome.Unavailable: Interlocked.Increment(ref _unavailable); break;
            case IngestOutcome.Rejected: break; // counted by reason when it was kept
        }
    }

    internal void CountUntold() => Interlocked.Increment(ref _untold);

    internal void CountRejected(DecodeResult result)
    {
        if (result == DecodeResult.Ok) Interlocked.Increment(ref _withoutIdentity);
        else Interlocked.Increment(ref _rejectedByResult[(int)result]);
    }
}
