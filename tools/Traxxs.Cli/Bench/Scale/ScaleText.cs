using System.Globalization;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>The result for people: lines, or tables of Markdown.</summary>
internal static class ScaleText
{
    /// <summary>A shape's name.</summary>
    public static string NameOf(int listeners) => listeners switch
    {
        0 => "one process, SQLite",
        1 => "roles, 1 listener",
        _ => $"roles, {listeners} listeners",
    };

    /// <summary>Lines for a terminal.</summary>
    public static IEnumerable<string> Words(ScaleResult result)
    {
        yield return Conditions(result);
        foreach (var shape in result.Shapes)
        {
            yield return "";
            yield return NameOf(shape.Listeners);
            foreach (var full in shape.Full)
            {
                yield return $"  {full.Fixes} fixes a report: {N(full.AcknowledgedPerSecond)} positions/s acknowledged, {N(full.StoredPerSecond)} stored, "
                    + $"{N(full.EvaluatedPerSecond)} through the rules; p50 {full.P50Ms} p99 {full.P99Ms} ms to the acknowledgement";
                yield return $"    CPU s for 100,000 positions: {List(full.CpuSeconds)}";
                yield return $"    bytes a position on disk: {List(full.DiskBytes)}; over connections: {List(full.NetworkBytes)}, frames {full.FrameBytes}";
                yield return $"    ceiling: {full.Ceiling}";
            }

            if (shape.Alarms is { } alarms)
                yield return $"  press to alert, {alarms.Alarms} among {alarms.Rate} reports/s: p50 {alarms.P50Ms} p99 {alarms.P99Ms} max {alarms.MaxMs} ms, {alarms.Missed} missed";
            yield return $"  CPU s a minute while nothing happens: {List(shape.Standing)}";
            foreach (var contact in shape.Contacts)
            {
                yield return $"  contacts{(contact.Tls ? " by TLS" : "")}: {contact.PerSecond}/s, p50 {contact.P50Ms} p99 {contact.P99Ms} ms, {contact.Failed} failed; "
                    + $"CPU s for 1,000: {List(contact.CpuSeconds)}";
            }

            if (shape.Held is { } held) yield return $"  {MemoryOf(held)}";
            yield return $"  {N(shape.Acknowledged)} reports acknowledged, {N(shape.Stored)} stored, {shape.Lost} lost, {shape.Doubled} doubled";
        }
    }

    /// <summary>Tables for a document.</summary>
    public static IEnumerable<string> Markdown(ScaleResult result)
    {
        yield return Conditions(result);
        yield return "";
        yield return "| | fixes a report | positions/s acknowledged | stored | through the rules | p99 to PUBACK, ms | alert seen p50 / p99, ms | contacts/s plain / TLS |";
        yield return "| --- | --- | --- | --- | --- | --- | --- | --- |";
        foreach (var (shape, full) in Rounds(result))
        {
            var alerts = shape.Alarms is { } alarms ? $"{alarms.P50Ms} / {alarms.P99Ms}" : "–";
            yield return $"| {NameOf(shape.Listeners)} | {full.Fixes} | {N(full.AcknowledgedPerSecond)} | {N(full.StoredPerSecond)} | {N(full.EvaluatedPerSecond)} | {full.P99Ms} | {alerts} | "
                + $"{string.Join(" / ", shape.Contacts.Select(contact => N(contact.PerSecond)))} |";
        }

        var engines = result.Shapes.SelectMany(shape => shape.Full).SelectMany(full => full.CpuSeconds.Keys).Distinct().ToList();
        yield return "";
        yield return $"CPU s for 100,000 positions:";
        yield return "";
        yield return $"| | fixes a report | {string.Join(" | ", engines)} | ceiling |";
        yield return $"| --- | --- |{string.Concat(engines.Select(_ => " --- |"))} --- |";
        foreach (var (shape, full) in Rounds(result))
        {
            var bill = engines.Select(engine => full.CpuSeconds.TryGetValue(engine, out var cpu) ? D(cpu) : "–");
            yield return $"| {NameOf(shape.Listeners)} | {full.Fixes} | {string.Join(" | ", bill)} | {full.Ceiling} |";
        }

        yield return "";
        yield return "Bytes a position:";
        yield return "";
        yield return "| | fixes a report | frame | on disk | over connections |";
        yield return "| --- | --- | --- | --- | --- |";
        foreach (var (shape, full) in Rounds(result)) yield return $"| {NameOf(shape.Listeners)} | {full.Fixes} | {full.FrameBytes} | {List(full.DiskBytes)} | {List(full.NetworkBytes)} |";
        yield return "";
        yield return "CPU s for 1,000 contacts of a report each, beyond what is taken while nothing happens:";
        yield return "";
        yield return "| | | a second | p50 / p99, ms | CPU s |";
        yield return "| --- | --- | --- | --- | --- |";
        foreach (var shape in result.Shapes)
        foreach (var contact in shape.Contacts)
            yield return $"| {NameOf(shape.Listeners)} | {(contact.Tls ? "TLS" : "plain")} | {D(contact.PerSecond)} | {contact.P50Ms} / {contact.P99Ms} | {List(contact.CpuSeconds)} |";
        yield return "";
        foreach (var shape in result.Shapes) yield return $"CPU s a minute while nothing happens, {NameOf(shape.Listeners)}: {List(shape.Standing)}.  ";
        foreach (var shape in result.Shapes.Where(shape => shape.Held is not null))
        {
            yield return "";
            yield return $"{MemoryOf(shape.Held!)}.";
        }
    }

    private static string MemoryOf(HeldResult held) =>
        $"RabbitMQ's memory with {N(held.Count)} idle devices: {N(held.PerConnection)} bytes a connection and its session, {N(held.PerSession)} a session whose device is away, "
        + $"{N(held.PerTlsConnection)} more for a connection by TLS; CPU s for 1,000 first sign-ins: {List(held.FirstSignInCpuSeconds)}";

    private static IEnumerable<(ScaleShape Shape, FullResult Full)> Rounds(ScaleResult result) => result.Shapes.SelectMany(shape => shape.Full.Select(full => (shape, full)));

    private static string Conditions(ScaleResult result) =>
        string.Create(CultureInfo.InvariantCulture, $"{result.Cores} cores shared by engines, server and load; load average {result.LoadBefore:0.0} before, {result.LoadAfter:0.0} after; {result.Devices} devices; {(result.Redis ? "with" : "without")} Redis");

    private static string List(IReadOnlyDictionary<string, double> values) => string.Join(", ", values.Select(pair => $"{pair.Key} {D(pair.Value)}"));

    private static string N(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string D(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
