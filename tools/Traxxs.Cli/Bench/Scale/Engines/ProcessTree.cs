using System.Globalization;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>What a process and all it started took so far.</summary>
/// <param name="CpuSeconds">User and system time, of those that ended too, s.</param>
/// <param name="WrittenBytes">Bytes handed to the disk, by whole pages as the kernel counts them; 0 where it does not say.</param>
/// <param name="MemoryBytes">Memory now, what several share counted once.</param>
internal readonly record struct Usage(double CpuSeconds, long WrittenBytes, long MemoryBytes)
{
    public static Usage operator +(Usage a, Usage b) => new(a.CpuSeconds + b.CpuSeconds, a.WrittenBytes + b.WrittenBytes, a.MemoryBytes + b.MemoryBytes);
}

/// <summary>Reads what process trees take, from Linux's <c>/proc</c> (proc(5)).</summary>
internal static class ProcessTree
{
    private const double TicksPerSecond = 100;     // USER_HZ: the same on every Linux that .NET runs on.

    /// <summary>Whether this system tells.</summary>
    public static bool IsKnown => File.Exists("/proc/self/stat");

    /// <summary>A process and its children, and theirs; nothing where it is gone.</summary>
    public static Usage Of(int root)
    {
        var all = All();
        var (members, sum) = (new HashSet<int> { root }, default(Usage));
        for (var grew = true; grew;)
        {
            grew = false;
            foreach (var one in all) grew |= members.Contains(one.Parent) && members.Add(one.Id);
        }

        foreach (var one in all.Where(one => members.Contains(one.Id))) sum += new Usage(one.CpuSeconds, Number(one.Id, "io", "write_bytes:"), 1024 * Number(one.Id, "smaps_rollup", "Pss:"));
        return sum;
    }

    private static List<(int Id, int Parent, double CpuSeconds)> All()
    {
        var found = new List<(int, int, double)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && TryRead(Path.Combine(folder, "stat")) is { } text) found.Add(Parse(id, text));
        }

        return found;
    }

    /// <summary>Reads one line of <c>/proc/ID/stat</c>: the name in brackets may hold anything, what follows the last one does not.</summary>
    internal static (int Id, int Parent, double CpuSeconds) Parse(int id, string text)
    {
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');     // from field 3, state, on
        // Fields 14 to 17: utime, stime, and those of children that ended and were waited for.
        var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        return (id, int.Parse(fields[1], CultureInfo.InvariantCulture), ticks / TicksPerSecond);
    }

    private static long Number(int id, string file, string key)
    {
        foreach (var line in (TryRead($"/proc/{id}/{file}") ?? "").Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal)) return long.Parse(line[key.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
        }

        return 0;
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has just ended, or is not ours to look at
        }
    }
}
