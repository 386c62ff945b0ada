using Traxxs.Nano.Tests;

namespace Traxxs.Repository.Tests;

/// <summary>The device's tests carry the golden frames in code; these are the same as in the files.</summary>
[TestClass]
public sealed class GoldenVectorTests
{
    [TestMethod]
    public void The_golden_frames_in_code_are_those_of_the_files()
    {
        var code = GoldenVectors.Reports().Select(vector => Text("report", vector)).Concat(GoldenVectors.Commands().Select(vector => Text("command", vector))).ToHashSet();
        var findings = new Findings();
        foreach (var path in Repository.FilesBelow("tests/vectors", ".hex"))
        {
            var lines = File.ReadAllLines(path);
            var text = $"{Path.GetFileNameWithoutExtension(path)} {lines[1]} {lines[2]} {!lines.Contains("rewritten no")}";
            if (!code.Remove(text)) findings.Add(path, 0, "is not in tests/Traxxs.Nano.Tests/Protocol/GoldenVectors.cs as it stands: change it there too");
        }

        foreach (var text in code) findings.Add("tests/Traxxs.Nano.Tests/Protocol/GoldenVectors.cs", 0, $"no file of tests/vectors says '{text}'");
        findings.AssertNone();
    }

    private static string Text(string kind, GoldenVector vector) => $"{vector.Name} {kind} {vector.Frame} result {vector.Result} {vector.IsRewritten}";
}
