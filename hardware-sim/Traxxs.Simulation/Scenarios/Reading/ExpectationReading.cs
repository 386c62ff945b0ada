using Traxxs.Core.Ports;
using Traxxs.Store.Service;
using YamlDotNet.RepresentationModel;

namespace Traxxs.Simulation.Scenarios.Reading;

/// <summary>Reads what must come of a scenario.</summary>
internal static class ExpectationReading
{
    // Key, quantity, whether the number is the least (else the most) that holds.
    private static readonly (string Key, Quantity Quantity, bool Least)[] Quantities =
    [
        ("energy-at-most", Quantity.Energy, false), ("battery-at-least", Quantity.Battery, true),
        ("fixes-at-least", Quantity.Fixes, true), ("fixes-at-most", Quantity.Fixes, false),
        ("reports-at-least", Quantity.Reports, true), ("reports-at-most", Quantity.Reports, false),
        ("dropped-at-most", Quantity.Dropped, false), ("starts-at-least", Quantity.Starts, true), ("starts-at-most", Quantity.Starts, false),
        ("searches-at-most", Quantity.Searches, false), ("position-error-at-most", Quantity.PositionError, false),
        ("path-covered-at-least", Quantity.PathCovered, true), ("latency-at-most", Quantity.Latency, false), ("step-error-at-most", Quantity.StepError, false),
    ];

    public static Expectation Expectation(YamlReading reading, YamlNode node, HashSet<string> devices)
    {
        if (node is not YamlMappingNode written) return new NoOtherAlertsExpectation { Text = node.ToString() };
        var map = reading.Mapping(node);
        var text = string.Join(", ", written.Children.Select(pair => $"{pair.Key} {pair.Value}"));
        var device = ScenarioFile.DeviceId(map, devices);
        if (map.Has("update")) return Update(map, text, device);
        return map.Has("alert") ? Alert(map, text, device) : map.Has("felt") ? Felt(map, text, device) : Bound(map, text, device);
    }

    private static AlertExpectation Alert(YamlMapping map, string text, string? device) => new()
    {
        Text = text,
        DeviceId = device,
        Rule = map.Text("alert")!,
        Times = map.Integer("times") ?? 1,
        EventAtMs = map.SpanMs("at"),
        Within = map.Span("within") ?? TimeSpan.FromMinutes(1),
        RaisedWithin = map.Span("raised-within"),
        AgeAtLeast = map.Span("age-at-least"),
        Acknowledged = map.Text("acknowledged") is { } acknowledged ? acknowledged == "true" : null,
        EndedBy = map.Text("ended-by"),
    };

    private static FeltExpectation Felt(YamlMapping map, string text, string? device) => new()
    {
        Text = text,
        DeviceId = device,
        Pattern = Enum.Parse<IndicatorPattern>(map.Text("felt")!.Replace("-", "", StringComparison.Ordinal), ignoreCase: true),
        Times = map.Integer("times") ?? 1,
        AfterMs = map.SpanMs("after") ?? 0,
        BeforeMs = map.SpanMs("before") ?? long.MaxValue,
    };

    private static UpdateExpectation Update(YamlMapping map, string text, string? device) => new()
    {
        Text = text,
        DeviceId = device,
        Version = UpdateReading.Version(map, "version"),
        Outcome = Enum.Parse<UpdateState>(map.Text("update")!, ignoreCase: true),
        Within = map.Span("within"),
    };

    private static QuantityExpectation Bound(YamlMapping map, string text, string? device)
    {
        var (key, quantity, least) = Quantities.First(known => map.Has(known.Key));
        var bound = map.Span(key)?.TotalSeconds ?? map.Number(key)!.Value;
        return new QuantityExpectation
        {
            Text = text,
            DeviceId = device,
            Quantity = quantity,
            AtLeast = least ? bound : null,
            AtMost = least ? null : bound,
            Percentile = map.Number("percentile") ?? 100,
            WithinM = quantity == Quantity.PathCovered ? map.Number("within") ?? 25 : 25,
        };
    }
}
