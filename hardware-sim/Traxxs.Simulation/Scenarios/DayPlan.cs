using System.Globalization;
using Traxxs.Simulation.Time;
using Traxxs.Simulation.World;
using YamlDotNet.RepresentationModel;

namespace Traxxs.Simulation.Scenarios;

/// <summary>
/// Reads what a person does, a line each: <c>walk 25m at 5 km/h</c>, <c>sit 2h</c>, <c>fall</c>, <c>press sos</c>. A deed
/// takes no time; <c>after 20s: press sos</c> puts it into the next activity.
/// </summary>
internal static class DayPlan
{
    private static readonly Dictionary<string, Activity> Activities = new(StringComparer.Ordinal)
    {
        ["lie"] = Activity.LieStill,
        ["sit"] = Activity.Sit,
        ["stand"] = Activity.Stand,
        ["walk"] = Activity.Walk,
        ["run"] = Activity.Run,
        ["ride"] = Activity.Ride,
        ["shoe-off"] = Activity.ShoeOff,
    };

    private static readonly Dictionary<string, Deed> Deeds = new(StringComparer.Ordinal)
    {
        ["press sos"] = Deed.PressSos,
        ["press cancel"] = Deed.PressCancel,
        ["connect charger"] = Deed.ConnectCharger,
        ["disconnect charger"] = Deed.DisconnectCharger,
    };

    public static Timeline Read(YamlReading reading, IList<YamlNode> lines)
    {
        var timeline = new Timeline();
        foreach (var line in lines) ReadLine(reading, line, timeline);
        return timeline;
    }

    private static void ReadLine(YamlReading reading, YamlNode node, Timeline timeline)
    {
        if (node is YamlMappingNode delayed)
        {
            var (key, value) = delayed.Children.Single();
            var head = reading.Text(key, "a line of a day");
            if (!head.StartsWith("after ", StringComparison.Ordinal) || !SpanText.TryParse(head[6..], out var offset) || !Deeds.TryGetValue(reading.Text(value, "a deed"), out var later))
            {
                throw reading.Error(node, $"'{head}: ...' is not known; write 'after 20s: press sos'");
            }

            timeline.Do(later, offset);
            return;
        }

        var text = string.Join(' ', reading.Text(node, "a line of a day").Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (Deeds.TryGetValue(text, out var deed))
        {
            timeline.Do(deed);
            return;
        }

        if (text == "fall")
        {
            timeline.Then(Activity.Fall, TimeSpan.FromMilliseconds(Timeline.FallMs));
            return;
        }

        var words = text.Split(' ');
        if (!Activities.TryGetValue(words[0], out var activity))
        {
            throw reading.Error(node, $"'{words[0]}' is not known; a day has {string.Join(", ", Activities.Keys)}, fall, {string.Join(", ", Deeds.Keys)}");
        }

        if (words.Length is not (2 or 5) || !SpanText.TryParse(words[1], out var duration) || duration <= TimeSpan.Zero)
        {
            throw reading.Error(node, $"'{text}': write '{words[0]} 20m'{(Timeline.Moves(activity) ? $" or '{words[0]} 20m at 5 km/h'" : "")}");
        }

        timeline.Then(activity, duration, words.Length == 5 ? SpeedCmS(reading, node, words, activity) : 0);
    }

    private static int SpeedCmS(YamlReading reading, YamlNode node, string[] words, Activity activity)
    {
        var known = Timeline.Moves(activity) && words[2] == "at" && words[4] == "km/h"
            && double.TryParse(words[3], NumberStyles.Float, CultureInfo.InvariantCulture, out var kmh) && kmh is >= 0.5 and <= 150;
        if (!known) throw reading.Error(node, $"'{string.Join(' ', words)}': write '{words[0]} {words[1]} at 5 km/h', 0.5 to 150");
        return (int)(double.Parse(words[3], CultureInfo.InvariantCulture) * 100_000 / 3600);
    }
}
