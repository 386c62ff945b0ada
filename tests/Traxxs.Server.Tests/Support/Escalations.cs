using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Support;

/// <summary>Policies and people, written short.</summary>
internal static class Escalations
{
    private static readonly string[] Channels = ["log", "mail", "stub", "live"];

    /// <summary>An escalator of tiers, each some channels and the minutes to acknowledge.</summary>
    public static Escalator Of(params (string[] Channels, int Minutes)[] tiers) => new(Policy(tiers), new Recipients(Channels));

    public static EscalationPolicy Policy(params (string[] Channels, int Minutes)[] tiers) => new("Test",
        [.. tiers.Select(tier => new EscalationTier([.. tier.Channels.Select(channel => new EscalationTarget(TargetKind.Channel, channel))], TimeSpan.FromMinutes(tier.Minutes), 0))]);

    /// <summary>A user of the first organisation.</summary>
    public static Actor Person(string name, Role role = Role.Responder, string? wearer = null) => new(ActorKind.User, name, name, role, OrganisationId.First, wearer);

    /// <summary>Adds a user whose id is their name.</summary>
    public static User AddUser(this ServiceSession session, string name, string role = "responder", string org = OrganisationId.First, string? phone = null, string? wearer = null)
    {
        var user = new User { Id = name, Org = org, Email = $"{name}@example.org", Name = name, Role = role, Phone = phone, CreatedAt = Reports.Start, WearerId = wearer };
        session.Users.Put(user);
        return user;
    }

    /// <summary>Adds a wearer whose id is their name, with a device.</summary>
    public static void AddWearer(this ServiceSession session, string name, string device, string? policy = null, string? hours = null, string org = OrganisationId.First)
    {
        session.Devices.Put(new DeviceIdentity(device, org, null, [1], [1], Reports.Start, null));
        session.Wearers.Put(new Wearer { Id = name, Org = org, Name = name, CreatedAt = Reports.Start, Policy = policy, WorkingHours = hours });
        session.Assignments.Assign(device, name, Reports.At(-1e6));
    }
}
