using System.Globalization;
using System.Text.RegularExpressions;

namespace Traxxs.Simulation.Time;

/// <summary>Spans of time as people write them: <c>30m</c>, <c>6h30m</c>, <c>1d</c>, <c>90s</c>.</summary>
public static partial class SpanText
{
    /// <summary>Reads <c>1d2h30m15s</c>; any part may be missing, one must be there.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        var match = Pattern().Match(text);
        if (!match.Success || text.Length == 0) return false;
        value = new TimeSpan(Part(1), Part(2), Part(3), Part(4));
        return true;

        int Part(int group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"^(?:(\d{1,5})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$", RegexOptions.ECMAScript)]
    private static partial Regex Pattern();
}
