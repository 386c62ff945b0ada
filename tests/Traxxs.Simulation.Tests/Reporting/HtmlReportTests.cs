using System.Text.RegularExpressions;
using System.Xml.Linq;
using Traxxs.Simulation.Reporting;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Tests.Reporting;

[TestClass]
public sealed partial class HtmlReportTests
{
    private static FinishedRun _failing = null!;
    private static string _page = "";

    [ClassInitialize]
    public static void RunOnce(TestContext _)
    {
        _failing = FailingScenario.Run();
        _page = HtmlReport.Of(_failing);
    }

    [ClassCleanup]
    public static void Done() => _failing.Dispose();

    [TestMethod]
    public void Every_plot_is_well_formed_and_none_needs_another_file()
    {
        var plots = Plot().Matches(_page).Select(match => XElement.Parse(match.Value)).ToList();
        CollectionAssert.AreEqual(new[] { "time", "map", "latency" }, plots.Select(plot => plot.Attribute("class")!.Value).ToArray());
        Assert.IsTrue(plots.All(plot => plot.Attribute("aria-label")!.Value.Length > 10), "a plot says what it shows");
        Assert.DoesNotContain("http", _page);
        Assert.DoesNotContain("src=", _page);
    }

    [TestMethod]
    public void Each_failure_leads_to_a_moment_that_is_there()
    {
        var failed = _failing.Result.Expectations.Where(e => e.Passed == false).ToList();
        Assert.HasCount(9, failed);
        var targets = Target().Matches(_page).Select(match => match.Groups[1].Value).ToList();
        Assert.HasCount(failed.Count, targets);
        foreach (var target in targets) Assert.Contains($"id=\"{target}\"", _page);
        Assert.HasCount(failed.Count(e => e.AtMs is not null), targets.Where(target => target.StartsWith("moment-", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void A_failure_in_the_junit_file_reads_by_itself()
    {
        var failures = JUnitReport.Of(_failing.Result).Descendants("failure").Select(failure => failure.Value).ToList();
        Assert.HasCount(_failing.Result.ExpectationsFailed, failures);
        Assert.Contains("expected: at most 1 start of the firmware (every insole)\nfound: cleo 2\nlook at cleo from 0.00:28:00 on", failures);
    }

    [TestMethod]
    public void Names_that_look_like_markup_stay_text()
    {
        Assert.DoesNotContain("<b>\" kind", _page);
        Assert.DoesNotContain("Cleo <i>", _page);
        Assert.Contains("Cleo &lt;i&gt;", _page);
        Assert.Contains("cellar &lt;b&gt;", _page);
        Assert.Contains("must not be &amp; is", _page);
    }

    [TestMethod]
    public void The_timeline_shows_faults_current_cell_alerts_and_what_the_firmware_did()
    {
        var timeline = XElement.Parse(Plot().Match(_page).Value);
        var titles = timeline.Descendants().Where(e => e.Name.LocalName == "title").Select(e => e.Value).ToList();
        Assert.Contains("gnss lies, 300 m north: 08:20:00 to 08:26:00", titles);
        Assert.Contains("power cut: 08:28:00", titles);
        Assert.IsTrue(titles.Any(title => title.StartsWith("light-sleep: ", StringComparison.Ordinal)));
        Assert.IsTrue(titles.Any(title => title.StartsWith("SOS at 08:31:5", StringComparison.Ordinal)), "the alarm by its own time");
        Assert.IsTrue(titles.Any(title => title.Contains(", acknowledged 08:3", StringComparison.Ordinal)));
        Assert.IsTrue(titles.Any(title => title.StartsWith("link failed at ", StringComparison.Ordinal)));
        foreach (var shape in new[] { "spread", "mean", "percent", "volts", "use-controller", "use-selfdischarge" })
        {
            var drawn = timeline.Descendants().Single(e => e.Attribute("class")?.Value == shape && e.Attribute("d") is not null);
            Assert.IsGreaterThan(100, drawn.Attribute("d")!.Value.Length, shape);
        }
    }

    [TestMethod]
    public void What_was_seen_of_each_fault_is_told()
    {
        var run = RunPlotsReading.Of(_failing);
        string Saw(string kind) => FaultWitness.Saw(run, run.Faults.Single(fault => fault.Kind == kind));
        Assert.Contains("1 start of the firmware", Saw("power-cut"));
        Assert.Contains("failures of the link", Saw("link-loss"));
        Assert.Contains("1 × alert sos", Saw("link-loss"));
        Assert.MatchesRegex(LiesSeen(), Saw("gnss-lies"));
        var unstruck = new PlotFault("bus-nak", "bus nak", 3_700_000, 3_700_001, null);
        Assert.AreEqual("nothing out of the ordinary", FaultWitness.Saw(run, unstruck));
    }

    [TestMethod]
    public void A_run_read_from_its_folder_gives_the_same_page()
    {
        var folder = Directory.CreateTempSubdirectory("traxxs-report-").FullName;
        try
        {
            RunFolder.Write(_failing, folder);
            var read = RunFolder.Read(folder);
            Assert.AreEqual(_page, HtmlReport.Of(read.Result, read.Plots!));
            File.WriteAllText(Path.Combine(folder, "plots.json"), File.ReadAllText(Path.Combine(folder, "plots.json")).Replace("\"format\":1", "\"format\":9", StringComparison.Ordinal));
            Assert.Contains("format 9, this program reads 1", Assert.ThrowsExactly<InvalidDataException>(() => RunFolder.Read(folder)).Message);
            File.WriteAllText(Path.Combine(folder, "summary.json"), "{\n  \"scenario\": }");
            Assert.Contains("summary.json:2:", Assert.ThrowsExactly<InvalidDataException>(() => RunFolder.Read(folder)).Message);
            File.Delete(Path.Combine(folder, "summary.json"));
            Assert.Contains("no run: there is no summary.json", Assert.ThrowsExactly<InvalidDataException>(() => RunFolder.Read(folder)).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public void Every_scenario_that_comes_along_has_well_formed_plots()
    {
        foreach (var name in ScenarioFile.BuiltIn)
        {
            using var finished = ScenarioRunner.Run(ScenarioFile.Load(name), 1);
            var page = HtmlReport.Of(finished);
            Assert.DoesNotContain("NaN", page, name);
            Assert.DoesNotContain("∞", page, name);
            foreach (Match plot in Plot().Matches(page)) XElement.Parse(plot.Value);
            Assert.IsLessThan(1_500_000, page.Length, $"{name}: too heavy to pass on");
        }
    }

    [GeneratedRegex("<svg class=\"(?:time|map|latency)\".*?</svg>(?=<fig)", RegexOptions.Singleline)]
    private static partial Regex Plot();

    [GeneratedRegex("<a href=\"#([^\"]+)\">")]
    private static partial Regex Target();

    [GeneratedRegex(@"\d+ fix(es)?, up to (29|3[01])\d m off")]
    private static partial Regex LiesSeen();
}
