using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>How far the rules are, wherever they run.</summary>
public interface IRuleStanding
{
    /// <summary>Position of the last report the rules have taken in and committed.</summary>
    long Position { get; }

    /// <summary>Reports passed over because a rule failed on them, as far as this process knows.</summary>
    long PassedOver { get; }

    /// <summary>Why evaluation stands still, for a person; null where it goes on.</summary>
    string? Trouble { get; }

    /// <summary>When the rules judge a device's silence: its contract, as of the last report taken in.</summary>
    ContactState? ContactOf(string deviceId);
}

/// <summary>How far the rules are by what they committed: for processes that do not run them.</summary>
/// <param name="database">Where it stands.</param>
/// <param name="trouble">Why they stand still, by what the process that runs them says.</param>
internal sealed class StoredRuleStanding(ServiceDatabase database, Func<string?> trouble) : IRuleStanding
{
    /// <inheritdoc/>
    public long Position => database.Read(session => session.Rules.Cursor);

    /// <inheritdoc/>
    public long PassedOver => 0;

    /// <inheritdoc/>
    public string? Trouble => trouble();

    /// <inheritdoc/>
    public ContactState? ContactOf(string deviceId) =>
        database.Read(session => session.Rules.Find(deviceId)) is { } state ? AlertJournal.Parse(state).Contact : null;
}
