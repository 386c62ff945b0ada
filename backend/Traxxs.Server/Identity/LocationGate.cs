using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// Whether a place may be shown. Nobody sees where a wearer is without consent or outside working hours, whatever their
/// role, except while an urgent alert of that wearer is open; what an alert itself carries is shown. Everything that gives
/// positions away asks here: API, live feed, exports to others. What is known of a device is kept until something about it
/// changes, so that asking costs no database.
/// </summary>
public sealed class LocationGate(ServiceDatabase database)
{
    /// <summary>
    /// Least severity of an alert that opens the gate: somebody may be in danger. A low battery is no reason to look.
    /// </summary>
    public const AlertSeverity Urgent = AlertSeverity.High;

    /// <summary>How long before an open alert's event places are shown: the way somebody came is where to look for them.</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, DeviceLocation> _known = new(StringComparer.Ordinal);
    private long _version;

    /// <summary>What holds for a device's places.</summary>
    public DeviceLocation Of(string deviceId)
    {
        if (_known.TryGetValue(deviceId, out var known)) return known;
        // What is read while something changes is used once and not kept.
        var version = Interlocked.Read(ref _version);
        var read = database.Read(session => Read(session, deviceId));
        Keep(deviceId, read, version);
        return read;
    }

    /// <summary>Reads what is not known yet of many devices, at once.</summary>
    public void Warm(IEnumerable<string> deviceIds)
    {
        var missing = deviceIds.Where(deviceId => !_known.ContainsKey(deviceId)).ToList();
        if (missing.Count == 0) return;
        var version = Interlocked.Read(ref _version);
        var read = database.Read(session => missing.ConvertAll(deviceId => Read(session, deviceId)));
        for (var i = 0; i < missing.Count; i++) Keep(missing[i], read[i], version);
    }

    /// <summary>Whether the place of a device at a fix time is not shown.</summary>
    public bool Hides(string deviceId, DateTimeOffset fixTime) => Of(deviceId).WhyHidden(fixTime) is not null;

    /// <summary>An alert of this device was raised or changed. Called after the commit.</summary>
    public void Forget(string deviceId)
    {
        Interlocked.Increment(ref _version);
        _known.TryRemove(deviceId, out _);
    }

    /// <summary>A wearer's consent, hours or device changed. Called after the commit.</summary>
    public void ForgetAll()
    {
        Interlocked.Increment(ref _version);
        _known.Clear();
    }

    private void Keep(string deviceId, DeviceLocation read, long version)
    {
        if (version == Interlocked.Read(ref _version)) _known[deviceId] = read;
        if (version != Interlocked.Read(ref _version)) _known.TryRemove(deviceId, out _);
    }

    private static DeviceLocation Read(ServiceSession session, string deviceId)
    {
        var wearers = new Dictionary<string, WearerLocation>(StringComparer.Ordinal);
        var spans = ImmutableArray.CreateBuilder<(Assignment, WearerLocation)>();
        foreach (var assignment in session.Assignments.OfDevice(deviceId))
        {
            if (!wearers.TryGetValue(assignment.WearerId, out var location))
            {
                if (session.Wearers.Find(null, assignment.WearerId) is not { } wearer) continue;
                var since = session.Alerts.OpenSince(wearer.Id, Urgent);
                wearers[wearer.Id] = location = new WearerLocation(wearer, HoursOf(wearer), since - LookBack);
            }

            spans.Add((assignment, location));
        }

        return new DeviceLocation(spans.DrainToImmutable());
    }

    private static Schedule? HoursOf(Wearer wearer)
    {
        if (wearer.WorkingHours is null) return null;
        using var json = JsonDocument.Parse(wearer.WorkingHours);
        // Hours by a clock nobody knows here: what may be outside them is not shown.
        return ScheduleJson.Read(json.RootElement, "workingHours", stored: true, unknown: Schedule.Never);
    }
}

/// <summary>Why a place is not shown.</summary>
public enum LocationHidden
{
    /// <summary>It lies outside the wearer's working hours.</summary>
    OutsideHours = 0,

    /// <summary>The wearer has not consented, or not yet at that time, or no more.</summary>
    NoConsent = 1,
}

/// <summary>What holds for the places of one device: whose it was when, and what they agreed to.</summary>
public sealed class DeviceLocation
{
    private readonly ImmutableArray<(Assignment Assignment, WearerLocation Wearer)> _spans;

    internal DeviceLocation(ImmutableArray<(Assignment, WearerLocation)> spans) => _spans = spans;

    /// <summary>Whose the device is now; null for nobody's.</summary>
    public Wearer? Wearer => _spans.LastOrDefault(span => span.Assignment.To is null).Wearer?.Wearer;

    /// <summary>Why the place at a fix time is not shown; null where it is. A device that was nobody's then shows where it was.</summary>
    public LocationHidden? WhyHidden(DateTimeOffset fixTime)
    {
        for (var i = _spans.Length - 1; i >= 0; i--)
        {
            if (_spans[i].Assignment.Covers(fixTime)) return _spans[i].Wearer.WhyHidden(fixTime);
        }

        return null;
    }

    /// <summary>As <see cref="WhyHidden"/>, for the last place known: while an urgent alert is open it is shown however old it is.</summary>
    public LocationHidden? WhyLastHidden(DateTimeOffset fixTime)
    {
        for (var i = _spans.Length - 1; i >= 0; i--)
        {
            if (_spans[i].Assignment.Covers(fixTime)) return _spans[i].Wearer.IsOpen ? null : _spans[i].Wearer.WhyHidden(fixTime);
        }

        return null;
    }

    /// <summary>A reason as the API writes it.</summary>
    public static string? WordOf(LocationHidden? reason) => reason switch
    {
        LocationHidden.OutsideHours => "outside-hours",
        LocationHidden.NoConsent => "no-consent",
        _ => null,
    };
}

/// <summary>What a wearer agreed to.</summary>
/// <param name="Wearer">Who.</param>
/// <param name="Hours">Working hours; null for always.</param>
/// <param name="OpenFrom">From when on places are shown because of an open alert; null where there is none.</param>
internal sealed record WearerLocation(Wearer Wearer, Schedule? Hours, DateTimeOffset? OpenFrom)
{
    public bool IsOpen => OpenFrom is not null;

    public LocationHidden? WhyHidden(DateTimeOffset time)
    {
        if (time >= OpenFrom) return null;
        if (Wearer.ErasedAt is not null || !Wearer.Consents || time < Wearer.ConsentAt) return LocationHidden.NoConsent;
        return Hours is null || Hours.IsActive(time) ? null : LocationHidden.OutsideHours;
    }
}
