using LiteDB;

namespace Traxxs.Store.LiteDb;

/// <summary>What is known of a device beside its reports: the longest span of fixes, which bounds every search by time, and its numberings.</summary>
internal sealed class DeviceEntry(string id)
{
    private readonly List<int> _epochs = [];

    public string Id { get; } = id;

    /// <summary>Longest time from first to last fix in one report, s. Never shrinks.</summary>
    public long SpanMaxS { get; private set; }

    /// <summary>Position of its newest report, 0 where it has none any more.</summary>
    public long Newest { get; private set; }

    private long NewestFixS { get; set; } = long.MinValue;

    /// <summary>Its numberings, in the order they were first seen.</summary>
    public IReadOnlyList<int> Epochs => [.. _epochs];

    /// <summary>Takes a stored report in.</summary>
    public void Add(ReportRecord report, long position)
    {
        if (!_epochs.Contains(report.Epoch)) _epochs.Add(report.Epoch);
        if (report.FirstFixTimeS is { } first) SpanMaxS = Math.Max(SpanMaxS, report.LastFixTimeS!.Value - first);
        Consider(report.LastFixTimeS ?? long.MinValue, position);
    }

    /// <summary>Forgets which report is the newest; those left are considered one by one.</summary>
    public void ForgetNewest() => (Newest, NewestFixS) = (0, long.MinValue);

    /// <summary>Newest by fix time, or by arrival where there is no fix.</summary>
    public void Consider(long lastFixS, long position)
    {
        if ((lastFixS, position).CompareTo((NewestFixS, Newest)) > 0) (NewestFixS, Newest) = (lastFixS, position);
    }

    public BsonDocument ToDocument() => new()
    {
        ["_id"] = Id, ["span"] = SpanMaxS, ["newest"] = Newest, ["fix"] = NewestFixS, ["epochs"] = new BsonArray(_epochs.Select(epoch => new BsonValue(epoch))),
    };

    public static DeviceEntry From(BsonDocument document)
    {
        var entry = new DeviceEntry(document["_id"].AsString) { SpanMaxS = document["span"].AsInt64, Newest = document["newest"].AsInt64, NewestFixS = document["fix"].AsInt64 };
        entry._epochs.AddRange(document["epochs"].AsArray.Select(epoch => epoch.AsInt32));
        return entry;
    }
}
