using System.Collections.Immutable;
using System.Globalization;
using Traxxs.Server.Alerts.Schedules;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts.Geofences;

/// <summary>An area whose edge matters.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Version">Grows with each change.</param>
/// <param name="Name">For people.</param>
/// <param name="Shape">Where it is.</param>
/// <param name="AlertOn">What alerts.</param>
/// <param name="Severity">How urgent a crossing is.</param>
/// <param name="Devices">Whom of its organisation it concerns; empty means everyone.</param>
public sealed record Geofence(
    string Id, int Version, string Name, GeofenceShape Shape, FenceCrossings AlertOn, AlertSeverity Severity, ImmutableArray<string> Devices)
{
    /// <summary>Organisation whose devices it concerns.</summary>
    public string Org { get; init; } = OrganisationId.First;

    /// <summary>Tells shapes apart: what is remembered of a device speaks of a shape, and a new name or severity changes none.</summary>
    public string ShapeKey { get; init; } = Version.ToString(CultureInfo.InvariantCulture);

    /// <summary>A stay inside for this long alerts, where a stay is asked for.</summary>
    public TimeSpan Dwell { get; init; }

    /// <summary>Least distance beyond the edge before a fix counts as across, m; null for the organisation's.</summary>
    public int? HysteresisM { get; init; }

    /// <summary>When it alerts; null for always. Where devices stand to it is followed all the time.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>Whether it concerns a device of its organisation.</summary>
    public bool Concerns(string deviceId) => Devices.IsEmpty || Devices.Contains(deviceId);
}

/// <summary>Directions across the edge, and staying within it.</summary>
[Flags]
public enum FenceCrossings
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>From outside to inside.</summary>
    Enter = 1,

    /// <summary>From inside to outside.</summary>
    Leave = 2,

    /// <summary>Inside for too long.</summary>
    Dwell = 4,
}

/// <summary>On which side of an edge.</summary>
public enum FenceSide
{
    /// <summary>Not known yet.</summary>
    Unknown = 0,

    /// <summary>Inside.</summary>
    Inside = 1,

    /// <summary>Outside.</summary>
    Outside = 2,
}
