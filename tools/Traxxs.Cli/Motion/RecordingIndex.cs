namespace Traxxs.Cli.Motion;

/// <summary>The truth beside recordings: the rows of <c>index.csv</c> in their folder or the one above, by file.</summary>
internal sealed class RecordingIndex
{
    private readonly Dictionary<string, Dictionary<string, string>> _rows = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>The index row of a recording, by column name; null where there is none.</summary>
    public IReadOnlyDictionary<string, string>? RowOf(string path)
    {
        var full = Path.GetFullPath(path);
        for (var (folder, depth) = (Path.GetDirectoryName(full), 0); folder is not null && depth < 2; folder = Path.GetDirectoryName(folder), depth++)
        {
            Load(folder);
            if (_rows.TryGetValue(full, out var row)) return row;
        }

        return null;
    }

    /// <summary>All recordings below the named files, folders and patterns, in order.</summary>
    /// <exception cref="FileNotFoundException">A name that matches nothing.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> names)
    {
        var files = new List<string>();
        foreach (var name in names)
        {
            var before = files.Count;
            if (File.Exists(name)) files.Add(name);
            else if (Directory.Exists(name)) files.AddRange(Directory.EnumerateFiles(name, "*.csv*", SearchOption.AllDirectories));
            else if (Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(name))))
                files.AddRange(Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(name))!, Path.GetFileName(name)));
            if (files.Count == before) throw new FileNotFoundException($"no recording at {name}: name a .csv or .csv.gz file, a folder, or a pattern such as folder/*.csv.gz");
        }

        return [.. files.Where(f => Path.GetFileName(f) != "index.csv").Distinct().Order(StringComparer.Ordinal)];
    }

    private void Load(string folder)
    {
        if (!_read.Add(folder)) return;
        var path = Path.Combine(folder, "index.csv");
        if (!File.Exists(path)) return;
        var lines = File.ReadAllLines(path);
        var header = lines[0].Split(',');
        foreach (var line in lines.Skip(1))
        {
            var cells = line.Split(',');
            var row = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < header.Length && i < cells.Length; i++) row[header[i]] = cells[i];
            if (row.TryGetValue("file", out var file)) _rows[Path.GetFullPath(Path.Combine(folder, file))] = row;
        }
    }
}
