namespace Traxxs.Simulation.Reporting;

/// <summary>Begin and end of a page that needs no other file: style and script stand in it.</summary>
public static class HtmlPage
{
    /// <summary>The end of every page.</summary>
    public static string End { get; } = $"<script>{Resource("report.js")}</script></body></html>\n";

    private static string Style { get; } = Resource("report.css");

    /// <summary>The begin of a page.</summary>
    public static string Begin(string title)
        => $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Svg.Text(title)}</title><style>{Style}</style></head><body>";

    /// <summary>A page that holds one plot and nothing else, in light colours: what a picture is taken of.</summary>
    public static string Picture(string svg) => $"<!doctype html><html lang=\"en\" style=\"color-scheme:light\"><meta charset=\"utf-8\"><style>{Style}</style><body class=\"picture\">{svg}</body></html>\n";

    /// <summary>The numbers a timeline's script tells under the pointer.</summary>
    internal static string Values(PlotCurrent current, PlotCharge? charge)
        => System.Text.Json.JsonSerializer.Serialize(new { current.SliceMs, mean = current.MeanUa.Select(ua => Math.Round(ua)), times = charge?.TimesMs, percent = charge?.Percent.Select(percent => Math.Round(percent, 1)) }, System.Text.Json.JsonSerializerOptions.Web);

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(HtmlPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
