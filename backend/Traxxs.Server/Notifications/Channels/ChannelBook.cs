using System.Collections.Concurrent;
using System.Text.Json;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications.Channels;

/// <summary>Keeps an organisation's channels in the database, and puts them to work where the outbox is.</summary>
internal sealed class ChannelBook(ServiceDatabase database, ChannelFactory factory, TimeProvider clock)
{
    /// <summary>Most channels of an organisation: each has a loop of its own.</summary>
    public const int ChannelsMax = 50;

    private const int NameMax = 100;
    private const int SecretMin = 16;
    private const int SecretMax = 500;
    private static readonly TimeSpan TestMax = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, bool> _atWork = new(StringComparer.Ordinal);

    /// <summary>A channel was added, changed or removed. Called after the commit.</summary>
    public event Action<string>? ChannelChanged;

    /// <summary>Puts every channel that stands to work, and takes out those that stand no more.</summary>
    public void PutAllToWork(OutboxWorker outbox)
    {
        var standing = database.Read(session => session.Channels.List(null));
        foreach (var record in standing) PutToWork(outbox, record.Id, record);
        foreach (var gone in _atWork.Keys.Except(standing.Select(record => record.Id)).ToList()) PutToWork(outbox, gone, null);
    }

    /// <summary>Puts one channel to work as it stands now, or takes it out.</summary>
    public void PutToWork(OutboxWorker outbox, string id) => PutToWork(outbox, id, database.Read(session => session.Channels.Find(null, id)));

    /// <summary>An organisation's channels.</summary>
    public IReadOnlyList<ChannelRecord> List(string org) => database.Read(session => session.Channels.List(org));

    /// <summary>One channel, or null.</summary>
    public ChannelRecord? Find(string org, string id) => database.Read(session => session.Channels.Find(org, id));

    /// <summary>Adds a channel; <see cref="FormatException"/> names what is wrong with it.</summary>
    public ChannelRecord Add(string org, JsonElement json, string who)
    {
        var kind = TextOf(json, "kind") ?? "";
        if (!ChannelKinds.All.Contains(kind)) throw new FormatException($"kind: must be one of {string.Join(", ", ChannelKinds.All)}; live and log are there by themselves");
        if (kind == ChannelKinds.Mqtt && org is "up" or "down" or "state") throw new FormatException("kind: an organisation of this name has no MQTT topic, because a device's topics end so");
        var usual = ChannelKinds.UsualLimit(kind);
        var fresh = new ChannelRecord
        {
            Id = "c-" + Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"), Org = org, Version = 0, Kind = kind, Name = "", Settings = "",
            LimitCount = usual?.Count, LimitSpan = usual?.Within ?? TimeSpan.Zero, ChangedAt = default,
        };
        if (database.Read(session => session.Channels.List(org).Count) >= ChannelsMax) throw new FormatException($"channel: an organisation has at most {ChannelsMax}");
        return Put(Changed(fresh, json), who, "channel.created");
    }

    /// <summary>Changes what is named of a channel; null where there is none.</summary>
    public ChannelRecord? Change(string org, string id, JsonElement json, string who) =>
        Find(org, id) is { } known ? Put(Changed(known, json), who, "channel.changed") : null;

    /// <summary>Removes a channel; what waits on it is given up. Null where there is none; else the policies that name it and keep it.</summary>
    public IReadOnlyList<string>? Remove(string org, string id, string who)
    {
        var keepers = database.Write<IReadOnlyList<string>?>(session =>
        {
            if (session.Channels.Find(org, id) is not { } known) return null;
            var named = session.Policies.List(org).Where(policy => EscalationJson.Read(policy.Definition).Tiers
                .Any(tier => tier.Notify.Contains(new EscalationTarget(TargetKind.Channel, id)))).Select(policy => policy.Name).ToList();
            if (named.Count > 0) return named;
            session.Channels.Remove(org, id);
            session.Outbox.GiveUp(id, "the channel was removed", clock.GetUtcNow());
            session.Audit.Add(org, clock.GetUtcNow(), who, "channel.removed", $"channel:{id}", known.Name);
            return [];
        });
        if (keepers is { Count: 0 }) ChannelChanged?.Invoke(id);
        return keepers;
    }

    /// <summary>Sends a test over a channel now: to an address, or to whom it reaches by itself, or to whoever asks.</summary>
    public async Task<Delivery> TestAsync(ChannelRecord record, string? to, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var alert = new Alert { Id = "test", Key = "test", Org = record.Org, DeviceId = "no-device", Rule = "test", Severity = AlertSeverity.Info, RaisedAt = now, EventTime = now, Summary = "test of a channel" };
        var result = Delivery.Skipped("it reaches nobody: name an address in to");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TestMax);
        foreach (var recipient in TestRecipients(record, to, actor))
        {
            var entry = new OutboxEntry { Key = "test", Channel = record.Id, Kind = "test", Recipient = recipient, AlertId = alert.Id, Org = record.Org, DueAt = now, CreatedAt = now };
            result = await OutboxWorker.AttemptAsync(factory.Make(record), entry, alert, limit.Token);
            if (result.Outcome != DeliveryOutcome.Taken) break;
        }

        database.Write(session => session.Audit.Add(record.Org, clock.GetUtcNow(), actor.Name, "channel.tested", $"channel:{record.Id}",
            result.Outcome == DeliveryOutcome.Taken ? "taken" : result.Reason));
        return result;
    }

    private static IEnumerable<string?> TestRecipients(ChannelRecord record, string? to, Actor actor)
    {
        if (!ChannelKinds.IsPersonal(record.Kind)) return [null];
        if (to is not null) return [to];
        if (ChannelKinds.OwnAddresses(record) is { Count: > 0 } own) return own;
        return actor.Kind == ActorKind.User ? [Recipients.UserPrefix + actor.Id] : [];
    }

    private ChannelRecord Put(ChannelRecord record, string who, string action)
    {
        factory.Make(record); // what cannot be made is not kept
        database.Write(session =>
        {
            session.Channels.Put(record);
            if (record.Disabled) session.Outbox.GiveUp(record.Id, "the channel is off", record.ChangedAt);
            session.Audit.Add(record.Org, record.ChangedAt, who, action, $"channel:{record.Id}", record.Name);
        });
        ChannelChanged?.Invoke(record.Id);
        return record;
    }

    private void PutToWork(OutboxWorker outbox, string id, ChannelRecord? record)
    {
        if (record is { Disabled: false })
        {
            outbox.Use(factory.Make(record));
            _atWork[id] = true;
            return;
        }

        outbox.Drop(id);
        _atWork.TryRemove(id, out _);
    }

    private ChannelRecord Changed(ChannelRecord known, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new FormatException("channel: must be an object");
        var record = known with { Version = known.Version + 1, ChangedAt = clock.GetUtcNow() };
        foreach (var property in json.EnumerateObject())
        {
            record = property.Name switch
            {
                "name" => record with { Name = TextOf(json, "name")?.Trim() ?? "" },
                "settings" => record with { Settings = ChannelSettings.ToJson(ChannelSettings.Read(record.Kind, property.Value)) },
                "secret" => record with { Secret = SecretOf(property.Value) },
                "enabled" => record with { Disabled = property.Value.ValueKind switch { JsonValueKind.True => false, JsonValueKind.False => true, _ => throw new FormatException("enabled: must be true or false") } },
                "limit" => WithLimit(record, property.Value),
                "kind" or "id" or "version" or "hasSecret" or "changedAt" => record,
                _ => throw new FormatException($"{property.Name}: there is no such key"),
            };
        }

        if (record.Name.Length is 0 or > NameMax) throw new FormatException($"name: must have 1 to {NameMax} characters");
        if (record.Settings.Length == 0) record = record with { Settings = ChannelSettings.ToJson(ChannelSettings.Read(record.Kind, JsonDocument.Parse("{}").RootElement)) };
        CheckSecret(record);
        return record;
    }

    private static void CheckSecret(ChannelRecord record)
    {
        var needed = record.Kind is ChannelKinds.Webhook or ChannelKinds.SmsTwilio or ChannelKinds.SmsWebhook
            || (ChannelSettings.Parse(record.Kind, record.Settings) is MailSettings { User: not null });
        if (needed && record.Secret is null) throw new FormatException("secret: this channel needs one");
        if (record is { Kind: ChannelKinds.Webhook, Secret.Length: < SecretMin }) throw new FormatException($"secret: must have {SecretMin} characters or more");
    }

    private static string? SecretOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String when value.GetString() is { Length: > 0 and <= SecretMax } text && !text.Any(char.IsControl) => text,
        _ => throw new FormatException($"secret: must have 1 to {SecretMax} characters"),
    };

    private static ChannelRecord WithLimit(ChannelRecord record, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return record with { LimitCount = null, LimitSpan = TimeSpan.Zero };
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("count", out var count) && count.TryGetInt32(out var n) && n is >= 1 and <= 10_000
            && value.TryGetProperty("perS", out var span) && span.TryGetInt32(out var s) && s is >= 1 and <= 86_400)
        {
            return record with { LimitCount = n, LimitSpan = TimeSpan.FromSeconds(s) };
        }

        throw new FormatException("limit: must be {\"count\": 1 to 10000, \"perS\": 1 to 86400}, or null for none");
    }

    private static string? TextOf(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
