using System.Text.Json;

namespace Traxxs.Server.Cluster;

/// <summary>How a process stands: each of its parts, and why one does not work (null where it does).</summary>
/// <param name="Process">Which.</param>
/// <param name="Parts">Part and reason.</param>
internal sealed record ProcessStanding(string Process, IReadOnlyDictionary<string, string?> Parts);

/// <summary>
/// Which processes there are and how they stand, by what each says of itself every two seconds and when it changes. Who was
/// not heard for ten seconds counts as gone.
/// </summary>
/// <param name="channel">Where it is said.</param>
/// <param name="time">The machine's time: a sped-up clock does not speed up a network.</param>
internal sealed class Roster(IServiceChannel channel, TimeProvider time)
{
    /// <summary>How often a process speaks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>After this time it counts as gone.</summary>
    public static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ProcessStanding Standing, long HeardAt)> _others = new(StringComparer.Ordinal);
    private ProcessStanding _own = new(channel.Process, new Dictionary<string, string?>());
    private string _said = "";
    private long _saidAt;

    /// <summary>Hears the others. Before the channel starts.</summary>
    public void Hear() => channel.Subscribe(ServiceTopic.Here, message =>
    {
        if (message.Key == channel.Process || message.Detail is null) return;
        var parts = JsonSerializer.Deserialize<Dictionary<string, string?>>(message.Detail, JsonSerializerOptions.Web);
        if (parts is null) return;
        lock (_lock) _others[message.Key] = (new ProcessStanding(message.Key, parts), time.GetTimestamp());
    });

    /// <summary>Says how this process stands, where that changed or it is time.</summary>
    public void Say(IReadOnlyDictionary<string, string?> parts)
    {
        var text = JsonSerializer.Serialize(parts, JsonSerializerOptions.Web);
        lock (_lock)
        {
            _own = new ProcessStanding(channel.Process, parts);
            if (text == _said && time.GetElapsedTime(_saidAt) < Interval) return;
            (_said, _saidAt) = (text, time.GetTimestamp());
        }

        channel.Publish(new ServiceMessage(ServiceTopic.Here, channel.Process, text));
    }

    /// <summary>Says that this process ends: the others need not wait until it is not heard. A word that is lost costs that wait.</summary>
    public void Leave() => Say(new Dictionary<string, string?>());

    /// <summary>Every process that is there, this one first.</summary>
    public IReadOnlyList<ProcessStanding> Present()
    {
        lock (_lock)
        {
            foreach (var gone in _others.Where(other => time.GetElapsedTime(other.Value.HeardAt) > GoneAfter).Select(other => other.Key).ToList()) _others.Remove(gone);
            return [_own, .. _others.Values.Select(other => other.Standing)];
        }
    }

    /// <summary>The processes that have a part, whether it works or not.</summary>
    public IEnumerable<string> With(string part) => Present().Where(one => one.Parts.ContainsKey(part)).Select(one => one.Process);

    /// <summary>Why a part works nowhere, for a person; null where it works somewhere.</summary>
    public string? WhyNone(string part)
    {
        string? why = null;
        foreach (var one in Present())
        {
            if (!one.Parts.TryGetValue(part, out var reason)) continue;
            if (reason is null) return null;
            why ??= reason;
        }

        return why ?? $"no process does the work of \"{part}\"";
    }
}
