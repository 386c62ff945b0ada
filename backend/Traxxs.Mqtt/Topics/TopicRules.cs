namespace Traxxs.Mqtt.Topics;

/// <summary>What topic names and topic filters may look like and how they match, MQTT 5.0 section 4.7.</summary>
public static class TopicRules
{
    /// <summary>Levels a name or filter may have. Chosen so that matching cannot be made deep; real topics have under ten.</summary>
    public const int LevelsMax = 128;

    private const string SharePrefix = "$share/";

    /// <summary>
    /// True for a topic name ([MQTT-4.7.0-1]): [MQTT-4.7.3-1] at least one character, [MQTT-4.7.3-2] no null character, [MQTT-3.3.2-2],
    /// [MQTT-4.7.1-1] no wildcard.
    /// </summary>
    public static bool IsValidName(ReadOnlySpan<char> topic) =>
        !topic.IsEmpty && topic.IndexOfAny('+', '#', '\0') < 0 && topic.Count('/') < LevelsMax;

    /// <summary>
    /// True for a topic filter: [MQTT-4.7.1-2] <c>#</c> alone in the last level, [MQTT-4.7.1-3] <c>+</c> alone in its level,
    /// and for <c>$share</c> a name and a filter ([MQTT-4.8.2-1], [MQTT-4.8.2-2]).
    /// </summary>
    public static bool IsValidFilter(ReadOnlySpan<char> filter)
    {
        if (filter.StartsWith(SharePrefix)) return TrySplitShared(filter, out _, out _);
        if (filter.SequenceEqual("$share")) return false;
        if (filter.IsEmpty || filter.Contains('\0') || filter.Count('/') >= LevelsMax) return false;
        while (true)
        {
            var slash = filter.IndexOf('/');
            var level = slash < 0 ? filter : filter[..slash];
            if (level.Length > 1 && level.IndexOfAny('+', '#') >= 0) return false;
            if (slash < 0) return true;
            if (level is "#") return false;
            filter = filter[(slash + 1)..];
        }
    }

    /// <summary>True if the filter asks for a shared subscription.</summary>
    public static bool IsShared(ReadOnlySpan<char> filter) => filter.StartsWith(SharePrefix);

    /// <summary>Splits <c>$share/{name}/{filter}</c>; false unless both parts stand.</summary>
    public static bool TrySplitShared(ReadOnlySpan<char> shared, out ReadOnlySpan<char> name, out ReadOnlySpan<char> filter)
    {
        name = filter = default;
        if (!IsShared(shared)) return false;
        var rest = shared[SharePrefix.Length..];
        var slash = rest.IndexOf('/');
        if (slash <= 0) return false;
        name = rest[..slash];
        filter = rest[(slash + 1)..];
        return name.IndexOfAny('+', '#') < 0 && !IsShared(filter) && IsValidFilter(filter);
    }

    /// <summary>True if the filter contains a wildcard.</summary>
    public static bool HasWildcard(ReadOnlySpan<char> filter) => filter.IndexOfAny('+', '#') >= 0;

    /// <summary>
    /// Whether a valid filter (not a shared one) matches a valid topic name. Both are compared as they stand: [MQTT-4.7.3-4] nothing
    /// is normalised.
    /// </summary>
    public static bool Matches(ReadOnlySpan<char> filter, ReadOnlySpan<char> topic)
    {
        // [MQTT-4.7.2-1] a leading wildcard does not match names that begin with $
        if (topic is ['$', ..] && filter is ['+' or '#', ..]) return false;
        while (true)
        {
            var filterSlash = filter.IndexOf('/');
            var level = filterSlash < 0 ? filter : filter[..filterSlash];
            if (level is "#") return true;

            var topicSlash = topic.IndexOf('/');
            var name = topicSlash < 0 ? topic : topic[..topicSlash];
            if (level is not "+" && !level.SequenceEqual(name)) return false;

            if (topicSlash < 0) return filterSlash < 0 || filter[(filterSlash + 1)..] is "#"; // "a/#" matches "a" too
            if (filterSlash < 0) return false;
            filter = filter[(filterSlash + 1)..];
            topic = topic[(topicSlash + 1)..];
        }
    }
}
