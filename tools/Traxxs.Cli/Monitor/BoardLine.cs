namespace Traxxs.Cli.Monitor;

/// <summary>What a line of the firmware speaks of.</summary>
internal enum BoardLineKind
{
    /// <summary>Not the firmware's: nanoFramework's own, or noise.</summary>
    Other,

    /// <summary>The image has started.</summary>
    Starts,

    /// <summary>The device has its identity and steps.</summary>
    Runs,

    /// <summary>The result of a self-test.</summary>
    SelfTest,

    /// <summary>The chip goes to deep sleep, or restarts as asked.</summary>
    Rests,

    /// <summary>Something a person must mend: identity, network, server.</summary>
    Problem,

    /// <summary>The image ended by a fault and restarts.</summary>
    Fault,
}

/// <summary>A line with what it means; the words are those that <c>Traxxs.Device</c> prints.</summary>
internal sealed record BoardLine(BoardLineKind Kind, string Text)
{
    private static readonly (string Begin, BoardLineKind Kind)[] Begins =
    [
        ("TRAXXs XSole ", BoardLineKind.Starts),
        ("self-test: ", BoardLineKind.SelfTest),
        ("sleeps ", BoardLineKind.Rests),
        ("restarts", BoardLineKind.Rests),
        ("fault: ", BoardLineKind.Fault),
        ("Wi-Fi ", BoardLineKind.Problem),
        ("server ", BoardLineKind.Problem),
        ("device.cfg ", BoardLineKind.Problem),
        ("light sleep ", BoardLineKind.Problem),
    ];

    private static readonly string[] Problems = ["the board has no identity", "is missing or is no DER certificate"];

    /// <summary>The parts a self-test found good and bad, by name; empty for other lines.</summary>
    public IReadOnlyDictionary<string, bool> Parts => Kind != BoardLineKind.SelfTest ? new Dictionary<string, bool>() : Text["self-test: ".Length..]
        .Split(", ").Select(part => part.LastIndexOf(' ') is var space and > 0 ? (Name: part[..space], Good: part[(space + 1)..] == "pass") : (Name: part, Good: false))
        .DistinctBy(part => part.Name).ToDictionary(part => part.Name, part => part.Good);

    /// <summary>Understands one line.</summary>
    public static BoardLine Of(string text)
    {
        var known = Begins.FirstOrDefault(known => text.StartsWith(known.Begin, StringComparison.Ordinal));
        if (known.Begin is not null) return new BoardLine(known.Kind, text);
        if (text.StartsWith("device ", StringComparison.Ordinal) && text.EndsWith(" runs", StringComparison.Ordinal)) return new BoardLine(BoardLineKind.Runs, text);
        return new BoardLine(Problems.Any(words => text.Contains(words, StringComparison.Ordinal)) ? BoardLineKind.Problem : BoardLineKind.Other, text);
    }
}
