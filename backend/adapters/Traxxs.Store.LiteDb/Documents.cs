using System.Globalization;
using LiteDB;

namespace Traxxs.Store.LiteDb;

/// <summary>Names of fields: short, since LiteDB writes them into every document.</summary>
internal static class Fields
{
    public const string Key = "k";
    public const string Arrival = "a";
    public const string FirstFix = "f";
    public const string ServerTime = "t";
    public const string DeviceTime = "c";
    public const string LastFix = "l";
    public const string FixCount = "n";
    public const string Payload = "p";
}

/// <summary>Keys that sort as they are read: device, then numbers of fixed width. LiteDB has no index over several fields.</summary>
internal static class Keys
{
    private const char Separator = '\u0001'; // sorts before whatever a device id is made of

    public static string Of(string deviceId, int epoch, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{deviceId}{Separator}{epoch:x4}{sequence:x8}");

    public static string OfArrival(string deviceId, long position) => string.Create(CultureInfo.InvariantCulture, $"{deviceId}{Separator}{position:x16}");

    public static string OfFix(string deviceId, long firstFixS, long position) =>
        string.Create(CultureInfo.InvariantCulture, $"{deviceId}{Separator}{Math.Max(0, firstFixS):x16}{position:x16}");

    /// <summary>Device, epoch and sequence of a key.</summary>
    public static (string DeviceId, int Epoch, long Sequence) Parse(string key)
    {
        var end = key.LastIndexOf(Separator);
        return (key[..end], int.Parse(key.AsSpan(end + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            long.Parse(key.AsSpan(end + 5, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    /// <summary>First fix time of a key.</summary>
    public static long FirstFixOf(string key) => long.Parse(key.AsSpan(key.LastIndexOf(Separator) + 1, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

/// <summary>Reports and refused frames as documents, and back.</summary>
internal static class Documents
{
    public static BsonDocument Of(long position, string key, ReportRecord report)
    {
        var document = new BsonDocument
        {
            ["_id"] = position,
            [Fields.Key] = key,
            [Fields.Arrival] = Keys.OfArrival(report.DeviceId, position),
            [Fields.ServerTime] = report.ServerTimeMs,
            [Fields.FixCount] = report.FixCount,
            [Fields.Payload] = report.Payload.ToArray(),
        };
        if (report.DeviceTimeS is { } closed) document[Fields.DeviceTime] = closed;
        if (report.FirstFixTimeS is not { } first) return document;
        document[Fields.FirstFix] = Keys.OfFix(report.DeviceId, first, position);
        document[Fields.LastFix] = report.LastFixTimeS!.Value;
        return document;
    }

    public static StoredReport ToReport(BsonDocument document)
    {
        var (deviceId, epoch, sequence) = Keys.Parse(document[Fields.Key].AsString);
        long? firstFix = document.TryGetValue(Fields.FirstFix, out var fix) ? Keys.FirstFixOf(fix.AsString) : null;
        return new StoredReport(document["_id"].AsInt64, new ReportRecord(
            deviceId, epoch, sequence, document[Fields.ServerTime].AsInt64, NumberOf(document, Fields.DeviceTime), firstFix, NumberOf(document, Fields.LastFix),
            document[Fields.FixCount].AsInt32, document[Fields.Payload].AsBinary));
    }

    public static BsonDocument Of(RejectedFrame frame) => new()
    {
        ["_id"] = frame.Id, ["d"] = frame.DeviceId, [Fields.ServerTime] = frame.ServerTimeMs, ["r"] = frame.Reason, [Fields.Payload] = frame.Payload,
    };

    public static RejectedFrame ToRejected(BsonDocument document) => new(
        document["_id"].AsInt64, document["d"].AsString, document[Fields.ServerTime].AsInt64, document["r"].AsString, document[Fields.Payload].AsBinary);

    private static long? NumberOf(BsonDocument document, string field) => document.TryGetValue(field, out var value) ? value.AsInt64 : null;
}
