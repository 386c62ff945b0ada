using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Server;

/// <summary>One retained message a topic, found by name and by filter. MQTT 5.0 section 3.3.1.3.</summary>
internal sealed class RetainedMessages(int countMax, long bytesMax)
{
    private sealed class Node
    {
        public Dictionary<string, Node>? Children;
        public PublishMessage? Message;
        public long Number; // key in the store
    }

    private readonly Lock _gate = new();
    private readonly Node _root = new();
    private long _bytes;
    private long _lastNumber;

    public int Count { get; private set; }

    /// <summary>
    /// [MQTT-3.3.1-5] keeps the message as the last of its topic; [MQTT-3.3.1-6], [MQTT-3.3.1-7] an empty payload only
    /// removes what was kept. False if there is no room for a new topic.
    /// </summary>
    public bool TrySet(scoped ref RoutedPublish publish, SessionStorage? storage, ref long position)
    {
        lock (_gate)
        {
            var levels = publish.Topic.Name.Split('/');
            if (publish.Payload.IsEmpty)
            {
                Remove(_root, levels, 0, storage, ref position);
                return true;
            }

            var node = Find(levels);
            var growth = publish.Size - (node?.Message?.Size ?? 0);
            if (node?.Message is null && Count >= countMax || growth > 0 && _bytes + growth > bytesMax) return false;
            node ??= Create(levels);
            if (node.Message is null)
            {
                Count++;
                node.Number = ++_lastNumber;
            }

            node.Message?.Release();
            node.Message = publish.Message.AddHolder();
            _bytes += growth;
            if (storage is not null) position = Math.Max(position, storage.PutRetained(node.Number, node.Message));
            return true;
        }
    }

    /// <summary>A stored message comes back after a restart.</summary>
    public void Restore(long number, PublishMessage message)
    {
        lock (_gate)
        {
            var node = Create(message.Topic.Name.Split('/'));
            node.Message = message;
            node.Number = number;
            _lastNumber = Math.Max(_lastNumber, number);
            _bytes += message.Size;
            Count++;
        }
    }

    /// <summary>The messages a filter matches, each with a hold of its own; expired ones are removed.</summary>
    public List<PublishMessage> Match(string filter, long nowMs)
    {
        var found = new List<PublishMessage>();
        lock (_gate) Collect(_root, filter.Split('/'), 0, found, nowMs, filter[0] is '+' or '#');
        return found;
    }

    private static void Collect(Node node, string[] levels, int depth, List<PublishMessage> found, long nowMs, bool skipDollar)
    {
        if (depth == levels.Length)
        {
            Take(node, found, nowMs);
            return;
        }

        var level = levels[depth];
        if (level == "#") Take(node, found, nowMs); // "a/#" matches "a" too
        if (level is not ("+" or "#"))
        {
            if (node.Children is not null && node.Children.TryGetValue(level, out var exact)) Collect(exact, levels, depth + 1, found, nowMs, false);
            return;
        }

        foreach (var (name, child) in node.Children ?? [])
        {
            if (skipDollar && name.StartsWith('$')) continue; // [MQTT-4.7.2-1]
            Collect(child, levels, level == "#" ? depth : depth + 1, found, nowMs, false);
        }
    }

    private static void Take(Node node, List<PublishMessage> found, long nowMs)
    {
        if (node.Message is { } message && !message.IsExpired(nowMs)) found.Add(message.AddHolder());
    }

    /// <summary>Removes messages whose lifetime is over; answers their topics.</summary>
    public IReadOnlyList<string> Expire(long nowMs, SessionStorage? storage)
    {
        lock (_gate)
        {
            var expired = new List<string>();
            Visit(_root, message =>
            {
                if (message.IsExpired(nowMs)) expired.Add(message.Topic.Name);
            });
            var position = 0L;
            foreach (var topic in expired) Remove(_root, topic.Split('/'), 0, storage, ref position);
            return expired;
        }
    }

    private static void Visit(Node node, Action<PublishMessage> visit)
    {
        if (node.Message is not null) visit(node.Message);
        foreach (var child in node.Children?.Values ?? Enumerable.Empty<Node>()) Visit(child, visit);
    }

    private Node? Find(string[] levels)
    {
        var node = _root;
        foreach (var level in levels)
        {
            if (node.Children is null || !node.Children.TryGetValue(level, out var child)) return null;
            node = child;
        }

        return node;
    }

    private Node Create(string[] levels)
    {
        var node = _root;
        foreach (var level in levels)
        {
            node.Children ??= [];
            if (!node.Children.TryGetValue(level, out var child)) node.Children.Add(level, child = new Node());
            node = child;
        }

        return node;
    }

    private void Remove(Node node, string[] levels, int depth, SessionStorage? storage, ref long position)
    {
        if (depth == levels.Length)
        {
            if (node.Message is null) return;
            Count--;
            _bytes -= node.Message.Size;
            node.Message.Release();
            node.Message = null;
            if (storage is not null) position = Math.Max(position, storage.RemoveRetained(node.Number));
            return;
        }

        if (node.Children is null || !node.Children.TryGetValue(levels[depth], out var child)) return;
        Remove(child, levels, depth + 1, storage, ref position);
        if (child.Message is null && (child.Children?.Count ?? 0) == 0) node.Children.Remove(levels[depth]);
    }
}
