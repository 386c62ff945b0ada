namespace Traxxs.Cli.Bench.Scale;

/// <summary>What is measured.</summary>
/// <param name="Listeners">Shapes of the server: 0 is one process with SQLite, more are so many listeners beside the other roles.</param>
/// <param name="Fixes">Fixes in a report, a round each.</param>
/// <param name="Devices">Devices connected and reporting.</param>
/// <param name="Seconds">How long reports are sent in each round.</param>
/// <param name="Rate">Reports a second while alerts are timed.</param>
/// <param name="Alarms">Presses for help a second among them.</param>
/// <param name="Held">Further connections, idle, whose memory is taken; 0 leaves it out.</param>
/// <param name="Redis">Whether the roles have Redis.</param>
internal sealed record ScaleSettings(IReadOnlyList<int> Listeners, IReadOnlyList<int> Fixes, int Devices, double Seconds, int Rate, int Alarms, int Held, bool Redis)
{
    /// <summary>What cannot be, a sentence each.</summary>
    public IReadOnlyList<string> Errors() => [.. new[]
    {
        Listeners.Count == 0 || Listeners.Any(count => count is < 0 or > 16) ? "--listeners: 0 (one process) to 16 each" : null,
        Fixes.Count == 0 || Fixes.Any(count => count is < 1 or > 40) ? "--fixes: 1 to 40 each" : null,
        Devices is < 1 or > 10_000 ? "--devices: 1 to 10000" : null,
        Seconds is < 0.5 or > 600 ? "--seconds: 0.5 to 600" : null,
        Rate is < 1 or > 100_000 ? "--rate: 1 to 100000" : null,
        // A press and its alert are told apart from the next of the device by the second it happened in.
        Alarms < 1 || Alarms * 2 > Devices ? "--alarms: at least 1, and at most half as many a second as there are devices" : null,
        Held is < 0 or > 10_000 ? "--held: 0 to 10000" : null,
    }.OfType<string>()];
}
