using System.Globalization;
using System.Xml.Linq;
using Traxxs.Simulation.Run;

namespace Traxxs.Simulation.Reporting;

/// <summary>A scenario's expectations as JUnit XML, as CI systems read it.</summary>
public static class JUnitReport
{
    /// <summary>The document: one suite, one case an expectation.</summary>
    public static XDocument Of(ScenarioResult result)
    {
        var suite = new XElement("testsuite",
            new XAttribute("name", result.Scenario),
            new XAttribute("tests", result.Expectations.Count),
            new XAttribute("failures", result.ExpectationsFailed),
            new XAttribute("skipped", result.ExpectationsSkipped),
            new XAttribute("time", result.WallSeconds.ToString("0.###", CultureInfo.InvariantCulture)),
            new XElement("properties",
                new XElement("property", new XAttribute("name", "seed"), new XAttribute("value", result.Seed)),
                new XElement("property", new XAttribute("name", "hash"), new XAttribute("value", result.Hash))));
        foreach (var expectation in result.Expectations)
        {
            var test = new XElement("testcase", new XAttribute("classname", "sim." + result.Scenario), new XAttribute("name", expectation.Text));
            if (expectation.Passed == false) test.Add(new XElement("failure", new XAttribute("message", expectation.Detail), Explain(expectation)));
            if (expectation.Passed is null) test.Add(new XElement("skipped", new XAttribute("message", expectation.Detail)));
            suite.Add(test);
        }

        return new XDocument(new XElement("testsuites", suite));
    }

    private static string Explain(ExpectationResult expectation)
    {
        var where = expectation.AtMs is { } atMs ? $"\nlook at {expectation.DeviceId} from {TimeSpan.FromMilliseconds(atMs):d\\.hh\\:mm\\:ss} on" : "";
        return $"expected: {expectation.Meaning}\nfound: {expectation.Detail}{where}";
    }
}
