namespace Traxxs.Cli.Bench.Scale;

/// <summary>All that was measured.</summary>
/// <param name="Cores">Cores of the machine, shared by engines, server and load program.</param>
/// <param name="LoadBefore">Load average of the last minute before, whoever caused it.</param>
/// <param name="LoadAfter">And after.</param>
/// <param name="Redis">Whether the roles had Redis.</param>
/// <param name="Devices">Devices connected.</param>
/// <param name="Shapes">A shape of the server each.</param>
/// <param name="Problem">Why it is not all; null where it is.</param>
internal sealed record ScaleResult(int Cores, double LoadBefore, double LoadAfter, bool Redis, int Devices, IReadOnlyList<ScaleShape> Shapes, string? Problem)
{
    /// <summary>Whether all was measured and every report that was acknowledged is stored, once.</summary>
    public bool IsKept => Problem is null && Shapes.All(shape => shape is { Problem: null, Lost: 0, Doubled: 0 });
}

/// <summary>One shape of the server.</summary>
internal sealed record ScaleShape
{
    /// <summary>Listeners; 0 for one process.</summary>
    public required int Listeners { get; init; }

    /// <summary>As fast as it goes.</summary>
    public List<FullResult> Full { get; } = [];

    /// <summary>Alerts, timed.</summary>
    public AlarmResult? Alarms { get; set; }

    /// <summary>CPU s a minute while nothing happens, by engine and role.</summary>
    public IReadOnlyDictionary<string, double> Standing { get; set; } = new Dictionary<string, double>();

    /// <summary>Contacts as the firmware makes them.</summary>
    public List<ContactResult> Contacts { get; } = [];

    /// <summary>What connections and sessions take.</summary>
    public HeldResult? Held { get; set; }

    /// <summary>Reports that were acknowledged.</summary>
    public long Acknowledged { get; set; }

    /// <summary>Reports stored.</summary>
    public long Stored { get; set; }

    /// <summary>Acknowledged and not stored.</summary>
    public long Lost { get; set; }

    /// <summary>Stored more than once.</summary>
    public long Doubled { get; set; }

    /// <summary>Why it is not all; null where it is.</summary>
    public string? Problem { get; set; }
}

/// <summary>As many reports as are acknowledged, 20 under way each device.</summary>
/// <param name="Fixes">Fixes in a report.</param>
/// <param name="Reports">Reports sent.</param>
/// <param name="AcknowledgedPerSecond">Positions acknowledged while they were sent, a second.</param>
/// <param name="StoredPerSecond">Positions a second until the last was in the store.</param>
/// <param name="EvaluatedPerSecond">Positions a second until the rules had taken in the last.</param>
/// <param name="P50Ms">Report to acknowledgement, median.</param>
/// <param name="P99Ms">Report to acknowledgement, 99 of 100 within.</param>
/// <param name="CpuSeconds">CPU s for 100,000 positions, by engine and role.</param>
/// <param name="DiskBytes">Bytes a position: <c>store</c> stays, <c>log</c> is PostgreSQL's, <c>… written</c> went to the disk in all.</param>
/// <param name="NetworkBytes">Bytes a position over the connections to each engine, both ways.</param>
/// <param name="FrameBytes">Bytes a position of the frames themselves.</param>
/// <param name="MachineBusyPercent">Of all cores, whoever worked, while reports were sent and taken in.</param>
/// <param name="LineWaitPercent">Of the looks at PostgreSQL, those that found a writer waiting for another's commit.</param>
/// <param name="Ceiling">What keeps it from being faster, in words.</param>
internal sealed record FullResult(
    int Fixes, long Reports, double AcknowledgedPerSecond, double StoredPerSecond, double EvaluatedPerSecond, double P50Ms, double P99Ms,
    IReadOnlyDictionary<string, double> CpuSeconds, IReadOnlyDictionary<string, double> DiskBytes, IReadOnlyDictionary<string, double> NetworkBytes,
    double FrameBytes, double MachineBusyPercent, double LineWaitPercent, string Ceiling);

/// <summary>From a press for help sent to its alert seen on the live feed, while other reports come.</summary>
internal sealed record AlarmResult(int Rate, int Alarms, int Missed, double P50Ms, double P99Ms, double MaxMs);

/// <summary>Contacts of a report each: connected, reported, gone.</summary>
/// <param name="Tls">Whether by TLS, without resuming an earlier session.</param>
/// <param name="PerSecond">Contacts a second, 16 at a time.</param>
/// <param name="Failed">Contacts that failed.</param>
/// <param name="P50Ms">Median of the time one took.</param>
/// <param name="P99Ms">Within which 99 of 100 lie.</param>
/// <param name="CpuSeconds">CPU s for 1,000, by engine and role, beyond what they take while nothing happens.</param>
internal sealed record ContactResult(bool Tls, double PerSecond, int Failed, double P50Ms, double P99Ms, IReadOnlyDictionary<string, double> CpuSeconds);

/// <summary>What RabbitMQ's memory grows by, bytes each.</summary>
/// <param name="Count">Connections held.</param>
/// <param name="PerConnection">A connection with its lasting session, its first.</param>
/// <param name="PerSession">What is left of it when the device is gone: the session alone.</param>
/// <param name="PerTlsConnection">The same device connected again by TLS, beyond that.</param>
/// <param name="FirstSignInCpuSeconds">CPU s for 1,000 first sign-ins, which make the session, by engine and role.</param>
internal sealed record HeldResult(int Count, double PerConnection, double PerSession, double PerTlsConnection, IReadOnlyDictionary<string, double> FirstSignInCpuSeconds);
