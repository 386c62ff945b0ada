using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Live;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>A device as the API writes it.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">For people.</param>
/// <param name="Provisioned">Whether it has credentials.</param>
/// <param name="Revoked">Whether they are void.</param>
/// <param name="Wearer">Who wears it; null for nobody.</param>
/// <param name="Status">How it stands; null where it was never heard.</param>
public sealed record DeviceView(string Id, string? Name, bool Provisioned, bool Revoked, WearerView? Wearer, DeviceStatusView? Status)
{
    /// <summary>A device's view, of what is known: its identity, its status, or both; without a place that is not to be shown.</summary>
    public static DeviceView Of(string id, DeviceIdentity? identity, DeviceStatus? status, DeviceLocation location) => new(
        id, identity?.Name, identity is not null, identity?.RevokedAt is not null,
        location.Wearer is { } wearer ? new WearerView(wearer.Id, wearer.Name) : null, status is null ? null : DeviceStatusView.Of(status, location));
}

/// <summary>How a device stands, as the API and the live feed write it. Times are s since 1970 UTC.</summary>
public sealed record DeviceStatusView(
    bool Connected, double? HeardAt, double? NextContactAt, BatteryView? Battery, string? Activity, long? StepsTotal, BacklogView? Backlog,
    PositionView? Position, string? LocationHidden)
{
    /// <summary>A status's view, without a place that is not to be shown.</summary>
    public static DeviceStatusView Of(DeviceStatus status, DeviceLocation location)
    {
        var hidden = status.Position is { } position ? location.WhyLastHidden(position.FixTime) : null;
        return Of(status, hidden is null ? status.Position : null, DeviceLocation.WordOf(hidden));
    }

    private static DeviceStatusView Of(DeviceStatus status, AlertPosition? position, string? hidden) => new(
        status.Connected, UnixTime.Of(status.HeardAt), UnixTime.Of(status.NextContactAt),
        BatteryView.Of(status.Battery),
        status.Activity?.ToString().ToLowerInvariant(), status.StepsTotal,
        status.Backlog is { } backlog ? new BacklogView(backlog.Reports, backlog.OldestAge.TotalSeconds) : null,
        PositionView.Of(position), hidden);
}

/// <summary>Battery as reported.</summary>
/// <param name="Millivolts">Voltage.</param>
/// <param name="Percent">State of charge.</param>
/// <param name="Charging">Whether the charger is connected.</param>
public sealed record BatteryView(int Millivolts, int Percent, bool Charging)
{
    /// <summary>A battery's view.</summary>
    public static BatteryView? Of(BatteryReading? battery) => battery is { } known ? new(known.Millivolts, known.Percent, known.Charging) : null;
}

/// <summary>What waits on the device.</summary>
/// <param name="Reports">How many reports.</param>
/// <param name="OldestAgeS">Age of the oldest, s.</param>
public sealed record BacklogView(int Reports, double OldestAgeS);
