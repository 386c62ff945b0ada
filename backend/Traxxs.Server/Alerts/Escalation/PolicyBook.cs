using System.Text.Json;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Escalation;

/// <summary>Keeps escalation policies. A change reckons the alerts under way anew, in the same transaction.</summary>
public sealed class PolicyBook(ServiceDatabase database, Escalator escalator, Recipients recipients, TimeProvider clock)
{
    /// <summary>Most policies of an organisation.</summary>
    public const int PoliciesMax = 100;

    /// <summary>An organisation's policies.</summary>
    public IReadOnlyList<PolicyRecord> List(string org) => database.Read(session => session.Policies.List(org));

    /// <summary>One policy, or null.</summary>
    public PolicyRecord? Find(string org, string id) => database.Read(session => session.Policies.Find(org, id));

    /// <summary>Adds a policy; <see cref="FormatException"/> names what is wrong with it.</summary>
    public PolicyRecord Add(string org, JsonElement json, string who) => database.Write(session =>
    {
        if (session.Policies.List(org).Count >= PoliciesMax) throw new FormatException($"policy: an organisation has at most {PoliciesMax}");
        return Put(session, org, Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), 1, json, who, "policy.created");
    });

    /// <summary>Replaces a policy; null where there is none.</summary>
    public PolicyRecord? Replace(string org, string id, JsonElement json, string who) => database.Write(session =>
        session.Policies.Find(org, id) is { } known ? Put(session, org, id, known.Version + 1, json, who, "policy.changed") : null);

    /// <summary>Removes a policy; false where there was none. Alerts that follow it go on by the organisation's.</summary>
    public bool Remove(string org, string id, string who) => database.Write(session =>
    {
        if (!session.Policies.Remove(org, id)) return false;
        session.Audit.Add(org, clock.GetUtcNow(), who, "policy.removed", $"policy:{id}");
        escalator.Reckon(session, org);
        return true;
    });

    private PolicyRecord Put(ServiceSession session, string org, string id, int version, JsonElement json, string who, string action)
    {
        var policy = EscalationJson.Read(json);
        Check(session, org, policy);
        var isDefault = json.TryGetProperty("default", out var word) && word.ValueKind == JsonValueKind.True;
        var record = new PolicyRecord(id, org, version, policy.Name, JsonSerializer.Serialize(EscalationJson.ToJson(policy)), isDefault, clock.GetUtcNow());
        session.Policies.Put(record);
        session.Audit.Add(org, record.ChangedAt, who, action, $"policy:{id}", policy.Name);
        escalator.Reckon(session, org);
        return record;
    }

    private void Check(ServiceSession session, string org, EscalationPolicy policy)
    {
        for (var tier = 0; tier < policy.Tiers.Length; tier++)
        {
            for (var i = 0; i < policy.Tiers[tier].Notify.Length; i++)
            {
                var target = policy.Tiers[tier].Notify[i];
                var exists = target.Kind switch
                {
                    TargetKind.User => session.Users.Find(org, target.Value) is { DisabledAt: null },
                    TargetKind.Channel => recipients.Knows(session, org, target.Value),
                    _ => true,
                };
                if (!exists) throw new FormatException($"tiers[{tier}].notify[{i}]: there is no {(target.Kind == TargetKind.User ? "user" : "channel")} \"{target.Value}\"");
            }
        }
    }
}
