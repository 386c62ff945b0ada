using Traxxs.Server.Notifications.Channels;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Escalation;

/// <summary>Whom to tell over which channel.</summary>
/// <param name="Channel">Id of the channel.</param>
/// <param name="Recipient">An address or <c>user:ID</c>; null for whoever the channel itself reaches.</param>
public readonly record struct Telling(string Channel, string? Recipient);

/// <summary>
/// Turns the targets of a tier into tellings, by the users and channels that are there now. The wearer an alert speaks of is
/// not told of it: they cannot take it either.
/// </summary>
/// <param name="serverChannels">Channels of the server's own configuration: they are the first organisation's.</param>
public sealed class Recipients(IReadOnlyList<string> serverChannels)
{
    /// <summary>The page's own channel.</summary>
    public const string Live = "live";

    /// <summary>The log's channel.</summary>
    public const string Log = "log";

    /// <summary>What stands before a user's id.</summary>
    public const string UserPrefix = "user:";

    private static readonly string[] BuiltIn = [Live, Log];

    /// <summary>Whom a tier tells of an alert; each once.</summary>
    public IReadOnlyList<Telling> Of(ServiceSession session, Alert alert, IEnumerable<EscalationTarget> targets)
    {
        var channels = session.Channels.List(alert.Org).Where(channel => !channel.Disabled).ToList();
        var tellings = new List<Telling>();
        foreach (var target in targets)
        {
            tellings.AddRange(target.Kind == TargetKind.Channel
                ? Over(target.Value, alert.Org, channels)
                : Users(session, alert, target).SelectMany(user => To(user, channels)));
        }

        return [.. tellings.Distinct()];
    }

    /// <summary>A user over every channel that reaches people by address, as far as theirs is known.</summary>
    public static IEnumerable<Telling> To(User user, IEnumerable<ChannelRecord> channels) =>
        from channel in channels
        where ChannelKinds.AddressOf(channel.Kind, user) is not null
        select new Telling(channel.Id, UserPrefix + user.Id);

    /// <summary>Whether a policy of an organisation may name a channel.</summary>
    public bool Knows(ServiceSession session, string org, string channel) =>
        channel == EscalationTarget.EveryChannel.Value || BuiltIn.Contains(channel) || session.Channels.Find(org, channel) is not null
        || (org == OrganisationId.First && serverChannels.Contains(channel));

    private static IEnumerable<User> Users(ServiceSession session, Alert alert, EscalationTarget target)
    {
        var users = target.Kind == TargetKind.User
            ? session.Users.Find(alert.Org, target.Value) is { } user ? [user] : []
            : session.Users.List(alert.Org).Where(user => user.Role == target.Value);
        return users.Where(user => user.DisabledAt is null && (alert.WearerId is null || user.WearerId != alert.WearerId));
    }

    private IEnumerable<Telling> Over(string name, string org, List<ChannelRecord> channels)
    {
        var every = name == EscalationTarget.EveryChannel.Value;
        IEnumerable<string> own = org == OrganisationId.First ? [.. BuiltIn, .. serverChannels] : BuiltIn;
        foreach (var channel in own.Distinct().Where(channel => every || channel == name)) yield return new Telling(channel, null);
        foreach (var channel in channels.Where(channel => every || channel.Id == name))
        {
            if (!ChannelKinds.IsPersonal(channel.Kind)) yield return new Telling(channel.Id, null);
            foreach (var address in ChannelKinds.OwnAddresses(channel)) yield return new Telling(channel.Id, address);
        }
    }
}
