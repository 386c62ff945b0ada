namespace Traxxs.Simulation.Reporting;

/// <summary>
/// What the plots of a run are drawn from, as it stands in the run's <c>plots.json</c>: a report can be drawn, and two runs
/// laid over each other, without simulating again. All times are ms of the run.
/// </summary>
public sealed record RunPlots
{
    /// <summary>The shape of the file; another number is not read.</summary>
    public const int FormatVersion = 1;

    /// <summary>See <see cref="FormatVersion"/>.</summary>
    public int Format { get; init; } = FormatVersion;

    /// <summary>What the scenario shows, in a sentence.</summary>
    public required string About { get; init; }

    /// <summary>Civil time at 0.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Where the scenario ended: what comes after is the delivery of what was left, all faults healed.</summary>
    public required long PlannedMs { get; init; }

    /// <summary>Where the run ended.</summary>
    public required long EndMs { get; init; }

    /// <summary>Whether the server's reports and alerts were seen; else fixes are those the insole has sent, and nobody knows what was stored.</summary>
    public required bool ServerSeen { get; init; }

    /// <summary>Places on the map.</summary>
    public required IReadOnlyList<PlotPlace> Places { get; init; }

    /// <summary>What went wrong by plan.</summary>
    public required IReadOnlyList<PlotFault> Faults { get; init; }

    /// <summary>Each insole, in the order of the scenario.</summary>
    public required IReadOnlyList<DevicePlots> Devices { get; init; }
}

/// <summary>A place: a circle, or the corners of an area.</summary>
/// <param name="Name">Name.</param>
/// <param name="Kind">What it does to an insole, as scenarios spell it.</param>
/// <param name="RadiusM">Metres; 0 for an area.</param>
/// <param name="Points">The centre, or the corners: latitude and longitude in turn.</param>
public sealed record PlotPlace(string Name, string Kind, double RadiusM, IReadOnlyList<double> Points);

/// <summary>A planned fault.</summary>
/// <param name="Kind">As scenarios spell it.</param>
/// <param name="Text">In words, with how much of it.</param>
/// <param name="FromMs">Begin.</param>
/// <param name="ToMs">End; the begin where it strikes at an instant.</param>
/// <param name="DeviceId">Which insole; null for all.</param>
public sealed record PlotFault(string Kind, string Text, long FromMs, long ToMs, string? DeviceId)
{
    /// <summary>Whether it strikes at an instant.</summary>
    public bool IsInstant => ToMs <= FromMs;

    /// <summary>Whether it strikes an insole.</summary>
    public bool Strikes(string deviceId) => DeviceId is null || DeviceId == deviceId;
}

/// <summary>Something that went on for a while.</summary>
/// <param name="FromMs">Begin.</param>
/// <param name="ToMs">End.</param>
/// <param name="What">One word, lower case: also the colour.</param>
/// <param name="Text">In words, where the word is not enough.</param>
public sealed record PlotSpan(long FromMs, long ToMs, string What, string? Text = null);

/// <summary>Something that happened at an instant.</summary>
/// <param name="TimeMs">When.</param>
/// <param name="What">One word, lower case: also the colour.</param>
/// <param name="Text">In words.</param>
public sealed record PlotMark(long TimeMs, string What, string Text);

/// <summary>A fix.</summary>
/// <param name="TimeMs">Its own time.</param>
/// <param name="Latitude">Degrees.</param>
/// <param name="Longitude">Degrees.</param>
/// <param name="AccuracyM">What the receiver claimed; null where not reported, or worse than a map shows.</param>
/// <param name="ErrorM">How far off it was, m.</param>
public sealed record PlotFix(long TimeMs, double Latitude, double Longitude, int? AccuracyM, double ErrorM);

/// <summary>A report on its way.</summary>
/// <param name="TimeMs">Accepted by the insole.</param>
/// <param name="StoredMs">Stored by the server; null where it was not, or nobody saw.</param>
/// <param name="Sequence">Number.</param>
/// <param name="Bytes">Length of its frame.</param>
public sealed record PlotReport(long TimeMs, long? StoredMs, uint Sequence, int Bytes);

/// <summary>An alert and what became of it.</summary>
/// <param name="Rule">Rule.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="EventMs">When the thing happened; null where nobody knows.</param>
/// <param name="RaisedMs">When the server raised it.</param>
/// <param name="AcknowledgedMs">When a person acknowledged it; null where nobody did.</param>
/// <param name="EndedMs">When it ended; null where it stands open.</param>
/// <param name="EndedBy">Who or which rule ended it.</param>
public sealed record PlotAlert(string Rule, string Summary, long? EventMs, long RaisedMs, long? AcknowledgedMs, long? EndedMs, string? EndedBy);

/// <summary>The current, slice by slice from 0.</summary>
/// <param name="SliceMs">Length of a slice.</param>
/// <param name="LowUa">Least of each slice, µA.</param>
/// <param name="HighUa">Most of each slice, µA.</param>
/// <param name="MeanUa">Mean of each slice, µA.</param>
public sealed record PlotCurrent(long SliceMs, IReadOnlyList<double> LowUa, IReadOnlyList<double> HighUa, IReadOnlyList<double> MeanUa);

/// <summary>Cell and charge at some times.</summary>
/// <param name="Consumers">Names of those who draw.</param>
/// <param name="TimesMs">The times.</param>
/// <param name="Percent">Charge left at each, %.</param>
/// <param name="Millivolts">Terminal voltage at each.</param>
/// <param name="UsedMAh">Charge used since the beginning at each, consumer by consumer in the order of their names.</param>
public sealed record PlotCharge(
    IReadOnlyList<string> Consumers, IReadOnlyList<long> TimesMs, IReadOnlyList<double> Percent, IReadOnlyList<int> Millivolts, IReadOnlyList<IReadOnlyList<double>> UsedMAh);

/// <summary>One insole.</summary>
public sealed record DevicePlots
{
    /// <summary>Device identity.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Who wears it.</summary>
    public required string Wearer { get; init; }

    /// <summary>Capacity of the cell, mAh.</summary>
    public required double CapacityMAh { get; init; }

    /// <summary>What the wearer did.</summary>
    public required IReadOnlyList<PlotSpan> Activity { get; init; }

    /// <summary>Roofs, walls and dead zones around the wearer.</summary>
    public required IReadOnlyList<PlotSpan> Surroundings { get; init; }

    /// <summary>Buttons and charger.</summary>
    public required IReadOnlyList<PlotMark> Deeds { get; init; }

    /// <summary>The controller: off, starting, awake, light sleep, deep sleep.</summary>
    public required IReadOnlyList<PlotSpan> Controller { get; init; }

    /// <summary>The motion gate, where it was not at rest.</summary>
    public required IReadOnlyList<PlotSpan> Motion { get; init; }

    /// <summary>The receiver, where it was on: searching or with a fix.</summary>
    public required IReadOnlyList<PlotSpan> Receiver { get; init; }

    /// <summary>The link, where it was not closed.</summary>
    public required IReadOnlyList<PlotSpan> Link { get; init; }

    /// <summary>When attempts to connect failed and connections broke.</summary>
    public required IReadOnlyList<long> LinkFailures { get; init; }

    /// <summary>What the wearer felt.</summary>
    public required IReadOnlyList<PlotMark> Felt { get; init; }

    /// <summary>What the insole noticed and reported; <c>alarm</c>, <c>started</c>, <c>trouble</c> of its own, or <c>event</c>.</summary>
    public required IReadOnlyList<PlotMark> Events { get; init; }

    /// <summary>Reports.</summary>
    public required IReadOnlyList<PlotReport> Reports { get; init; }

    /// <summary>Fixes, by their own time; see <see cref="RunPlots.ServerSeen"/>.</summary>
    public required IReadOnlyList<PlotFix> Fixes { get; init; }

    /// <summary>Where the wearer was: time, latitude, longitude in turn.</summary>
    public required IReadOnlyList<double> TruePath { get; init; }

    /// <summary>Alerts at the server.</summary>
    public required IReadOnlyList<PlotAlert> Alerts { get; init; }

    /// <summary>Current; null where the run did not note it.</summary>
    public PlotCurrent? Current { get; init; }

    /// <summary>Cell and charge; null where the run did not note them.</summary>
    public PlotCharge? Charge { get; init; }
}
