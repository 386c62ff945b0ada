using System.Text.RegularExpressions;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Tests.Scenarios;

/// <summary>Every scenario that comes along, broken in every line in turn: it is still one, or the mistake is named with its place.</summary>
[TestClass]
public sealed partial class BrokenFileTests
{
    private static readonly Dictionary<string, Func<string, string>> Breakages = new()
    {
        ["left out"] = _ => "",
        ["twice"] = line => $"{line}\n{line}",
        ["a number replaced"] = line => Number().Replace(line, "much", 1),
        ["a huge number"] = line => Number().Replace(line, "99999999999999999999", 1),
        ["negative"] = line => Number().Replace(line, "-$0", 1),
        ["a key misspelt"] = line => Key().Replace(line, "$1x:", 1),
        ["cut in the middle"] = line => line[..(line.Length / 2)],
        ["moved in"] = line => "   " + line,
        ["a list in its place"] = line => Value().Replace(line, ": [1, 2]", 1),
        ["nothing in its place"] = line => Value().Replace(line, ": ", 1),
        ["markup"] = line => line.Replace("{", "{ &a ", StringComparison.Ordinal).Replace("}", "*b }", StringComparison.Ordinal),
    };

    public static IEnumerable<object[]> Names => ScenarioFile.BuiltIn.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void A_line_that_is_broken_is_named_by_line_and_column(string name)
    {
        using var stream = typeof(ScenarioFile).Assembly.GetManifestResourceStream("scenario/" + name)!;
        var lines = new StreamReader(stream).ReadToEnd().Split('\n');
        var refused = 0;
        for (var at = 0; at < lines.Length - 1; at++)
        {
            foreach (var (what, breakage) in Breakages)
            {
                var text = string.Join('\n', [.. lines[..at], breakage(lines[at]), .. lines[(at + 1)..]]);
                try
                {
                    ScenarioFile.Parse("broken.yaml", text);
                }
                catch (ScenarioException problem)
                {
                    refused++;
                    var place = Place().Match(problem.Message);
                    Assert.IsTrue(place.Success, $"line {at + 1} {what}: no place in '{problem.Message}'");
                    Assert.IsTrue(int.Parse(place.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) <= lines.Length + 2, problem.Message);
                }
                catch (Exception other)
                {
                    Assert.Fail($"line {at + 1} {what}: {other.GetType().Name}: {other.Message}\n{breakage(lines[at])}");
                }
            }
        }

        Assert.IsGreaterThan(lines.Length, refused, "breaking it is noticed");
    }

    [GeneratedRegex(@"\d+(\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"([a-z-]+):")]
    private static partial Regex Key();

    [GeneratedRegex(@": [^,}\]]+")]
    private static partial Regex Value();

    [GeneratedRegex(@"^broken\.yaml:([1-9]\d*):[1-9]\d*: \S")]
    private static partial Regex Place();
}
