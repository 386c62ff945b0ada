using System.Globalization;
using System.Net;
using System.Text;
using Traxxs.Simulation.Run;

namespace Traxxs.Simulation.Reporting;

/// <summary>One page a tester can open and pass on: expectations, a timeline and a map a device, energy, alerts. Needs no other file.</summary>
public static class HtmlReport
{
    private const string Style = """
        body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:1080px;padding:0 1rem;color:#1d2430;background:#fff}
        h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
        td,th{padding:.3rem .6rem;border-bottom:1px solid #d9dee6;text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}
        .pass{color:#17663a}.fail{color:#a3152b;font-weight:600}.skip{color:#5b6472}svg{width:100%;height:auto;background:#f7f9fb;border:1px solid #d9dee6;border-radius:4px}
        svg text{font:11px system-ui,sans-serif;fill:#3a4352}figure{margin:.6rem 0}figcaption{color:#5b6472;font-size:.9rem}
        """;

    /// <summary>The page.</summary>
    public static string Of(FinishedRun finished)
    {
        var result = finished.Result;
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(result.Scenario)}</title><style>{Style}</style>");
        html.Append(CultureInfo.InvariantCulture, $"<h1>{Text(result.Scenario)}: {(result.ExpectationsFailed == 0 ? "<span class=pass>as expected</span>" : $"<span class=fail>{result.ExpectationsFailed} not as expected</span>")}</h1>");
        html.Append(CultureInfo.InvariantCulture, $"<p>{Text(finished.Run.Scenario.About)}</p><p>Seed {result.Seed}, {result.VirtualSeconds / 3600:0.0} h simulated in {result.WallSeconds:0.00} s; hash <code>{result.Hash[..16]}</code>. ");
        html.Append(CultureInfo.InvariantCulture, $"{result.AcceptedReports} reports accepted, {result.StoredReports} stored, {result.Duplicates} doubled, {result.Lost} lost.</p>");
        AddExpectations(html, result);
        AddAlerts(html, finished);
        foreach (var (rig, device) in finished.Run.Rigs.Zip(result.Devices))
        {
            html.Append(CultureInfo.InvariantCulture, $"<h2>{Text(device.DeviceId)}, worn by {Text(rig.Wearer.Name)}</h2>");
            html.Append("<figure>").Append(TimelinePlot.Of(finished, rig)).Append("<figcaption>What the wearer did, what the insole made of it, receiver and link on, reports accepted, charge left.</figcaption></figure>");
            html.Append("<figure>").Append(MapPlot.Of(finished, rig)).Append("<figcaption>True path (line), stored fixes (dots), places.</figcaption></figure>");
            AddEnergy(html, device, result.VirtualSeconds / 86400);
        }

        return html.Append("</html>\n").ToString();
    }

    private static void AddExpectations(StringBuilder html, ScenarioResult result)
    {
        html.Append("<h2>Expectations</h2><table><tr><th>Result<th>Expected<th>Found");
        foreach (var e in result.Expectations)
        {
            var (style, word) = e.Passed switch { true => ("pass", "holds"), false => ("fail", "fails"), null => ("skip", "not checked") };
            html.Append(CultureInfo.InvariantCulture, $"<tr><td class={style}>{word}<td>{Text(e.Text)}<td>{Text(e.Detail)}");
        }

        html.Append("</table>");
    }

    private static void AddAlerts(StringBuilder html, FinishedRun finished)
    {
        if (finished.Result.Alerts.Count == 0) return;
        html.Append("<h2>Alerts</h2><table><tr><th>Device<th>Rule<th>Happened<th>Raised<th>Age<th>Summary");
        foreach (var a in finished.Result.Alerts)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(a.DeviceId)}<td>{Text(a.Rule)}<td>{a.EventTime:HH:mm:ss}<td>{a.RaisedAt:HH:mm:ss}<td class=n>{(a.Age is { } age ? $"{age.TotalSeconds:0} s" : "")}<td>{Text(a.Summary)}");
        }

        html.Append("</table>");
    }

    private static void AddEnergy(StringBuilder html, DeviceResult device, double days)
    {
        html.Append(CultureInfo.InvariantCulture, $"<table><tr><th>Energy: {device.MAhPerDay:0.00} mAh a day, {device.ProjectedDays:0.0} days on the cell; {device.BytesOnAirPerDay:0} bytes on air a day<th>mAh a day");
        foreach (var (consumer, mah) in device.EnergyMAh.OrderByDescending(pair => pair.Value))
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(consumer)}<td class=n>{mah / days:0.000}");
        }

        html.Append("</table>");
    }

    internal static string Text(string text) => WebUtility.HtmlEncode(text);
}
