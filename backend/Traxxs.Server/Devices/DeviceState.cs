using System.Text.Json;
using Traxxs.Protocol;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Devices;

/// <summary>What a device last said of itself, each part with the time its report came. Kept as JSON.</summary>
public sealed record DeviceState
{
    /// <summary>The configuration in force.</summary>
    public Told<ConfigurationNews>? Configuration { get; init; }

    /// <summary>The firmware.</summary>
    public Told<FirmwareNews>? Firmware { get; init; }

    /// <summary>What happened inside, newest first.</summary>
    public Told<IReadOnlyList<TraceEntry>>? Trace { get; init; }

    /// <summary>Counters since its start.</summary>
    public Told<HealthNews>? Health { get; init; }

    /// <summary>The last self-test: a bit for each part that failed.</summary>
    public Told<int>? SelfTest { get; init; }

    /// <summary>Whether it is connected, by its own word and its will; null where it never said.</summary>
    public Told<bool>? Connection { get; init; }

    /// <summary>Nothing said yet.</summary>
    public static DeviceState Empty { get; } = new();

    /// <summary>The state after a report; the same where it says nothing new. A report closed before what is known adds nothing.</summary>
    public DeviceState After(AcceptedReport report)
    {
        var tested = report.Events.Where(one => one.Code == EventCode.SelfTest).Select(one => (int?)one.Value).LastOrDefault();
        if (report.News is null && tested is null) return this;
        var closed = report.DeviceTime ?? report.ServerTime;
        return this with
        {
            Configuration = Newer(Configuration, report.News?.Configuration, closed),
            Firmware = Newer(Firmware, report.News?.Firmware, closed),
            Trace = report.News is { Trace.IsEmpty: false } traced ? Newer<IReadOnlyList<TraceEntry>>(Trace, traced.Trace, closed) : Trace,
            Health = Newer(Health, report.News?.Health, closed),
            SelfTest = tested is { } failed && !(SelfTest?.At > Seconds(closed)) ? new Told<int>(failed, Seconds(closed)) : SelfTest,
        };
    }

    /// <summary>Reads a stored state. One that cannot be read is empty: the device says it again, and others' news must not wait for it.</summary>
    public static DeviceState Stored(string? json)
    {
        try
        {
            return json is null ? Empty : JsonSerializer.Deserialize<DeviceState>(json, JsonSerializerOptions.Web) ?? Empty;
        }
        catch (JsonException)
        {
            return Empty;
        }
    }

    /// <summary>As it is stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    private static Told<T>? Newer<T>(Told<T>? known, T? told, DateTimeOffset closed)
        where T : class => told is null || known?.At > Seconds(closed) ? known : new Told<T>(told, Seconds(closed));

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}

/// <summary>Something a device said.</summary>
/// <param name="Value">What.</param>
/// <param name="At">When the report was closed (or it came, where no report said it or the device did not know the time), s since 1970 UTC.</param>
/// <typeparam name="T">What it is.</typeparam>
public sealed record Told<T>(T Value, double At);
