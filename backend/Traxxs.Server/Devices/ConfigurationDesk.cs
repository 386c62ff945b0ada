using Traxxs.Store.Service;

namespace Traxxs.Server.Devices;

/// <summary>
/// What devices are to be configured with. People choose settings for a device and for all of an organisation; the device's
/// own win, setting by setting. What comes of it for a device is one whole with a version, which grows whenever it changes:
/// the device takes the newest and ignores what is older.
/// </summary>
public sealed class ConfigurationDesk(ServiceDatabase database, TimeProvider clock)
{
    /// <summary>Something is to be published. Called after the commit.</summary>
    public event Action? Changed;

    /// <summary>Chooses settings for a device (or, null, for all of the organisation) in place of what was chosen before.</summary>
    /// <exception cref="SettingException">They do not go together on some device.</exception>
    public void Choose(string org, string? deviceId, DeviceSettings settings, string who)
    {
        database.Write(session =>
        {
            var now = clock.GetUtcNow();
            session.Configurations.Choose(new ChosenSettings(org, deviceId, settings.ToJson(), now, who));
            session.Audit.Add(org, now, who, "configuration.chosen", deviceId is null ? $"organisation:{org}" : $"device:{deviceId}", settings.ToJson());
            if (deviceId is not null) Renew(session, org, deviceId, now);
            else
            {
                foreach (var device in session.Devices.List(org)) Renew(session, org, device.Id, now);
            }
        });
        Changed?.Invoke();
    }

    /// <summary>Sees to it that a device is to have what its organisation chose: it may have been provisioned since.</summary>
    public void Ensure(string org, string deviceId)
    {
        if (!database.Read(session => session.Configurations.Find(deviceId) is null && session.Configurations.Chosen(org, null) is not null)) return;
        if (database.Write(session => Renew(session, org, deviceId, clock.GetUtcNow()))) Changed?.Invoke();
    }

    /// <summary>
    /// Takes a device's word on its configuration: one that has a newer version than it should (an older state of this
    /// server gave it) gets a newer one still; one that lacks what it should have is told again.
    /// </summary>
    public static bool Heed(ServiceSession session, string deviceId, Ingest.ConfigurationNews news, DateTimeOffset now)
    {
        if (session.Configurations.Find(deviceId) is not { } desired) return false;
        if (news.Version == desired.Version || news.RefusedVersion == desired.Version) return false;
        var known = Math.Max(news.Version, news.RefusedVersion);
        session.Configurations.Put(known > desired.Version
            ? desired with { Version = known + 1, PublishedAt = null, ChangedAt = now }
            : desired with { PublishedAt = null });
        return true;
    }

    /// <summary>Something is to be published.</summary>
    public void Wake() => Changed?.Invoke();

    private static bool Renew(ServiceSession session, string org, string deviceId, DateTimeOffset now)
    {
        var settings = DeviceSettings.Stored(session.Configurations.Chosen(org, deviceId)?.Settings)
            .Over(DeviceSettings.Stored(session.Configurations.Chosen(org, null)?.Settings));
        if (settings.Problem() is { } problem) throw new SettingException(problem.Name, $"{problem.Why} (on {deviceId})");
        var (before, json) = (session.Configurations.Find(deviceId), settings.ToJson());
        if (before is null ? settings.Values.Count == 0 : before.Settings == json) return false;
        session.Configurations.Put(new DesiredConfiguration(deviceId, (before?.Version ?? 0) + 1, json, now, null));
        return true;
    }
}
