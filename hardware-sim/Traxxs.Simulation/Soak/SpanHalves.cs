using System.Globalization;
using Traxxs.Simulation.Time;

namespace Traxxs.Simulation.Soak;

/// <summary>Halves the first span in a value: of <c>20m</c>, of <c>walk 20m at 5 km/h</c>.</summary>
internal static class SpanHalves
{
    /// <summary>False where there is none, or none longer than a second.</summary>
    public static bool TryHalve(string text, out string half)
    {
        var words = text.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            if (!SpanText.TryParse(words[i], out var span) || span.TotalSeconds < 2) continue;
            words[i] = string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalSeconds / 2}s");
            half = string.Join(' ', words);
            return true;
        }

        half = text;
        return false;
    }
}
