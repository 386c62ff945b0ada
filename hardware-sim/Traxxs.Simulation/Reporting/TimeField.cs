namespace Traxxs.Simulation.Reporting;

/// <summary>
/// Rows over one time axis: names on the left, shapes in a field that can be stretched, texts over it. Shapes stand in a nested
/// SVG whose view a reader may narrow in time, so nothing in it may depend on its width; texts carry their time instead.
/// </summary>
internal sealed class TimeField(long endMs, DateTimeOffset start)
{
    /// <summary>Where the field begins.</summary>
    public const int Left = 118;

    /// <summary>How wide the field is.</summary>
    public const int Width = 1010;

    private const int Right = 52;
    private const int Top = 26;

    // Width of a letter at 10.5 px, on average, and of the room around a text.
    private const double LetterPx = 6, AroundPx = 9;

    private static readonly long[] StepsMs = [60_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000];

    private readonly Svg _shapes = new();
    private readonly Svg _bands = new();
    private readonly Svg _texts = new();
    private readonly Svg _names = new();
    private int _bottom = Top;
    private double _flagged = -Width;
    private readonly Dictionary<int, double> _taken = [];   // How far the last text of a row reaches.

    /// <summary>Where the next row will begin.</summary>
    public int Bottom => _bottom;

    /// <summary>Time at the right edge, ms.</summary>
    public long EndMs => endMs;

    /// <summary>x in the field.</summary>
    public double X(long timeMs) => (double)timeMs / endMs * Width;

    /// <summary>A time on the wall's clock.</summary>
    public string Clock(long timeMs) => Run.ExpectationWords.Clock(timeMs, start);

    /// <summary>A headline over rows.</summary>
    public void Group(string name)
    {
        _names.Add($"<text class=\"group\" x=\"6\" y=\"{_bottom + 15}\">{name}</text>");
        _shapes.Add($"<path class=\"rule\" d=\"M0 {_bottom + 5}h{Width}\"/>");
        _bottom += 20;
    }

    /// <summary>Some room.</summary>
    public void Gap(int height) => _bottom += height;

    /// <summary>A row; gives its top.</summary>
    public int Row(string name, int height, string? hint = null)
    {
        var top = _bottom;
        _names.Add($"<text class=\"name\" x=\"6\" y=\"{top + Math.Min(height, 20) / 2 + 4}\">{Svg.Text(name)}{(hint is null ? "" : $"<title>{Svg.Text(hint)}</title>")}</text>");
        _bottom += height + 3;
        return top;
    }

    /// <summary>A text beside the field, on its right.</summary>
    public void Beside(double y, string text, string style = "") => _names.Add($"<text class=\"scale {style}\" x=\"{Left + Width + 5}\" y=\"{y + 3.5:0.#}\">{Svg.Text(text)}</text>");

    /// <summary>Something that went on for a while.</summary>
    public void Bar(int top, int height, long fromMs, long toMs, string style, string title)
        => _shapes.Add($"<rect class=\"{style}\" x=\"{X(fromMs):0.##}\" y=\"{top}\" width=\"{Math.Max(0.7, X(toMs) - X(fromMs)):0.##}\" height=\"{height}\"><title>{Svg.Text(title)}</title></rect>");

    /// <summary>Something at an instant: a stroke as wide at every stretch.</summary>
    public void Tick(double top, double height, long timeMs, string style, string title)
        => _shapes.Add($"<path class=\"tick {style}\" d=\"M{X(timeMs):0.##} {top:0.#}v{height:0.#}\"><title>{Svg.Text(title)}</title></path>");

    /// <summary>Shapes as they are.</summary>
    public Svg Shapes => _shapes;

    /// <summary>A span that matters to all rows; drawn behind them when the height is known.</summary>
    public void Band(long fromMs, long toMs, string style)
        => _bands.Add(toMs > fromMs ? $"<rect class=\"{style}\" x=\"{X(fromMs):0.##}\" y=\"{Top}\" width=\"{Math.Max(0.7, X(toMs) - X(fromMs)):0.##}\" height=\"100%\"/>" : (FormattableString)$"<path class=\"{style}\" d=\"M{X(fromMs):0.##} {Top}v4000\"/>");

    /// <summary>
    /// A text at a time, where there is room until another; to its left where it would leave the field. Until then it stays in sight
    /// for who looks closer, at the left edge.
    /// </summary>
    public void Label(int top, int height, long timeMs, string text, string style = "", long? untilMs = null)
    {
        var room = untilMs is { } until ? X(until) - X(timeMs) : Width;
        var width = text.Length * LetterPx + AroundPx;
        if (width > room) return;
        var turned = X(timeMs) + width > Width;
        var begin = turned ? X(timeMs) - width : X(timeMs);
        if (_taken.TryGetValue(top, out var taken) && begin < taken) return;    // What it would say stands in the mark's own title.
        _taken[top] = begin + width;
        _texts.Add($"<g data-t=\"{timeMs}\"{(untilMs is { } end ? $" data-u=\"{end}\"" : "")} transform=\"translate({Left + X(timeMs):0.#} 0)\"><text class=\"label {style}\" x=\"{(turned ? -5 : 5)}\" y=\"{top + height / 2.0 + 3.7:0.#}\"{(turned ? " text-anchor=\"end\"" : "")}>{Svg.Text(text)}</text></g>");
    }

    /// <summary>How far to the right a label at a time reaches, as a time.</summary>
    public long LabelEndMs(long timeMs, string text) => timeMs + (long)((text.Length * LetterPx + AroundPx) / Width * endMs);

    /// <summary>A numbered flag over all rows, to be jumped to.</summary>
    public void Flag(string id, int number, long timeMs, string title)
    {
        // Flags of nearly the same moment stand beside each other over their own lines.
        var x = X(Math.Clamp(timeMs, 0, endMs));
        var aside = Math.Max(0, _flagged + 17 - x);
        _flagged = x + aside;
        _texts.Add($"<g class=\"flag\" id=\"{id}\" data-t=\"{timeMs}\" transform=\"translate({Left + x:0.#} 0)\"><path d=\"M0 {Top}v4000\"/><circle cx=\"{aside:0.#}\" cy=\"{Top - 8}\" r=\"8\"/><text x=\"{aside:0.#}\" y=\"{Top - 4}\" text-anchor=\"middle\">{number}</text><title>{Svg.Text(title)}</title></g>");
    }

    /// <summary>The whole; <paramref name="label"/> says what it shows to who cannot see it.</summary>
    public Svg Draw(string label)
    {
        var height = _bottom + 22;
        var svg = new Svg();
        svg.Add($"<svg class=\"time\" viewBox=\"0 0 {Left + Width + Right} {height}\" role=\"img\" aria-label=\"{Svg.Text(label)}\" data-end=\"{endMs}\" data-start=\"{start.ToUnixTimeMilliseconds()}\" data-left=\"{Left}\" data-width=\"{Width}\" data-top=\"{Top}\" data-bottom=\"{_bottom}\">");
        svg.Add($"<rect class=\"ground\" x=\"{Left}\" y=\"{Top}\" width=\"{Width}\" height=\"{_bottom - Top}\"/>");
        Axis(svg);
        svg.Raw(_names);
        svg.Add($"<svg class=\"field\" x=\"{Left}\" y=\"0\" width=\"{Width}\" height=\"{_bottom}\" viewBox=\"0 0 {Width} {_bottom}\" preserveAspectRatio=\"none\">").Raw(_bands).Raw(_shapes).Raw("</svg>");
        svg.Add($"<svg class=\"over\" x=\"0\" y=\"0\" width=\"{Left + Width + Right}\" height=\"{_bottom}\">").Raw(_texts).Raw("</svg>");
        return svg.Add($"<path class=\"cursor\" d=\"M0 {Top}V{_bottom}\" hidden=\"\"/></svg>");
    }

    private void Axis(Svg svg)
    {
        var stepMs = StepsMs.FirstOrDefault(step => endMs / step <= 13, StepsMs[^1]);
        // Ticks stand at round times of the day, not of the run.
        var firstMs = (stepMs - (long)start.TimeOfDay.TotalMilliseconds % stepMs) % stepMs;
        svg.Raw("<g class=\"axis\">");
        for (var timeMs = firstMs; timeMs <= endMs; timeMs += stepMs)
        {
            var time = start.AddMilliseconds(timeMs);
            var text = time.TimeOfDay == TimeSpan.Zero && endMs > 86_400_000 ? FormattableString.Invariant($"{time:MMM d}") : FormattableString.Invariant($"{time:HH:mm}");
            var x = Left + X(timeMs);
            svg.Add($"<path d=\"M{x:0.#} {Top}V{_bottom}\"/><text x=\"{x:0.#}\" y=\"{_bottom + 14}\" text-anchor=\"middle\">{text}</text>");
        }

        svg.Raw("</g>");
    }
}
