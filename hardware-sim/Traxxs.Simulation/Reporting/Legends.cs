namespace Traxxs.Simulation.Reporting;

/// <summary>What the colours mean.</summary>
internal static class Legends
{
    /// <summary>Under a map.</summary>
    public const string Map = "<figcaption><span><i class=\"line truth\"></i>true path</span><span><i class=\"line track\"></i>stored track</span><span><i class=\"swatch round fix\"></i>fix, with its own accuracy as a disc</span><span><i class=\"swatch round alarm\"></i>fix three times as far off as it claims, or an alarm</span><span class=\"how\">scroll with Ctrl to zoom, drag to move, double-click to go back</span></figcaption>";

    /// <summary>Under the latencies.</summary>
    public const string Latency = "<figcaption><span><i class=\"swatch round raised\"></i>raised</span><span><i class=\"swatch turned taken\"></i>acknowledged</span><span><i class=\"swatch over\"></i>ended</span><span>time since it happened, log scale; below, from a report's acceptance on the insole to its storage</span></figcaption>";

    private static readonly string[] ControllerWords = ["awake", "light-sleep", "deep-sleep", "starting", "off"];
    private static readonly string[] MotionWords = ["moving", "waking", "settling"];
    private static readonly string[] ReceiverWords = ["searching", "tracking"];
    private static readonly string[] LinkWords = ["opening", "open"];

    /// <summary>Under a timeline: what occurs in it.</summary>
    public static Svg Timeline(DevicePlots device)
    {
        var html = new Svg().Raw("<figcaption>");
        Add("controller", ControllerWords, device.Controller);
        Add("motion", MotionWords, device.Motion);
        Add("receiver", ReceiverWords, device.Receiver);
        Add("link", LinkWords, device.Link);
        if (device.LinkFailures.Count > 0) html.Raw("<span><i class=\"swatch failed\"></i>failed</span>");
        if (device.Charge is { } charge)
        {
            html.Raw("<span class=\"of\">charge</span>");
            var last = charge.TimesMs.Count - 1;
            foreach (var index in Enumerable.Range(0, charge.Consumers.Count).OrderByDescending(c => charge.UsedMAh[c][last]).Take(5)) html.Add($"<span><i class=\"swatch use-{charge.Consumers[index].ToLowerInvariant()}\"></i>{EnergySection.NameOf(charge.Consumers[index])}</span>");
        }

        return html.Raw("<span class=\"how\">drag over a span to look closer, double-click to go back</span></figcaption>");

        void Add(string name, string[] words, IReadOnlyList<PlotSpan> spans)
        {
            var used = words.Where(word => spans.Any(span => span.What == word)).ToList();
            if (used.Count == 0) return;
            html.Add($"<span class=\"of\">{name}</span>");
            foreach (var word in used) html.Add($"<span><i class=\"swatch {word}\"></i>{word.Replace('-', ' ')}</span>");
        }
    }
}
