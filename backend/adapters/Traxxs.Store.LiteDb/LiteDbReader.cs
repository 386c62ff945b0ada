using LiteDB;

namespace Traxxs.Store.LiteDb;

/// <summary>What can be asked of the store; each a walk along one index.</summary>
internal static class LiteDbReader
{
    // Never past what is synced: who follows the log must not remember a position that a loss of power takes back.
    public static IReadOnlyList<StoredReport> ReadAfter(LiteDbLog log, long position, int limit) =>
        [.. log.Reports.Query().Where(Query.Between("_id", position + 1, Math.Max(position, log.LastPosition))).OrderBy("_id").Limit(limit).ToEnumerable().Select(Documents.ToReport)];

    public static IReadOnlyList<StoredReport> ReadByFixTime(
        LiteDbLog log, string deviceId, long fromS, long toS, (long FirstFixTimeS, long Position)? after, int limit)
    {
        if (log.FindDevice(deviceId) is not { } device) return [];
        var first = Keys.OfFix(deviceId, fromS - Math.Min(device.SpanMaxS, fromS), 0);
        if (after is { } cursor && Keys.OfFix(deviceId, cursor.FirstFixTimeS, cursor.Position + 1) is var next && string.CompareOrdinal(next, first) > 0) first = next;
        var last = Keys.OfFix(deviceId, toS, long.MaxValue);
        return string.CompareOrdinal(first, last) > 0 ? [] : [.. Walk(log, Fields.FirstFix, first, last)
            .Where(document => document[Fields.LastFix].AsInt64 >= fromS).Take(limit).Select(Documents.ToReport)];
    }

    public static IReadOnlyList<StoredReport> ReadNewest(LiteDbLog log, string deviceId, int limit) =>
        [.. log.Reports.Query().Where(Query.Between(Fields.Arrival, Keys.OfArrival(deviceId, 0), Keys.OfArrival(deviceId, long.MaxValue)))
            .OrderByDescending(Fields.Arrival).Limit(limit).ToEnumerable().Select(Documents.ToReport)];

    public static IReadOnlyList<StoredReport> ReadBySequence(LiteDbLog log, string deviceId, int epoch, long fromSequence, int limit) =>
        fromSequence > uint.MaxValue ? [] : [.. Walk(log, Fields.Key, Keys.Of(deviceId, epoch, Math.Max(0, fromSequence)), Keys.Of(deviceId, epoch, uint.MaxValue))
            .Take(limit).Select(Documents.ToReport)];

    public static IReadOnlyList<Numbering> ReadNumberings(LiteDbLog log, string deviceId)
    {
        if (log.FindDevice(deviceId) is not { } device) return [];
        var found = new List<Numbering>();
        foreach (var epoch in device.Epochs)
        {
            if (ReadBySequence(log, deviceId, epoch, 0, 1) is not [var first]) continue;
            var last = log.Reports.Query().Where(Query.Between(Fields.Key, Keys.Of(deviceId, epoch, 0), Keys.Of(deviceId, epoch, uint.MaxValue)))
                .OrderByDescending(Fields.Key).Limit(1).Single();
            found.Add(new Numbering(epoch, first.Report.Sequence, Keys.Parse(last[Fields.Key].AsString).Sequence));
        }

        return found;
    }

    public static IReadOnlyList<StoredReport> ReadNewestOfEachDevice(LiteDbLog log) =>
        [.. log.AllDevices().Where(device => device.Newest > 0).Select(device => log.Reports.FindById(device.Newest)).Where(document => document is not null).Select(Documents.ToReport)];

    public static IReadOnlyList<RejectedFrame> ReadRejected(LiteDbLog log, int limit) =>
        [.. log.Rejected.Query().OrderByDescending("_id").Limit(limit).ToEnumerable().Select(Documents.ToRejected)];

    /// <summary>Documents of a range of an index, in its order.</summary>
    public static IEnumerable<BsonDocument> Walk(LiteDbLog log, string field, string first, string last) =>
        log.Reports.Query().Where(Query.Between(field, first, last)).OrderBy(field).ToEnumerable();
}
