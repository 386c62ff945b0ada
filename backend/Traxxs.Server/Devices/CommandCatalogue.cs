using Traxxs.Protocol;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Devices;

/// <summary>A command people may give.</summary>
/// <param name="Word">Its name in the API.</param>
/// <param name="Code">Its code on the wire.</param>
/// <param name="ValidFor">How long it may wait for the device: a shoe that begins to vibrate a day later helps nobody.</param>
/// <param name="Done">Whether a report shows its effect, given since when it could; null where no report ever does.</param>
public sealed record KnownCommand(string Word, CommandCode Code, TimeSpan ValidFor, Func<AcceptedReport, DateTimeOffset, bool>? Done);

/// <summary>The commands people may give, and how each is seen to be done.</summary>
public static class CommandCatalogue
{
    // How far a device's clock may be behind ours before its answer would look older than the question.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>All.</summary>
    public static IReadOnlyList<KnownCommand> All { get; } =
    [
        new("locate-now", CommandCode.LocateNow, TimeSpan.FromHours(1), static (report, since) => report.Fixes.Any(fix => fix.FixTime >= since)),
        new("find-me", CommandCode.FindMe, TimeSpan.FromMinutes(15), null),
        new("self-test", CommandCode.SelfTest, TimeSpan.FromDays(1), static (report, since) => Shows(report, EventCode.SelfTest, since)),
        new("reboot", CommandCode.Reboot, TimeSpan.FromDays(1), static (report, since) => Shows(report, EventCode.Started, since)),
        new("clear", CommandCode.Clear, TimeSpan.FromDays(1), static (report, _) => report.News?.Configuration is { Version: 0 }),
    ];

    /// <summary>Words of all.</summary>
    public static IEnumerable<string> Words => All.Select(command => command.Word);

    /// <summary>A command by its word; null where there is none.</summary>
    public static KnownCommand? Find(string? word) => All.FirstOrDefault(command => command.Word == word);

    /// <summary>A command by its code; null where people may not give it.</summary>
    public static KnownCommand? Find(int code) => All.FirstOrDefault(command => (int)command.Code == code);

    /// <summary>
    /// Whether a report shows the effect of a command given at a time. Given, not sent: the answer may be here before it is
    /// written down that the question went out.
    /// </summary>
    public static bool IsDone(KnownCommand command, AcceptedReport report, DateTimeOffset askedAt) =>
        report.ServerTime >= askedAt && command.Done?.Invoke(report, askedAt - ClockTolerance) == true;

    private static bool Shows(AcceptedReport report, EventCode code, DateTimeOffset since) =>
        report.Events.Any(one => one.Code == code && !(one.Time < since));
}
