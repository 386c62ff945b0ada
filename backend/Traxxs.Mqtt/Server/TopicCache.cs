using System.Text;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Server;

/// <summary>A topic as one connection has used it: its name, the permission, and who gets it.</summary>
internal sealed class TopicEntry(TopicName name, bool mayPublish)
{
    public TopicName Name { get; } = name;
    public bool MayPublish { get; } = mayPublish;
    public TopicMatch Match { get; set; } = TopicMatch.Nobody;
}

/// <summary>
/// The topics one connection publishes to, found by their bytes, so that a publish to a known topic makes no string and asks
/// no question again. At the limit it is emptied and starts anew: devices use a handful of topics.
/// </summary>
internal sealed class TopicCache
{
    private const int EntriesMax = 64;
    private Dictionary<byte[], TopicEntry>? _entries;
    private TopicEntry? _last;

    public TopicEntry? Find(ReadOnlySpan<byte> topic)
    {
        if (_last is not null && topic.SequenceEqual(_last.Name.Utf8)) return _last;
        if (_entries is null || !_entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out var entry)) return null;
        return _last = entry;
    }

    public void Add(TopicEntry entry)
    {
        // One topic, the usual case, needs no table.
        if (_last is not null)
        {
            _entries ??= new Dictionary<byte[], TopicEntry>(Utf8Comparer.Instance);
            if (_entries.Count >= EntriesMax) _entries.Clear();
            _entries.TryAdd(_last.Name.Utf8, _last);
            _entries[entry.Name.Utf8] = entry;
        }

        _last = entry;
    }

    /// <summary>The name of a topic that is not known yet.</summary>
    public static TopicName NameOf(ReadOnlySpan<byte> topic) => new(Encoding.UTF8.GetString(topic), topic.ToArray());
}
