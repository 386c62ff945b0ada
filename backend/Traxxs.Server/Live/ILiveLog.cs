namespace Traxxs.Server.Live;

/// <summary>
/// The last live events of all instances together, so that a watcher who was cut off goes on at another instance where it
/// stopped. Bounded: the oldest make room, and who asks for what is gone reads the state anew.
/// </summary>
public interface ILiveLog
{
    /// <summary>Keeps an event and gives its id; null where it cannot be kept now: it is told all the same.</summary>
    string? Add(string? org, byte[] body);

    /// <summary>
    /// What was kept behind an id, oldest first; null where that is not known: the id is none of these, what stood behind it
    /// is gone, it is more than <paramref name="limit"/>, or the log cannot be read. May begin a little earlier than asked,
    /// since events of several publishers overtake each other on their way.
    /// </summary>
    IReadOnlyList<LoggedEvent>? After(string id, int limit);

    /// <summary>Forgets all: what was told may be hidden by now.</summary>
    void Clear();
}

/// <summary>A kept event.</summary>
/// <param name="Id">Its place among all.</param>
/// <param name="Org">Whom it concerns; null for everybody.</param>
/// <param name="Body">Its JSON object without the id, UTF-8.</param>
public sealed record LoggedEvent(string Id, string? Org, byte[] Body);
