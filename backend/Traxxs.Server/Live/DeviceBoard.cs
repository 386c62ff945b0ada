using System.Collections.Concurrent;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Ingest;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Live;

/// <summary>
/// How each device stands, by the newest it said: what the device list shows. In memory, read from the store at the
/// start. A report that comes late adds nothing newer than what is known, but the device was heard.
/// </summary>
/// <param name="orgOf">Organisation of a device; null puts every device into the first.</param>
public sealed class DeviceBoard(Func<string, string>? orgOf = null) : IReportConsumer
{
    private readonly ConcurrentDictionary<string, DeviceStatus> _devices = new(StringComparer.Ordinal);

    /// <summary>A device was heard, came or went; with the report, where there is one.</summary>
    public event Action<DeviceStatus, AcceptedReport?>? Changed;

    /// <summary>Every device of an organisation that was heard; null for all.</summary>
    public IEnumerable<DeviceStatus> All(string? org) => _devices.Values.Where(status => org is null || status.Org == org);

    /// <summary>One device of an organisation (null for any), or null where it was never heard.</summary>
    public DeviceStatus? Find(string? org, string deviceId) =>
        _devices.TryGetValue(deviceId, out var status) && (org is null || status.Org == org) ? status : null;

    /// <summary>Forgets where a device was: that place was erased.</summary>
    public void ForgetPosition(string deviceId)
    {
        if (_devices.TryGetValue(deviceId, out var known)) _devices.TryUpdate(deviceId, known with { Position = null }, known);
    }

    /// <summary>Reads what is stored.</summary>
    public void Load(IReportStore store, Func<StoredReport, AcceptedReport?> decode)
    {
        foreach (var newestByFix in store.ReadNewestOfEachDevice())
        {
            foreach (var stored in (IEnumerable<StoredReport>)[newestByFix, .. store.ReadNewest(newestByFix.Report.DeviceId, 1)])
            {
                if (decode(stored) is { } report) Take(report);
            }
        }
    }

    /// <summary>Takes over when a device's connection last came or went, where nothing newer was heard. Tells nobody.</summary>
    public void LoadContact(string deviceId, bool connected, DateTimeOffset time)
    {
        var known = Known(deviceId);
        if (known.ConnectionChangedAt >= time) return;
        _devices[deviceId] = known with { Connected = connected, ConnectionChangedAt = time };
    }

    /// <summary>Forgets all but who is connected and reads what is stored: places may have been erased without a word.</summary>
    public void LoadAnew(IReportStore store, Func<StoredReport, AcceptedReport?> decode)
    {
        foreach (var (deviceId, known) in _devices)
            _devices[deviceId] = new DeviceStatus(deviceId, known.Org) { Connected = known.Connected, ConnectionChangedAt = known.ConnectionChangedAt };
        Load(store, decode);
    }

    /// <inheritdoc/>
    public void Accept(AcceptedReport report) => Changed?.Invoke(Take(report), report);

    /// <inheritdoc/>
    public void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime)
    {
        var status = Known(deviceId) with { Connected = connected, ConnectionChangedAt = serverTime };
        _devices[deviceId] = status;
        Changed?.Invoke(status, null);
    }

    private DeviceStatus Take(AcceptedReport report)
    {
        var known = Known(report.DeviceId);
        var saidAt = report.DeviceTime ?? report.ServerTime;
        var status = known with { HeardAt = Later(known.HeardAt, report.ServerTime) };
        if (known.SaidAt is null || saidAt >= known.SaidAt)
        {
            status = status with
            {
                SaidAt = saidAt,
                Battery = report.Battery ?? known.Battery,
                Activity = report.Activity ?? known.Activity,
                StepsTotal = report.StepsTotal ?? known.StepsTotal,
                Backlog = report.Backlog,
                NextContactAt = saidAt + report.NextContact,
            };
        }

        if (!report.Fixes.IsEmpty && (known.Position is null || report.Fixes[^1].FixTime > known.Position.FixTime))
        {
            status = status with { Position = report.Fixes[^1].ToPosition() };
        }

        return _devices[report.DeviceId] = status;
    }

    private DeviceStatus Known(string deviceId) =>
        Find(null, deviceId) ?? new DeviceStatus(deviceId, orgOf?.Invoke(deviceId) ?? OrganisationId.First);

    private static DateTimeOffset Later(DateTimeOffset? a, DateTimeOffset b) => a is { } known && known > b ? known : b;
}

/// <summary>How a device stands.</summary>
/// <param name="DeviceId">Identity.</param>
/// <param name="Org">Organisation it belongs to.</param>
public sealed record DeviceStatus(string DeviceId, string Org)
{
    /// <summary>When the server last got a report; null for never.</summary>
    public DateTimeOffset? HeardAt { get; init; }

    /// <summary>When its newest report was closed, by its own clock.</summary>
    public DateTimeOffset? SaidAt { get; init; }

    /// <summary>By when it speaks again, by its newest report.</summary>
    public DateTimeOffset? NextContactAt { get; init; }

    /// <summary>Whether it is connected now.</summary>
    public bool Connected { get; init; }

    /// <summary>When its connection last came or went.</summary>
    public DateTimeOffset? ConnectionChangedAt { get; init; }

    /// <summary>Battery as last said.</summary>
    public BatteryReading? Battery { get; init; }

    /// <summary>What the wearer was doing.</summary>
    public ActivityCode? Activity { get; init; }

    /// <summary>Steps of this foot since the epoch began.</summary>
    public long? StepsTotal { get; init; }

    /// <summary>Reports waiting on the device, as last said; null where it said none.</summary>
    public (int Reports, TimeSpan OldestAge)? Backlog { get; init; }

    /// <summary>Newest position by fix time.</summary>
    public AlertPosition? Position { get; init; }
}
