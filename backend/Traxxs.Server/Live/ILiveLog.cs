namespace Traxxs.Server.Live;

/// <summary>
/// The last live events of all instances together under one numbering, so that a watcher who was cut off goes on at another
/// instance where it stopped. Each instance says each event; by its key it is kept once, whoever said it first. Bounded: the
/// oldest make room. A numbering lasts until the log is lost or begun anew; its name tells it from every other.
/// </summary>
public interface ILiveLog
{
    /// <summary>Something was said by somebody. Any thread; may be missed.</summary>
    event Action? Rung;

    /// <summary>
    /// Says events and reads what was said behind <paramref name="place"/>, in one step. Where the numbering is not the place's
    /// any more nothing was said, and the answer names the new one. Saying again what may have been said does no harm.
    /// </summary>
    /// <param name="place">The last event read; null to begin: what is kept is read, a numbering is made where there is none.</param>
    /// <param name="events">At most <see cref="BatchMax"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LiveLogException">The log is away; what was to be said may have been said.</exception>
    Task<LivePage> ExchangeAsync(LivePlace? place, IReadOnlyList<SaidEvent> events, CancellationToken cancellationToken);

    /// <summary>
    /// Begins the numbering <paramref name="next"/>, where the present one still is <paramref name="run"/>: what was kept is
    /// forgotten. False where somebody else began another.
    /// </summary>
    /// <exception cref="LiveLogException">The log is away; it may have begun.</exception>
    Task<bool> BeginAnewAsync(string run, string next, CancellationToken cancellationToken);

    /// <summary>Events said in one step, at most.</summary>
    const int BatchMax = 128;
}

/// <summary>A place in a numbering.</summary>
/// <param name="Run">The numbering's name, without a dash.</param>
/// <param name="Number">Number of an event; 0 before the first.</param>
public readonly record struct LivePlace(string Run, long Number)
{
    /// <summary>A name for a numbering that no other has.</summary>
    public static string NewRun() => Guid.NewGuid().ToString("N")[..12];

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Run}-{Number}");

    /// <summary>Reads one; false where it is none.</summary>
    public static bool TryRead(string text, out LivePlace place)
    {
        place = default;
        var dash = text.LastIndexOf('-');
        if (dash <= 0 || !long.TryParse(text.AsSpan(dash + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)) return false;
        place = new LivePlace(text[..dash], number);
        return true;
    }
}

/// <summary>An event as an instance says it.</summary>
/// <param name="Key">What it is: the same at every instance that says it, and of no other event.</param>
/// <param name="Org">Whom it concerns; null for everybody.</param>
/// <param name="Body">Its JSON object without the id, UTF-8.</param>
public sealed record SaidEvent(string Key, string? Org, byte[] Body)
{
    /// <summary>What was told before may give away what is hidden by now: it is kept no longer.</summary>
    public bool Forgets { get; init; }

    /// <summary>Position of the stored report it tells of; null where it tells of none.</summary>
    public long? Position { get; init; }
}

/// <summary>An event of the log.</summary>
/// <param name="Number">Its number: one more than that of the one before.</param>
/// <param name="Event">What was said.</param>
public sealed record LoggedEvent(long Number, SaidEvent Event);

/// <summary>What an exchange gave.</summary>
/// <param name="Run">The numbering.</param>
/// <param name="Last">Number of its last event; 0 for none.</param>
/// <param name="Events">Those behind the place asked for, or the first of them; of another numbering, none.</param>
public sealed record LivePage(string Run, long Last, IReadOnlyList<LoggedEvent> Events)
{
    /// <summary>Highest position of a report that was told of in it; null for none.</summary>
    public long? Position { get; init; }

    /// <summary>Whether this exchange made the numbering.</summary>
    public bool IsNew { get; init; }
}

/// <summary>The log is away.</summary>
public sealed class LiveLogException(string message, Exception? inner = null) : Exception(message, inner);
