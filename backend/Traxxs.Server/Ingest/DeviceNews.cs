using System.Collections.Immutable;
using Traxxs.Protocol;

namespace Traxxs.Server.Ingest;

/// <summary>What a report says of the device itself: rarely there, so it stands apart.</summary>
public sealed record DeviceNews
{
    /// <summary>The configuration in force; null where not reported.</summary>
    public ConfigurationNews? Configuration { get; init; }

    /// <summary>The firmware; null where not reported.</summary>
    public FirmwareNews? Firmware { get; init; }

    /// <summary>What happened inside, newest first.</summary>
    public ImmutableArray<TraceEntry> Trace { get; init; } = [];

    /// <summary>Counters since the device's start; null where not reported.</summary>
    public HealthNews? Health { get; init; }

    /// <summary>The news of a decoded report; null where there is none.</summary>
    internal static DeviceNews? Of(Report report)
    {
        if (!report.HasConfiguration && !report.HasFirmware && !report.HasHealth && report.TraceCount == 0) return null;
        return new DeviceNews
        {
            Configuration = report.HasConfiguration
                ? new ConfigurationNews(report.ConfigurationVersion, report.ConfigurationProblem, report.ConfigurationRefusedVersion)
                : null,
            Firmware = report.HasFirmware
                ? new FirmwareNews($"{report.FirmwareMajor}.{report.FirmwareMinor}.{report.FirmwarePatch}", report.FirmwareBootReason, report.FirmwareStarts)
                : null,
            Trace = [.. Enumerable.Range(0, report.TraceCount).Select(i => new TraceEntry(report.TraceCodes[i], report.TraceAgeS[i], report.TraceValues[i]))],
            Health = report.HasHealth
                ? new HealthNews(report.HealthDroppedReports, report.HealthCorrupted, report.HealthFlashErases, report.HealthSearches,
                    report.HealthSearchesInVain, report.HealthContacts, report.HealthUptimeS)
                : null,
        };
    }
}

/// <summary>The configuration a device works with.</summary>
/// <param name="Version">0 for the one its firmware was built with.</param>
/// <param name="Problem">Number of the first setting it refused a newer one for (<see cref="SettingCode"/>); 0 where it refused none.</param>
/// <param name="RefusedVersion">The version it refused.</param>
public sealed record ConfigurationNews(long Version, int Problem, long RefusedVersion);

/// <summary>A device's firmware.</summary>
/// <param name="Version">Three numbers with dots.</param>
/// <param name="BootReason">Why it started.</param>
/// <param name="Starts">Starts in this epoch.</param>
public sealed record FirmwareNews(string Version, int BootReason, long Starts);

/// <summary>One thing that happened inside a device.</summary>
/// <param name="Code">What.</param>
/// <param name="AgeS">How long before the report was closed, s.</param>
/// <param name="Value">Its meaning stands at each code.</param>
public sealed record TraceEntry(int Code, long AgeS, int Value);

/// <summary>Counters of a device since its start.</summary>
/// <param name="Dropped">Reports dropped because its memory was full.</param>
/// <param name="Corrupted">Reports it found unreadable.</param>
/// <param name="FlashErases">Flash segments erased.</param>
/// <param name="Searches">Searches for a fix.</param>
/// <param name="SearchesInVain">Of those, without one.</param>
/// <param name="Contacts">Links opened.</param>
/// <param name="UptimeS">Seconds since its start.</param>
public sealed record HealthNews(long Dropped, long Corrupted, long FlashErases, long Searches, long SearchesInVain, long Contacts, long UptimeS);
