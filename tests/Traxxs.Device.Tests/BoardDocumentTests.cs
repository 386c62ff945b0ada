using System.Globalization;
using System.Reflection;
using Traxxs.Core.Ports;
using Traxxs.Device.Adapters;
using Traxxs.Simulation.Energy;
using Traxxs.Testing;

namespace Traxxs.Device.Tests;

/// <summary>BOARD.md says what the code does: pins, facts, patterns, currents.</summary>
[TestClass]
public sealed class BoardDocumentTests
{
    private static readonly string[] FactsOfTheDocument =
    [
        "I2cBus", "AccelerometerAddress", "FuelGaugeAddress", "GnssPort", "GnssBaud", "StorageRoot", "ConfigFile", "UpdateKeyFile", "SegmentCount", "SegmentSizeMax",
    ];

    [TestMethod]
    public void The_pin_map_is_that_of_the_code()
    {
        var document = Rows("| GPIO |").ToDictionary(row => row[1].Trim('`'), row => int.Parse(row[0], CultureInfo.InvariantCulture));
        var code = Constants().Where(field => field.Name.EndsWith("Pin", StringComparison.Ordinal)).ToDictionary(field => field.Name, field => (int)field.GetRawConstantValue()!);
        CollectionAssert.AreEquivalent(code.ToList(), document.ToList(), "BOARD.md, 'Pin map', and Board.cs must name the same pins with the same numbers");
        Assert.HasCount(code.Count, code.Values.Distinct().ToList(), "one pin has two uses");
    }

    [TestMethod]
    public void Wake_pins_can_wake_on_this_chip_and_no_pin_is_a_strap_or_taken_by_the_module()
    {
        int[] taken = [0, 3, 19, 20, 26, 43, 44, 45, 46];
        foreach (var row in Rows("| GPIO |"))
        {
            var pin = int.Parse(row[0], CultureInfo.InvariantCulture);
            Assert.DoesNotContain(pin, taken, $"{row[1]}");
            if (row[3].Contains("wake", StringComparison.Ordinal)) Assert.IsLessThanOrEqualTo(21, pin, $"{row[1]}: only GPIO 0-21 of the S3 wake");
        }
    }

    [TestMethod]
    public void The_facts_are_those_of_the_code()
    {
        var document = Rows("| fact |").ToDictionary(row => row[1].Trim('`'), row => row[2]);
        foreach (var name in FactsOfTheDocument)
        {
            var value = typeof(Board).GetField(name)!.GetRawConstantValue()!;
            var text = name.EndsWith("Address", StringComparison.Ordinal) ? $"0x{value:X2}" : string.Create(CultureInfo.InvariantCulture, $"{value}");
            Assert.AreEqual(text, document[name], $"BOARD.md, {name}");
        }

        Assert.HasCount(FactsOfTheDocument.Length, document);
    }

    [TestMethod]
    public void The_indicator_patterns_have_the_shapes_of_the_code()
    {
        var document = Rows("| pattern |").ToDictionary(row => row[0], row => row[1]);
        foreach (var pattern in Enum.GetValues<IndicatorPattern>().Where(pattern => pattern != IndicatorPattern.None))
            Assert.AreEqual(string.Join(' ', PatternShapes.Of(pattern)), document.GetValueOrDefault(pattern.ToString()), $"BOARD.md, {pattern}");
        Assert.HasCount(Enum.GetValues<IndicatorPattern>().Length - 1, document);
    }

    [TestMethod]
    public void The_currents_are_those_of_the_energy_table()
    {
        if (Environment.GetEnvironmentVariable("TRAXXS_ACCEPT") == "1") PrintEnergyTable();
        var document = Rows("| state |").ToDictionary(row => row[0], row => (row[1], row[2]));
        foreach (var entry in EnergyTable.Entries)
            Assert.AreEqual((entry.Microamps.ToString(CultureInfo.InvariantCulture), entry.Source), document.GetValueOrDefault(entry.State.ToString()), $"BOARD.md, {entry.State}: run this test with TRAXXS_ACCEPT=1 to print the table anew");
        Assert.HasCount(EnergyTable.Entries.Count, document);
    }

    [TestMethod]
    public void The_sums_are_sums()
    {
        foreach (var row in Rows("| the whole board |"))
        {
            var sum = row[1].Split(" + ").Sum(state => EnergyTable.Of(Enum.Parse<EnergyState>(state)).Microamps);
            Assert.AreEqual(sum.ToString("0", CultureInfo.InvariantCulture), row[2], row[0]);
        }
    }

    private static void PrintEnergyTable()
    {
        var path = RepositoryRoot.PathOf("firmware", "BOARD.md");
        var lines = File.ReadAllLines(path).ToList();
        var first = lines.FindIndex(line => line.StartsWith("| state |", StringComparison.Ordinal)) + 2;
        lines.RemoveRange(first, lines.FindIndex(first, line => !line.StartsWith('|')) - first);
        lines.InsertRange(first, EnergyTable.Entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"| {entry.State} | {entry.Microamps} | {entry.Source} |")));
        File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
    }

    private static IEnumerable<FieldInfo> Constants() => typeof(Board).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral);

    private static List<string[]> Rows(string header)
    {
        var rows = File.ReadLines(RepositoryRoot.PathOf("firmware", "BOARD.md"))
            .SkipWhile(line => !line.StartsWith(header, StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|', ' ').Split('|').Select(cell => cell.Trim()).ToArray()).ToList();
        Assert.AreNotEqual(0, rows.Count, $"BOARD.md has no table that begins with {header}");
        return rows;
    }
}
