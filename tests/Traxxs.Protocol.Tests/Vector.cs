using Traxxs.Testing;

namespace Traxxs.Protocol.Tests;

/// <summary>
/// One file of tests/vectors: a sentence behind <c># </c>, then <c>report HEX</c> or <c>command HEX</c>, then
/// <c>result NAME</c>, then the fields as <see cref="ReportText"/> writes them, or code, id, epoch and sequence of a command and a line a setting, an image or a block. <c>rewritten no</c> marks a frame that this
/// version reads and would write otherwise.
/// </summary>
internal sealed record Vector(string Name, string Sentence, bool IsCommand, byte[] Frame, DecodeResult Result, bool Rewritten, string[] Fields)
{
    public static IReadOnlyList<Vector> All { get; } =
        [.. Directory.GetFiles(RepositoryRoot.PathOf("tests", "vectors"), "*.hex").Order(StringComparer.Ordinal).Select(Read)];

    public static Vector Named(string name) => All.Single(vector => vector.Name == name);

    private static Vector Read(string file)
    {
        var lines = File.ReadAllLines(file);
        var kind = lines[1].Split(' ', 2);
        return new Vector(
            Path.GetFileNameWithoutExtension(file),
            lines[0].StartsWith("# ", StringComparison.Ordinal) ? lines[0][2..] : "",
            kind[0] == "command",
            Convert.FromHexString(kind[1]),
            Enum.Parse<DecodeResult>(lines[2].Split(' ', 2)[1]),
            !lines.Contains("rewritten no"),
            [.. lines.Skip(3).Where(line => line != "rewritten no" && line.Length > 0)]);
    }
}
