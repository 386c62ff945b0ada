using System.Globalization;
using Traxxs.Simulation.Time;
using Traxxs.Simulation.World;
using YamlDotNet.RepresentationModel;

namespace Traxxs.Simulation.Scenarios;

/// <summary>
/// Reads what a person does, a line each: <c>walk 25m at 5 km/h</c>, <c>sit 2h</c>, <c>fall</c>, <c>charge 2h</c>, <c>press sos</c>. A
/// deed takes no time; <c>after 20s: press sos</c> puts it into the next activity, <c>at 6h: press sos</c> anywhere.
/// </summary>
internal static class DayPlan
{
    /// <summary>Most stamps in one line.</summary>
    private const int StampsMax = 20;

    private static readonly Dictionary<string, Activity> Activities = new(StringComparer.Ordinal)
    {
        ["lie"] = Activity.LieStill,
        ["sit"] = Activity.Sit,
        ["fidget"] = Activity.Fidget,
        ["stand"] = Activity.Stand,
        ["walk"] = Activity.Walk,
        ["run"] = Activity.Run,
        ["stairs"] = Activity.Stairs,
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

    /// <summary>How a scenario writes a deed.</summary>
    public static string NameOf(Deed deed) => Deeds.First(known => known.Value == deed).Key;

    /// <summary>The deed of a name; null where there is none.</summary>
    public static Deed? DeedOf(string name) => Deeds.TryGetValue(name, out var deed) ? deed : null;

    public static Timeline Read(YamlReading reading, IList<YamlNode> lines)
    {
        var timeline = new Timeline();
        foreach (var line in lines)
        {
            if (line is YamlMappingNode timed) ReadTimed(reading, timed, timeline);
            else ReadLine(reading, line, timeline);
        }

        return timeline;
    }

    private static void ReadTimed(YamlReading reading, YamlMappingNode node, Timeline timeline)
    {
        var (key, value) = node.Children.Count == 1 ? node.Children[0] : throw reading.Error(node, "one 'after 20s: press sos' a line");
        var head = reading.Text(key, "a line of a day").Split(' ');
        var known = head.Length == 2 && head[0] is "after" or "at" && SpanText.TryParse(head[1], out _) && Deeds.ContainsKey(reading.Text(value, "a deed"));
        if (!known) throw reading.Error(node, $"'{key}: ...' is not known; write 'after 20s: press sos' or 'at 6h: press sos', with one of {string.Join(", ", Deeds.Keys)}");
        SpanText.TryParse(head[1], out var when);
        var deed = Deeds[reading.Text(value, "a deed")];
        if (head[0] == "after") timeline.Do(deed, when);
        else timeline.DoAt((long)when.TotalMilliseconds, deed);
    }

    private static void ReadLine(YamlReading reading, YamlNode node, Timeline timeline)
    {
        var text = string.Join(' ', reading.Text(node, "a line of a day").Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var words = text.Split(' ');
        if (Deeds.TryGetValue(text, out var deed)) timeline.Do(deed);
        else if (text == "fall") timeline.Then(Activity.Fall, TimeSpan.FromMilliseconds(Timeline.FallMs));
        else if (words[0] == "stamp") timeline.Then(Activity.Stamp, TimeSpan.FromMilliseconds(Timeline.StampMs * Stamps(reading, node, words)));
        else if (words[0] == "charge") timeline.Do(Deed.ConnectCharger).Then(Activity.ShoeOff, Duration(reading, node, words)).Do(Deed.DisconnectCharger);
        else if (Activities.TryGetValue(words[0], out var activity)) timeline.Then(activity, Duration(reading, node, words), words.Length == 5 ? SpeedCmS(reading, node, words) : 0);
        else throw reading.Error(node, $"'{words[0]}' is not known; a day has {string.Join(", ", Activities.Keys)}, fall, stamp, charge, {string.Join(", ", Deeds.Keys)}");
    }

    private static TimeSpan Duration(YamlReading reading, YamlNode node, string[] words)
    {
        var moves = Activities.TryGetValue(words[0], out var activity) && Timeline.Moves(activity);
        var known = words.Length == 2 || (words.Length == 5 && moves);
        if (known && SpanText.TryParse(words[1], out var duration) && duration > TimeSpan.Zero) return duration;
        throw reading.Error(node, $"'{string.Join(' ', words)}': write '{words[0]} 20m'{(moves ? $" or '{words[0]} 20m at 5 km/h'" : "")}");
    }

    private static int SpeedCmS(YamlReading reading, YamlNode node, string[] words)
    {
        if (words[2] == "at" && words[4] == "km/h" && double.TryParse(words[3], NumberStyles.Float, CultureInfo.InvariantCulture, out var kmh) && kmh is >= 0.5 and <= 150)
        {
            return (int)(kmh * 100_000 / 3600);
        }

        throw reading.Error(node, $"'{string.Join(' ', words)}': write '{words[0]} {words[1]} at 5 km/h', 0.5 to 150");
    }

    private static int Stamps(YamlReading reading, YamlNode node, string[] words)
        => words.Length == 3 && words[2] is "times" && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= StampsMax
            ? count
            : throw reading.Error(node, $"'{string.Join(' ', words)}': write 'stamp 5 times', at most {StampsMax}");
}
