using Traxxs.Server.Devices;
using Traxxs.Server.History;
using Traxxs.Server.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>A page of devices.</summary>
/// <param name="Devices">By id.</param>
/// <param name="Next">Cursor of the next page; null where this is the last.</param>
internal sealed record DevicePage(IReadOnlyList<DeviceListItem> Devices, string? Next);

/// <summary>A device in a list.</summary>
internal sealed record DeviceListItem(DeviceView Device, int OpenAlerts);

/// <summary>Everything known of one device.</summary>
/// <param name="Device">Identity and status.</param>
/// <param name="ProvisionedAt">When it was first made known.</param>
/// <param name="Contract">When it speaks next by its own word.</param>
/// <param name="Firmware">What it runs.</param>
/// <param name="Health">Its counters since its start.</param>
/// <param name="Trace">What happened inside, newest first.</param>
/// <param name="SelfTest">A bit for each part that failed its last self-test.</param>
/// <param name="Update">The last update it was offered; null where it never was.</param>
internal sealed record DeviceDetail(
    DeviceView Device, double? ProvisionedAt, ContractView? Contract, Told<FirmwareNews>? Firmware, Told<HealthNews>? Health,
    Told<IReadOnlyList<TraceEntry>>? Trace, Told<int>? SelfTest, UpdateView? Update);

/// <summary>A device's contract of silence.</summary>
/// <param name="DueAt">When it is missed if it does not speak.</param>
/// <param name="HeardAt">When it spoke last.</param>
/// <param name="MissedAlert">The alert that says it is missed.</param>
internal sealed record ContractView(double? DueAt, double? HeardAt, string? MissedAlert);

/// <summary>A secret, this once.</summary>
internal sealed record IssuedSecret(string Id, string Secret, string UserName, IssuedTopics Topics);

/// <summary>Where a device publishes and listens.</summary>
internal sealed record IssuedTopics(string Up, string Down, string State);

/// <summary>What waits on a device, and how long it lasts.</summary>
/// <param name="Backlog">Reports waiting on it, as last said; 0 where it said none wait; null where it was never heard.</param>
/// <param name="OldestAgeS">Age of the oldest when it said so, s.</param>
/// <param name="Connected">Whether it is connected now.</param>
/// <param name="LastContactAt">When it was heard last.</param>
/// <param name="NextContactAt">By when it speaks again.</param>
/// <param name="Battery">As last said.</param>
/// <param name="BatteryForecast">When it is empty, or why that is not known yet.</param>
/// <param name="Dropped">Reports it had to drop since its start; null where it did not say.</param>
/// <param name="Corrupted">Reports it found unreadable since its start; null where it did not say.</param>
internal sealed record BufferView(
    int? Backlog, double? OldestAgeS, bool Connected, double? LastContactAt, double? NextContactAt, BatteryView? Battery,
    BatteryForecast BatteryForecast, long? Dropped, long? Corrupted);

/// <summary>A command and how far it came.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Command">Its word.</param>
/// <param name="State"><c>waiting</c> for the device, <c>sent</c> to it, <c>done</c>: its effect was seen, or <c>expired</c>.</param>
/// <param name="At">When it was given.</param>
/// <param name="By">By whom.</param>
/// <param name="ExpiresAt">When it is void.</param>
/// <param name="SentAt">When it went to the device.</param>
/// <param name="DoneAt">When its effect was seen.</param>
internal sealed record CommandView(long Id, string Command, string State, double At, string By, double ExpiresAt, double? SentAt, double? DoneAt)
{
    public static CommandView Of(DeviceCommand command) => new(
        command.Number, CommandCatalogue.Find(command.Code)?.Word ?? command.Code.ToString(System.Globalization.CultureInfo.InvariantCulture),
        command.Outcome ?? (command.SentAt is null ? "waiting" : "sent"),
        UnixTime.Of(command.AskedAt), command.AskedBy, UnixTime.Of(command.ExpiresAt), UnixTime.Of(command.SentAt),
        command.Outcome == "done" ? UnixTime.Of(command.EndedAt) : null);
}

/// <summary>A page of commands.</summary>
internal sealed record CommandPage(IReadOnlyList<CommandView> Commands, long? Next);

/// <summary>What a device is to be configured with, and what it says it is.</summary>
/// <param name="Desired">What it is to have.</param>
/// <param name="Own">Settings chosen for this device; the organisation's stand behind them.</param>
/// <param name="Reported">What it said last; null where it said nothing yet.</param>
/// <param name="State"><c>in-force</c>, <c>pending</c> until the device says so, or <c>refused</c> by it.</param>
/// <param name="Catalogue">Every setting there is.</param>
internal sealed record ConfigurationView(
    DesiredView Desired, IReadOnlyDictionary<string, int> Own, ReportedView? Reported, string State, IReadOnlyList<SettingView> Catalogue)
{
    public static ConfigurationView Of(DesiredConfiguration? desired, ChosenSettings? own, Told<ConfigurationNews>? reported) => new(
        new DesiredView(desired?.Version ?? 0, DeviceSettings.Stored(desired?.Settings).Values, UnixTime.Of(desired?.ChangedAt)),
        DeviceSettings.Stored(own?.Settings).Values,
        reported is null ? null : new ReportedView(
            reported.Value.Version, SettingCatalogue.Find(reported.Value.Problem)?.Name ?? NumberOf(reported.Value.Problem),
            reported.Value.Problem == 0 ? null : reported.Value.RefusedVersion, reported.At),
        StateOf(desired?.Version ?? 0, reported?.Value),
        SettingView.All);

    private static string? NumberOf(int problem) => problem == 0 ? null : $"setting {problem}";

    private static string StateOf(long desired, ConfigurationNews? reported)
    {
        if (reported is { Problem: not 0 } && reported.RefusedVersion == desired) return "refused";
        return desired == (reported?.Version ?? 0) ? "in-force" : "pending";
    }
}

/// <summary>What a device is to have.</summary>
/// <param name="Version">0 where it is to have what its firmware was built with.</param>
/// <param name="Settings">All in all; what is not named is built in.</param>
/// <param name="At">Since when.</param>
internal sealed record DesiredView(long Version, IReadOnlyDictionary<string, int> Settings, double? At);

/// <summary>What a device said of its configuration.</summary>
/// <param name="Version">In force.</param>
/// <param name="Problem">The setting it refused a newer one for; null where it refused none.</param>
/// <param name="RefusedVersion">The version it refused.</param>
/// <param name="At">When it said so.</param>
internal sealed record ReportedView(long Version, string? Problem, long? RefusedVersion, double At);

/// <summary>One setting.</summary>
internal sealed record SettingView(int Id, string Name, string Unit, int Min, int Max, int Default, string Meaning)
{
    public static IReadOnlyList<SettingView> All { get; } =
        [.. SettingCatalogue.All.Select(setting => new SettingView((int)setting.Code, setting.Name, setting.Unit, setting.Min, setting.Max, setting.Default, setting.Meaning))];
}

/// <summary>Settings chosen for all devices of an organisation.</summary>
internal sealed record DefaultConfigurationView(IReadOnlyDictionary<string, int> Settings, double? At, string? By, IReadOnlyList<SettingView> Catalogue);
