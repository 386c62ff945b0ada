using System.Globalization;
using Traxxs.Protocol;
using Traxxs.Server.Devices;
using Traxxs.Server.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Firmware;

/// <summary>
/// Updates of devices: offered by people, driven by what devices say, ended by them or by time. A device has one at a time; a newer offer
/// takes the place of an older one. What comes of a device's word is committed with the cursor that read it.
/// </summary>
public sealed class UpdateDesk(ServiceDatabase database, TimeProvider clock)
{
    /// <summary>How long an offer stands: an insole in a drawer is charged once a week.</summary>
    public static readonly TimeSpan ValidFor = TimeSpan.FromDays(7);

    // Without a word for so long a device may have lost what it began, or the broker the offer: it hears it anew.
    private static readonly TimeSpan SilentMax = TimeSpan.FromMinutes(10);

    /// <summary>A device's update changed. Called after the commit.</summary>
    public event Action<string>? Changed;

    /// <summary>Something is to be sent. Called after the commit.</summary>
    public event Action? Queued;

    /// <summary>Offers a device an image; null where there is no such device. The flag is false where that very offer stands already.</summary>
    /// <exception cref="FirmwareException">There is no such image, or it is not newer than what the device says it runs.</exception>
    public (DeviceUpdate Update, bool IsNew)? Offer(string org, string deviceId, uint version, string who)
    {
        var offered = database.Write<(DeviceUpdate, bool)?>(session =>
        {
            if (session.Devices.Find(org, deviceId) is not { RevokedAt: null }) return null;
            var name = ImageVersion.Of(version);
            if (session.Firmware.Find(org, version) is not { } image) throw new FirmwareException(FirmwareException.NotFound, $"There is no firmware image {name}. Upload it first.");
            var runs = DeviceState.Stored(session.DeviceStates.Find(deviceId)).Firmware?.Value.Version;
            if (ImageVersion.TryRead(runs, out var running) && running >= version)
                throw new FirmwareException(FirmwareException.NotNewer, $"\"{deviceId}\" runs {runs} by its own word: boards take only what is newer.");
            if (session.Updates.Find(deviceId) is { IsUnderWay: true } standing && standing.Version == version) return (standing, false);
            var now = clock.GetUtcNow();
            session.Outbox.Overtake(UpdateCommand.Channel, deviceId, $"{name} is offered instead", now);
            var update = new DeviceUpdate
            {
                DeviceId = deviceId, Version = version, Size = image.Size, Offer = session.Outbox.Put(UpdateCommand.Offer(deviceId, version, now)),
                AskedAt = now, AskedBy = who, ExpiresAt = now + ValidFor,
            };
            session.Updates.Put(update);
            Forget(session, deviceId);
            session.Audit.Add(org, now, who, "update.offered", $"device:{deviceId}", name);
            return (update, true);
        });
        if (offered is (_, true)) Tell(deviceId);
        return offered;
    }

    /// <summary>Takes an offer back; null where there is no such device. What the device has of the image it keeps for another time.</summary>
    /// <exception cref="FirmwareException">None is under way.</exception>
    public DeviceUpdate? Withdraw(string org, string deviceId, string who)
    {
        var withdrawn = database.Write(session =>
        {
            if (session.Devices.Find(org, deviceId) is null) return null;
            if (session.Updates.Find(deviceId) is not { IsTaking: true } update)
                throw new FirmwareException(FirmwareException.NoUpdate, $"\"{deviceId}\" is offered no update and takes none.");
            return End(session, update, UpdateState.Withdrawn, who, clock.GetUtcNow());
        });
        if (withdrawn is not null) Tell(deviceId);
        return withdrawn;
    }

    /// <summary>Whether a report speaks of an update.</summary>
    internal static bool Concerns(AcceptedReport report) => report.Events.Any(one => UpdateProgress.IsWord(one.Code));

    /// <summary>Takes a report's words on the device's update; true where something changed.</summary>
    internal static bool Heed(ServiceSession session, AcceptedReport report, DateTimeOffset now)
    {
        if (!Concerns(report) || session.Updates.Find(report.DeviceId) is not { } before) return false;
        var update = before;
        for (var i = 0; i < report.Events.Length; i++)
        {
            var after = UpdateProgress.After(update, report.Events[i], UpdateProgress.VersionOf(report.Events, i), now);
            if (after == update) continue;
            if (report.Events[i].Code == EventCode.UpdateWants && after.Progress < after.Size)
            {
                session.Outbox.Overtake(UpdateCommand.Channel, report.DeviceId, "the device asked again", now);
                session.Outbox.Forget(UpdateCommand.PartsOf(report.DeviceId));
                var cause = string.Create(CultureInfo.InvariantCulture, $"{report.Epoch}/{report.Sequence}/{i}");
                session.Outbox.TryAdd(UpdateCommand.Part(report.DeviceId, (uint)after.Version, after.Progress, cause, now));
            }

            if (after.State != update.State) WriteDown(session, after, $"device:{report.DeviceId}", now);
            update = after;
        }

        if (update == before) return false;
        if (!update.IsTaking) session.Outbox.Overtake(UpdateCommand.Channel, report.DeviceId, "the update has ended", now);
        session.Updates.Put(update);
        return true;
    }

    /// <summary>
    /// A device is back: an offer it may not have heard goes out again, under its number as long as it may be on its way, under a new one
    /// where the device may have forgotten what it began.
    /// </summary>
    internal void Repeat(string deviceId)
    {
        var now = clock.GetUtcNow();
        if (!database.Read(session => Repeats(session, deviceId, now) is not null)) return;
        database.Write(session =>
        {
            if (Repeats(session, deviceId, now) is not var (update, sent)) return;
            if (IsSilent(update, sent, now))
            {
                session.Outbox.Overtake(UpdateCommand.Channel, deviceId, "offered again", now);
                session.Updates.Put(update with { Offer = session.Outbox.Put(UpdateCommand.Offer(deviceId, (uint)update.Version, now)) });
                Forget(session, deviceId);
            }
            else
            {
                session.Outbox.Reopen(sent.Id, now);
            }
        });
        Queued?.Invoke();
    }

    /// <summary>Ends updates whose time is over.</summary>
    internal void Expire()
    {
        var now = clock.GetUtcNow();
        if (database.Read(session => session.Updates.Expired(now)).Count == 0) return;
        var ended = database.Write(session => session.Updates.Expired(now).Select(update => End(session, update, UpdateState.Expired, "system", now)).ToList());
        Tell([.. ended.Select(update => update.DeviceId)]);
    }

    /// <summary>Tells who listens of updates that changed.</summary>
    internal void Tell(params IReadOnlyCollection<string> deviceIds)
    {
        foreach (var deviceId in deviceIds) Changed?.Invoke(deviceId);
        if (deviceIds.Count > 0) Queued?.Invoke();
    }

    // An offer that still waits for the device needs no repetition, nor does one whose image the device is asking for.
    private static (DeviceUpdate Update, OutboxEntry Sent)? Repeats(ServiceSession session, string deviceId, DateTimeOffset now) =>
        session.Updates.Find(deviceId) is { IsTaking: true } update && update.ExpiresAt > now
        && session.Outbox.Find(null, update.Offer) is { State: not OutboxState.Pending } sent
        && (update.State == UpdateState.Offered || IsSilent(update, sent, now)) ? (update, sent) : null;

    private static bool IsSilent(DeviceUpdate update, OutboxEntry sent, DateTimeOffset now) =>
        now - (update.ToldAt > sent.CreatedAt ? update.ToldAt.Value : sent.CreatedAt) >= SilentMax;

    private static void Forget(ServiceSession session, string deviceId)
    {
        session.Outbox.Forget(UpdateCommand.OffersOf(deviceId));
        session.Outbox.Forget(UpdateCommand.PartsOf(deviceId));
    }

    private static DeviceUpdate End(ServiceSession session, DeviceUpdate update, UpdateState state, string who, DateTimeOffset now)
    {
        var ended = update with { State = state, EndedAt = now };
        session.Updates.Put(ended);
        session.Outbox.Overtake(UpdateCommand.Channel, update.DeviceId, "the update has ended", now);
        WriteDown(session, ended, who, now);
        return ended;
    }

    private static void WriteDown(ServiceSession session, DeviceUpdate update, string who, DateTimeOffset now)
    {
        var reason = update.Reason is { } number ? $": {UpdateWords.OfRefusal(number)}" : "";
        session.Audit.Add(session.Devices.OrgOf(update.DeviceId), now, who, $"update.{UpdateWords.Of(update.State)}", $"device:{update.DeviceId}", ImageVersion.Of(update.Version) + reason);
    }
}
