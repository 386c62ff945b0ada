using LiteDB;

namespace Traxxs.Store.LiteDb;

/// <summary>
/// Takes reports of a device out and leaves their numbers, so that they do not come back. LiteDB overwrites what it deletes
/// with zeros; with the last slice its log, where older pages stand, is emptied.
/// </summary>
internal static class LiteDbEraser
{
    /// <summary>One slice, in a transaction of its own.</summary>
    public static EraseProgress Erase(LiteDbLog log, ReportErasure what, string? after, int limit)
    {
        var first = after ?? Keys.OfArrival(what.DeviceId, 0);
        var looked = LiteDbReader.Walk(log, Fields.Arrival, first, Keys.OfArrival(what.DeviceId, long.MaxValue)).Take(limit + 1).ToList();
        var next = looked.Count > limit ? looked[limit][Fields.Arrival].AsString : null;
        var meant = looked.Take(limit).Where(document => IsMeant(what, Documents.ToReport(document).Report)).ToList();
        var rejected = after is null ? log.Rejected.Find(Query.EQ("d", what.DeviceId)).Where(frame => what.MeansRejected(frame[Fields.ServerTime].AsInt64)).ToList() : [];
        if (meant.Count > 0 || rejected.Count > 0) log.Commit(writing => TakeOut(writing, what.DeviceId, meant, rejected));
        if (next is null) log.EmptyLog();
        return new EraseProgress(meant.Count, next);
    }

    private static bool IsMeant(ReportErasure what, ReportRecord report) =>
        what.Means(report.ServerTimeMs, report.DeviceTimeS, report.FirstFixTimeS, report.LastFixTimeS);

    private static void TakeOut(LiteDbLog log, string deviceId, List<BsonDocument> meant, List<BsonDocument> rejected)
    {
        foreach (var frame in rejected) log.RemoveRejected(frame["_id"]);
        foreach (var document in meant)
        {
            log.Reports.Delete(document["_id"]);
            log.Erased.Insert(new BsonDocument { ["_id"] = document[Fields.Key], ["position"] = document["_id"] });
        }

        if (meant.Count == 0 || !meant.Exists(document => document["_id"].AsInt64 == log.FindDevice(deviceId)?.Newest)) return;
        var left = LiteDbReader.Walk(log, Fields.Arrival, Keys.OfArrival(deviceId, 0), Keys.OfArrival(deviceId, long.MaxValue))
            .Select(document => (LastFixS: document.TryGetValue(Fields.LastFix, out var fix) ? fix.AsInt64 : long.MinValue, Position: document["_id"].AsInt64)).ToList();
        log.Change(deviceId, device =>
        {
            device.ForgetNewest();
            foreach (var (lastFixS, position) in left) device.Consider(lastFixS, position);
        });
    }
}
