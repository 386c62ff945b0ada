using System.Net;
using System.Text;

namespace Traxxs.Simulation.Reporting;

/// <summary>SVG or HTML in the making. Numbers are written with a point whatever the machine's language; texts go through <see cref="Text"/>.</summary>
internal sealed class Svg
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds what an interpolated string says.</summary>
    public Svg Add(FormattableString text)
    {
        _text.Append(FormattableString.Invariant(text));
        return this;
    }

    /// <summary>Adds markup as it stands.</summary>
    public Svg Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>Adds another piece.</summary>
    public Svg Raw(Svg other)
    {
        _text.Append(other._text);
        return this;
    }

    /// <summary>A text that may hold anything, for an element or an attribute.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    public override string ToString() => _text.ToString();
}
