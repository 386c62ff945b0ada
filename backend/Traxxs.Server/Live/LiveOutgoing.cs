namespace Traxxs.Server.Live;

/// <summary>
/// Events on their way into the shared log, in order, each until it was said; and who asked how many watchers were told,
/// until the event came back out of the log. For one thread at a time.
/// </summary>
internal sealed class LiveOutgoing
{
    /// <summary>Events remembered as told: an instance that hears of one so much later says it again, and the log knows it.</summary>
    public const int TalliesMax = 4096;

    private readonly Queue<SaidEvent> _waiting = new();
    private readonly Queue<(long Through, Action Action)> _after = new();
    private readonly Dictionary<string, int> _tallies = new(StringComparer.Ordinal);
    private readonly Queue<string> _tallied = new();
    private readonly Dictionary<string, (SaidEvent Event, Action<int> Told)> _asked = new(StringComparer.Ordinal);
    private long _added;
    private long _said;

    /// <summary>Events that wait to be said.</summary>
    public int Count => _waiting.Count;

    /// <summary>An event to say, unless another instance said it and it was told already.</summary>
    public void Add(SaidEvent said, Action<int>? told)
    {
        if (_tallies.TryGetValue(said.Key, out var count))
        {
            told?.Invoke(count);
            return;
        }

        _added++;
        _waiting.Enqueue(said);
        if (told is not null) _asked[said.Key] = (said, told);
    }

    /// <summary>Calls back when all added so far was said.</summary>
    public void After(Action action) => _after.Enqueue((_added, action));

    /// <summary>The next to say; they stay until <see cref="Said"/>.</summary>
    public IReadOnlyList<SaidEvent> Next(int limit) => [.. _waiting.Take(limit)];

    /// <summary>So many of the next were said.</summary>
    public void Said(int count)
    {
        for (var i = 0; i < count; i++) _waiting.Dequeue();
        _said += count;
        while (_after.TryPeek(out var next) && next.Through <= _said) _after.Dequeue().Action();
    }

    /// <summary>An event came out of the log and so many watchers of this instance were told.</summary>
    public void Told(string key, int count)
    {
        if (_asked.Remove(key, out var asked)) asked.Told(count);
        if (!_tallies.TryAdd(key, count)) return;
        _tallied.Enqueue(key);
        if (_tallied.Count > TalliesMax) _tallies.Remove(_tallied.Dequeue());
    }

    /// <summary>Takes everything back, in order: what waits, before it what was said and did not come out, where somebody asked.</summary>
    public IReadOnlyList<(SaidEvent Event, Action<int>? Told)> TakeAll()
    {
        var waiting = _waiting.Select(said => (said, _asked.Remove(said.Key, out var asked) ? asked.Told : null)).ToList();
        List<(SaidEvent, Action<int>?)> all = [.. _asked.Values, .. waiting];
        _added = _said = 0;
        _waiting.Clear();
        _after.Clear();
        _asked.Clear();
        Forget();
        return all;
    }

    /// <summary>Forgets what was told: another numbering begins.</summary>
    public void Forget()
    {
        _tallies.Clear();
        _tallied.Clear();
    }
}
