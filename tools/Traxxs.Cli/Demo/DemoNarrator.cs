using System.Globalization;
using Traxxs.Protocol;
using Traxxs.Simulation.Rig;

namespace Traxxs.Cli.Demo;

/// <summary>Tells what happens as it happens: simulated time, who, what.</summary>
internal sealed class DemoNarrator(TextWriter output, DemoScript script)
{
    private readonly ReportReader _reader = new();
    private readonly Report _report = new();
    private readonly HashSet<(string, ushort, uint)> _sent = [];
    private int _told;

    public void Begin(Uri page, string? token, Uri mqtt, double speed)
    {
        output.WriteLine(token is null ? $"Page: {page}" : $"Page: {page}#token={token}");
        var pace = speed > 0 ? string.Create(CultureInfo.InvariantCulture, $"at {speed:0.#} times real time") : "as fast as the machine allows";
        output.WriteLine($"Devices connect to {mqtt}. {script.Scenario.Duration.TotalMinutes:0} simulated minutes, {pace}.");
        output.WriteLine();
        output.WriteLine("These alerts must be raised, each exactly once, and no others:");
        foreach (var expected in script.Expected) output.WriteLine($"  {expected.Rule,-15} {expected.DeviceId,-12} {expected.Story}");
        output.WriteLine();
    }

    public void Follow(InsoleRig rig) => rig.Published += (timeMs, frame) => Sent(rig, timeMs, frame);

    /// <summary>Tells the story up to a time.</summary>
    public void TellTo(long timeMs)
    {
        for (; _told < script.Story.Count && script.Story[_told].TimeMs <= timeMs; _told++)
        {
            Line(script.Story[_told].TimeMs, script.Story[_told].Who, script.Story[_told].What);
        }
    }

    public void Raised(DemoAlert alert, long timeMs)
    {
        var age = alert.AgeSeconds is { } seconds ? $", {Age(seconds)} after it happened" : "";
        Line(timeMs, "server", $"ALERT {alert.Rule} for {alert.Device}{age}");
    }

    public void Say(long timeMs, string who, string what) => Line(timeMs, who, what);

    public static string Age(double seconds) => seconds < 90
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 60):0} min {seconds % 60:0} s");

    private void Sent(InsoleRig rig, long timeMs, ReadOnlyMemory<byte> frame)
    {
        if (_reader.Read(frame.ToArray(), 0, frame.Length, _report) != DecodeResult.Ok) return;
        TellTo(timeMs);
        var again = _sent.Add((rig.DeviceId, _report.Epoch, _report.Sequence)) ? "" : " again";
        var events = _report.EventCodes.Take(_report.EventCount).Select(code => Alarm.Is(code) ? code.ToString().ToUpperInvariant() : code.ToString());
        var fixes = _report.FixCount == 1 ? "1 fix" : $"{_report.FixCount} fixes";
        Line(timeMs, rig.Wearer.Name, $"{rig.DeviceId} sends report {_report.Sequence}{again}: {string.Join(", ", new[] { fixes, $"{_report.StepsTotal} steps" }.Concat(events))}, {frame.Length} bytes");
    }

    private void Line(long timeMs, string who, string what)
    {
        var time = script.Scenario.Start.AddMilliseconds(timeMs);
        output.WriteLine($"{time:HH:mm:ss}  {who,-7} {what}");
        output.Flush();
    }
}
