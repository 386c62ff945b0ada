using System.Globalization;
using System.Reflection;
using Traxxs.Testing;

namespace Traxxs.Protocol.Tests;

/// <summary>FORMAT.md is enough to write another implementation from only while it says what the code does.</summary>
[TestClass]
public class FormatDocumentTests
{
    private const BindingFlags AnyStatic = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly string[] Lines = File.ReadAllLines(RepositoryRoot.PathOf("firmware", "Traxxs.Protocol", "FORMAT.md"));

    [TestMethod]
    public void Every_constant_it_names_has_the_value_it_says()
    {
        var rows = Section("## Constants").Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
        Assert.IsGreaterThan(40, rows.Count);
        foreach (var row in rows)
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries);
            var value = Convert.ToInt64(Field(cells[1].Trim('`')).GetRawConstantValue(), CultureInfo.InvariantCulture);
            Assert.AreEqual(value.ToString(CultureInfo.InvariantCulture), cells[2], cells[1]);
        }
    }

    [TestMethod]
    public void Every_table_it_prints_is_the_codes_and_none_is_missing()
    {
        var printed = new Dictionary<string, List<long>>();
        var name = "";
        foreach (var line in Section("## Tables").SkipWhile(line => line != "```").Skip(1).TakeWhile(line => line != "```"))
        {
            if (line.StartsWith(' ')) printed[name].AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse));
            else printed[name = line] = [];
        }

        var inCode = typeof(Report).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(AnyStatic).Where(field => field.FieldType.IsArray).Select(field => $"{type.Name}.{field.Name}"))
            .Where(table => table != "AccuracyClass.BoundsM").ToList(); // metres of a class are not on the wire
        CollectionAssert.AreEquivalent(inCode, printed.Keys);
        foreach (var (table, values) in printed)
        {
            CollectionAssert.AreEqual(Numbers(table), values, table);
        }
    }

    [TestMethod]
    public void Every_golden_frame_it_prints_is_a_vector()
    {
        var rows = Section("## Golden frames").Where(line => line.Contains('`') && line.StartsWith('|')).ToList();
        Assert.IsGreaterThan(4, rows.Count);
        foreach (var row in rows)
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries);
            Assert.AreEqual(Convert.ToHexStringLower(Vector.Named(cells[1]).Frame), cells[2].Trim('`'), cells[1]);
        }
    }

    [TestMethod]
    public void Every_source_file_is_among_those_to_keep_in_step_or_needs_no_keeping()
    {
        var text = string.Join('\n', Section("## Files to keep in step"));
        foreach (var file in Directory.GetFiles(RepositoryRoot.PathOf("firmware", "Traxxs.Protocol"), "*.cs"))
        {
            var name = Path.GetFileName(file);
            if (name is "Alarm.cs" or "AccuracyClass.cs") continue; // what numbers mean beyond the wire
            Assert.Contains($"`{name}`", text, $"{name} is not named in FORMAT.md");
        }
    }

    [TestMethod]
    public void Weights_and_each_row_of_a_chain_add_up_to_the_whole()
    {
        foreach (var (table, states) in new[] { ("IntervalColumn.Transition", 6), ("MotionColumns.Transition", 12), ("AccuracyColumn.Transition", 3) })
        {
            foreach (var row in ((ushort[])Field(table).GetValue(null)!).Chunk(states)) Assert.AreEqual(CellModel.WeightWhole, row.Sum(w => w), table);
        }

        foreach (var table in new[] { "IntervalColumn.FirstWeight", "IntervalColumn.StartWeight", "MotionColumns.StartWeight", "AccuracyColumn.StartWeight" })
        {
            Assert.AreEqual(CellModel.WeightWhole, ((ushort[])Field(table).GetValue(null)!).Sum(w => w), table);
        }

        Assert.AreEqual(StartingPlace.PeopleSum, Enumerable.Range(0, StartingPlace.CellCount).Sum(StartingPlace.People));
    }

    // The map is the one table that the code has packed: the document prints every cell.
    private static List<long> Numbers(string table) => table == "StartingPlace.PeopleLog2"
        ? [.. Enumerable.Range(0, StartingPlace.CellCount).Select(cell => (long)Math.Log2(StartingPlace.People(cell)))]
        : [.. ((Array)Field(table).GetValue(null)!).Cast<object>().Select(v => Convert.ToInt64(v, CultureInfo.InvariantCulture))];

    private static FieldInfo Field(string name)
    {
        var parts = name.Split('.');
        var type = typeof(Report).Assembly.GetType($"Traxxs.Protocol.{parts[0]}");
        return type?.GetField(parts[1], AnyStatic) ?? throw new AssertFailedException($"FORMAT.md names {name}, which the code has not");
    }

    private static IEnumerable<string> Section(string heading) =>
        Lines.SkipWhile(line => line != heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
}
