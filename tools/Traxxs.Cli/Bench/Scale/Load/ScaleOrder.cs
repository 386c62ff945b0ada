namespace Traxxs.Cli.Bench.Scale;

/// <summary>What the load program is to do next: a line of JSON on its stdin, answered by one line on its stdout.</summary>
internal sealed record ScaleOrder
{
    /// <summary>Of <see cref="ScaleLoad"/>'s phases.</summary>
    public required string Do { get; init; }

    /// <summary>Where devices connect, on loopback.</summary>
    public int Port { get; init; }

    /// <summary>Whether by TLS.</summary>
    public bool Tls { get; init; }

    /// <summary>Certificate to trust, PEM file; for TLS.</summary>
    public string? Authority { get; init; }

    /// <summary>File of the devices' secrets by id, for <c>connect</c> and <c>hold</c>.</summary>
    public string? Secrets { get; init; }

    /// <summary>How many: devices to connect or hold, contacts at once.</summary>
    public int Count { get; init; }

    /// <summary>Numbering of the reports: another for each phase, whose numbers begin anew.</summary>
    public ushort Epoch { get; init; }

    /// <summary>Fixes in a report.</summary>
    public int Fixes { get; init; } = 1;

    /// <summary>How long reports are sent, s.</summary>
    public double Seconds { get; init; }

    /// <summary>Reports a second of all devices together.</summary>
    public int Rate { get; init; }

    /// <summary>Presses for help a second among them.</summary>
    public int Alarms { get; init; }

    /// <summary>The live feed, where alerts are seen.</summary>
    public Uri? Live { get; init; }

    /// <summary>Token for the live feed.</summary>
    public string? Token { get; init; }
}

/// <summary>What came of an order.</summary>
internal sealed record ScaleAnswer
{
    /// <summary>Why it could not be done, for a person; null where it was.</summary>
    public string? Problem { get; init; }

    /// <summary>Reports acknowledged in all; contacts made, connections held.</summary>
    public long Count { get; init; }

    /// <summary>Of those, within the time in which reports were sent.</summary>
    public long Within { get; init; }

    /// <summary>That time, s.</summary>
    public double Seconds { get; init; }

    /// <summary>Frames' bytes without MQTT's own.</summary>
    public long FrameBytes { get; init; }

    /// <summary>Presses for help sent.</summary>
    public int Alarms { get; init; }

    /// <summary>Presses for help never seen as an alert; contacts that failed.</summary>
    public int Missed { get; init; }

    /// <summary>Median of what is timed, ms: report to acknowledgement, press to alert, whole contact.</summary>
    public double P50Ms { get; init; }

    /// <summary>Within which 99 of 100 lie, ms.</summary>
    public double P99Ms { get; init; }

    /// <summary>The longest, ms.</summary>
    public double MaxMs { get; init; }

    /// <summary>The same with times filled in.</summary>
    public ScaleAnswer With(List<double> ms)
    {
        ms.Sort();
        return ms.Count == 0 ? this : this with { P50Ms = Math.Round(ms[ms.Count / 2], 1), P99Ms = Math.Round(ms[(int)(ms.Count * 0.99)], 1), MaxMs = Math.Round(ms[^1], 1) };
    }
}
