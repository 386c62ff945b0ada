namespace Traxxs.Cli.Monitor;

/// <summary>What a board has said so far, counted. <paramref name="until"/>: the kind of line that is waited for, if any.</summary>
internal sealed class BoardAccount(BoardLineKind? until)
{
    private const int LinesMax = 10000;     // Kept for the JSON object; more are counted and left out, the oldest stay.

    private readonly List<BoardLine> _lines = [];
    private readonly Dictionary<BoardLineKind, int> _counts = [];
    private IReadOnlyDictionary<string, bool> _parts = new Dictionary<string, bool>();
    private bool _seen;

    /// <summary>Nothing was wrong, and what was waited for has come.</summary>
    public bool IsWell => Count(BoardLineKind.Fault) == 0 && Count(BoardLineKind.Problem) == 0 && _parts.Values.All(good => good) && (until is null || _seen);

    /// <summary>Counts a line. True: it is the one that was waited for.</summary>
    public bool Take(BoardLine line)
    {
        if (_lines.Count < LinesMax) _lines.Add(line);
        _counts[line.Kind] = Count(line.Kind) + 1;
        if (line.Kind == BoardLineKind.SelfTest) _parts = line.Parts;
        _seen |= line.Kind == until;
        return line.Kind == until;
    }

    /// <summary>The object for scripts.</summary>
    public object ToJson() => new
    {
        well = IsWell,
        starts = Count(BoardLineKind.Starts),
        runs = Count(BoardLineKind.Runs),
        faults = Count(BoardLineKind.Fault),
        problems = Count(BoardLineKind.Problem),
        selfTest = _parts,
        lines = _lines.Select(line => new { kind = Camel(line.Kind), text = line.Text }),
    };

    private int Count(BoardLineKind kind) => _counts.GetValueOrDefault(kind);

    private static string Camel(BoardLineKind kind) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());
}
