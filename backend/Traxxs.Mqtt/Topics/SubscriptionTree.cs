using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Topics;

/// <summary>One topic filter of one session.</summary>
internal sealed class Subscription(MqttSession session, MqttTopicFilter filter, uint identifier)
{
    public MqttSession Session { get; } = session;
    public MqttTopicFilter Filter { get; } = filter;
    /// <summary>Subscription identifier, 0 for none.</summary>
    public uint Identifier { get; } = identifier;
}

/// <summary>The members of one <c>$share</c> name on one filter; a message goes to one of them.</summary>
internal sealed class SharedGroup(string key)
{
    private int _next;

    public string Key { get; } = key;
    public List<Subscription> Members { get; } = [];

    /// <summary>
    /// In turn, the next member that is connected; with none connected, the next member at all, whose session keeps the message.
    /// </summary>
    public static Subscription? Choose(SharedGroup group, Subscription[] members)
    {
        if (members.Length == 0) return null;
        var start = (int)((uint)Interlocked.Increment(ref group._next) % (uint)members.Length);
        for (var i = 0; i < members.Length; i++)
        {
            var member = members[(start + i) % members.Length];
            if (member.Session.IsConnected) return member;
        }

        return members[start];
    }
}

/// <summary>What one session gets of one topic: overlapping subscriptions merged into one copy (MQTT 5.0 section 3.3.4).</summary>
internal sealed class Delivery(MqttSession session)
{
    public MqttSession Session { get; } = session;
    /// <summary>The highest QoS of the subscriptions that matched: [MQTT-3.3.5-1] of 3.1.1, [MQTT-3.3.4-2] of 5.0.</summary>
    public MqttQoS QoS { get; set; }
    public bool RetainAsPublished { get; set; }
    /// <summary>Identifiers of all subscriptions that matched: [MQTT-3.3.4-3], [MQTT-3.3.4-4].</summary>
    public uint[] Identifiers { get; set; } = [];
}

/// <summary>Everybody who gets a topic, as seen from one publisher; good until the tree's version changes.</summary>
internal sealed class TopicMatch
{
    public static readonly TopicMatch Nobody = new() { Version = -1 };
    public long Version { get; init; }
    public Delivery[] Direct { get; init; } = [];
    public (SharedGroup Group, Subscription[] Members)[] Shared { get; init; } = [];
    public bool IsEmpty => Direct.Length == 0 && Shared.Length == 0;
}

/// <summary>
/// All subscriptions by level. Publishers keep the answer of <see cref="Match"/> and ask again only when
/// <see cref="Version"/> moved, so the lock is not on the path of a publish.
/// </summary>
internal sealed class SubscriptionTree
{
    private sealed class Node
    {
        public Dictionary<string, Node>? Children;
        public List<Subscription>? Direct;
        public Dictionary<string, SharedGroup>? Shared;
        public bool IsEmpty => (Children?.Count ?? 0) == 0 && (Direct?.Count ?? 0) == 0 && (Shared?.Count ?? 0) == 0;
    }

    private readonly Lock _gate = new();
    private readonly Node _root = new();
    private long _version = 1;
    private int _count;

    public long Version => Volatile.Read(ref _version);

    public int Count => Volatile.Read(ref _count);

    /// <summary>[MQTT-3.8.4-3] a subscription replaces an older one of the same session and filter.</summary>
    public void Add(Subscription subscription)
    {
        lock (_gate)
        {
            SplitFilter(subscription.Filter.Topic, out var share, out var filter);
            var node = _root;
            foreach (var level in filter.Split('/'))
            {
                node.Children ??= [];
                if (!node.Children.TryGetValue(level, out var child)) node.Children.Add(level, child = new Node());
                node = child;
            }

            var list = share is null ? node.Direct ??= [] : GroupOf(node, share, filter).Members;
            var index = list.FindIndex(other => ReferenceEquals(other.Session, subscription.Session));
            if (index >= 0) list[index] = subscription;
            else
            {
                list.Add(subscription);
                _count++;
            }

            Volatile.Write(ref _version, _version + 1);
        }
    }

    public void Remove(MqttSession session, string topicFilter)
    {
        lock (_gate)
        {
            SplitFilter(topicFilter, out var share, out var filter);
            if (Remove(_root, filter.Split('/'), 0, share, session)) _count--;
            Volatile.Write(ref _version, _version + 1);
        }
    }

    private static SharedGroup GroupOf(Node node, string share, string filter)
    {
        node.Shared ??= [];
        if (!node.Shared.TryGetValue(share, out var group)) node.Shared.Add(share, group = new SharedGroup($"{share}/{filter}"));
        return group;
    }

    private static bool Remove(Node node, string[] levels, int depth, string? share, MqttSession session)
    {
        if (depth == levels.Length)
        {
            if (share is null) return node.Direct?.RemoveAll(other => ReferenceEquals(other.Session, session)) > 0;
            if (node.Shared is null || !node.Shared.TryGetValue(share, out var group)) return false;
            var removed = group.Members.RemoveAll(other => ReferenceEquals(other.Session, session)) > 0;
            if (group.Members.Count == 0) node.Shared.Remove(share);
            return removed;
        }

        if (node.Children is null || !node.Children.TryGetValue(levels[depth], out var child)) return false;
        var found = Remove(child, levels, depth + 1, share, session);
        if (child.IsEmpty) node.Children.Remove(levels[depth]);
        return found;
    }

    private static void SplitFilter(string topicFilter, out string? share, out string filter)
    {
        share = null;
        filter = topicFilter;
        if (!TopicRules.TrySplitShared(topicFilter, out var name, out var rest)) return;
        share = name.ToString();
        filter = rest.ToString();
    }

    /// <summary>Who gets this topic from this publisher (null: from the server itself).</summary>
    public TopicMatch Match(string topic, MqttSession? publisher)
    {
        lock (_gate)
        {
            var direct = new List<Subscription>();
            var shared = new List<SharedGroup>();
            // [MQTT-4.7.2-1] a leading wildcard does not match names that begin with $
            Collect(_root, topic.Split('/'), 0, topic[0] == '$', direct, shared);
            return new TopicMatch
            {
                Version = _version,
                Direct = Merge(direct, publisher),
                Shared = [.. shared.Select(group => (group, group.Members.ToArray()))],
            };
        }
    }

    private static void Collect(Node node, string[] levels, int depth, bool dollar, List<Subscription> direct, List<SharedGroup> shared)
    {
        var wildcards = !(dollar && depth == 0);
        if (node.Children is null)
        {
            if (depth == levels.Length) Take(node, direct, shared);
            return;
        }

        if (wildcards && node.Children.TryGetValue("#", out var all)) Take(all, direct, shared);
        if (depth == levels.Length)
        {
            Take(node, direct, shared);
            return;
        }

        if (wildcards && node.Children.TryGetValue("+", out var any)) Collect(any, levels, depth + 1, dollar, direct, shared);
        if (node.Children.TryGetValue(levels[depth], out var exact)) Collect(exact, levels, depth + 1, dollar, direct, shared);
    }

    private static void Take(Node node, List<Subscription> direct, List<SharedGroup> shared)
    {
        if (node.Direct is not null) direct.AddRange(node.Direct);
        if (node.Shared is not null) shared.AddRange(node.Shared.Values);
    }

    /// <summary>One copy for each session, whatever its subscriptions overlap in.</summary>
    public static Delivery[] Merge(List<Subscription> subscriptions, MqttSession? publisher)
    {
        if (subscriptions.Count == 0) return [];
        var merged = new Dictionary<MqttSession, Delivery>();
        foreach (var subscription in subscriptions)
        {
            // [MQTT-3.8.3-3] no-local: not to the connection that published it
            if (subscription.Filter.NoLocal && ReferenceEquals(subscription.Session, publisher)) continue;
            if (!merged.TryGetValue(subscription.Session, out var delivery)) merged.Add(subscription.Session, delivery = new Delivery(subscription.Session));
            if (subscription.Filter.QoS > delivery.QoS) delivery.QoS = subscription.Filter.QoS;
            delivery.RetainAsPublished |= subscription.Filter.RetainAsPublished;
            if (subscription.Identifier != 0) delivery.Identifiers = [.. delivery.Identifiers, subscription.Identifier];
        }

        return [.. merged.Values];
    }
}
