using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Traxxs.Testing;

namespace Traxxs.Mqtt.Tests.Conformance;

/// <summary>Counts the normative statements that tests try to break and writes the table; <c>TRAXXS_WRITE=1</c> renews it.</summary>
[TestClass]
public sealed partial class ConformanceTests
{
    [GeneratedRegex(@"\[MQTT-(\d+\.\d+\.\d+-\d+)\]")]
    private static partial Regex Tag();

    private static List<string> Statements(string version)
    {
        var statements = new List<string>();
        foreach (var line in File.ReadLines(RepositoryRoot.PathOf("tests", "Traxxs.Mqtt.Tests", "Conformance", $"mqtt-{version}.txt")).Where(line => !line.StartsWith('#')))
        {
            var (section, ranges) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 2)..].Split(' '));
            foreach (var range in ranges.Select(range => range.Split('-').Select(int.Parse).ToArray()))
            {
                for (var i = range[0]; i <= range[^1]; i++) statements.Add($"{section}-{i}");
            }
        }

        return statements;
    }

    private static HashSet<string> Tested(Func<NormativeAttribute, string> of) =>
        [.. Assembly.GetExecutingAssembly().GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.GetCustomAttribute<NormativeAttribute>())
            .OfType<NormativeAttribute>().SelectMany(attribute => of(attribute).Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    [TestMethod]
    public void The_table_of_statements_is_in_step_with_the_tests()
    {
        var tags = Directory.GetFiles(RepositoryRoot.PathOf("backend", "Traxxs.Mqtt"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .SelectMany(file => Tag().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToHashSet();
        var table = new StringBuilder("""
            # Normative statements

            Made by `ConformanceTests` (run it with `TRAXXS_WRITE=1` to renew this file). *Tested*: at least one test names the statement in its
            `Normative` attribute. *At the rule*: the code carries the statement's tag. Numbers are those of the
            specifications' appendix B; what is not listed as tested is either another party's duty (the application's, the transport's), or is
            implied by another statement, or is not done: see the notes.


            """);
        var known = new HashSet<string>();
        table.AppendLine("| version | statements | tested | at the rule |").AppendLine("| --- | --- | --- | --- |");
        var rest = new StringBuilder();
        foreach (var (version, tested) in new[] { ("3.1.1", Tested(attribute => attribute.V311)), ("5.0", Tested(attribute => attribute.V500)) })
        {
            var statements = Statements(version);
            known.UnionWith(statements);
            CollectionAssert.AreEqual(Array.Empty<string>(), tested.Except(statements).ToArray(), $"tests name statements that {version} does not have");
            CollectionAssert.AreEqual(Array.Empty<string>(), statements.Where(tested.Contains).Except(tags).ToArray(), $"{version}: tests break these, and no rule in the code carries their tag");
            table.AppendLine($"| {version} | {statements.Count} | {statements.Count(tested.Contains)} | {statements.Count(tags.Contains)} |");
            rest.AppendLine().AppendLine($"## Not tested by name, {version}").AppendLine();
            foreach (var group in statements.Where(statement => !tested.Contains(statement)).GroupBy(statement => statement[..statement.IndexOf('-')]))
            {
                rest.AppendLine($"- {group.Key}: {string.Join(", ", group.Select(statement => statement[(statement.IndexOf('-') + 1)..]))}");
            }
        }

        CollectionAssert.AreEqual(Array.Empty<string>(), tags.Except(known).ToArray(), "the code carries tags of no version");
        table.Append(rest).Append("""

            ## Notes

            - Enhanced authentication (5.0, sections 3.15 and 4.12) is refused with "bad authentication method"; statements about its course do not apply.
            - Reason strings and user properties on acknowledgements (3.4.2-2, -3 and their like): the server sends none there, so none can be too large.
            - Wildcard, shared subscriptions, subscription identifiers and retained messages are always available, so nothing says that they are not.

            """);
        var path = RepositoryRoot.PathOf("backend", "Traxxs.Mqtt", "CONFORMANCE.md");
        if (Environment.GetEnvironmentVariable("TRAXXS_WRITE") == "1") File.WriteAllText(path, table.ToString());
        Assert.AreEqual(table.ToString(), File.Exists(path) ? File.ReadAllText(path) : "", "CONFORMANCE.md is out of step: run this test with TRAXXS_WRITE=1");
    }
}
