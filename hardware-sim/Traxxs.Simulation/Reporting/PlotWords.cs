using System.Globalization;
using System.Text;
using Traxxs.Core.Diagnostics;
using Traxxs.Protocol;
using Traxxs.Server.Firmware;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Reporting;

/// <summary>Names of things as reports print them.</summary>
public static class PlotWords
{
    /// <summary><c>PressSos</c> as <c>press-sos</c>, as scenarios spell it.</summary>
    public static string Kebab<T>(T value) where T : struct, Enum => Split(value.ToString(), '-');

    /// <summary><c>PressSos</c> as <c>press sos</c>.</summary>
    public static string Plain<T>(T value) where T : struct, Enum => Split(value.ToString(), ' ');

    /// <summary>A span as people write one: <c>3 s</c>, <c>2 min 05 s</c>, <c>1 h 20 min</c>, <c>2 d 3 h</c>.</summary>
    public static string Span(double seconds)
    {
        var sign = seconds < 0 ? "-" : "";
        var span = TimeSpan.FromSeconds(Math.Abs(seconds));
        return sign + (span.TotalSeconds < 10 ? Number(span.TotalSeconds, "0.#") + " s"
            : span.TotalSeconds < 60 ? Number(span.TotalSeconds, "0") + " s"
            : span.TotalHours < 1 ? $"{span.Minutes} min{(span.Seconds > 0 ? $" {span.Seconds:00} s" : "")}"
            : span.TotalDays < 1 ? $"{span.Hours} h{(span.Minutes > 0 ? $" {span.Minutes:00} min" : "")}"
            : $"{span.Days} d{(span.Hours > 0 ? $" {span.Hours} h" : "")}");
    }

    /// <summary><c>1 fix</c>, <c>2 fixes</c>.</summary>
    public static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";

    /// <summary>A number with a point, whatever the machine's language.</summary>
    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    internal static string Activity(ActivitySpan span)
        => span.SpeedCmS > 0 ? $"{Plain(span.Activity)} at {Number(span.SpeedCmS * 0.036, "0.#")} km/h" : Plain(span.Activity);

    internal static PlotFault Fault(PlannedFault fault)
    {
        var kind = Kebab(fault.Kind);
        var how = fault.Kind switch
        {
            FaultKind.LinkLatency or FaultKind.SlowDisk => $" by {Span(fault.Amount / 1000.0)}",
            FaultKind.FlashFlips => $", {fault.Amount} bits",
            FaultKind.GnssLies => $", {fault.Amount} m north",
            FaultKind.GnssClockJump or FaultKind.ServerClockJump => fault.Amount < 0 ? $", {Span(-(double)fault.Amount)} back" : $", {Span(fault.Amount)} ahead",
            FaultKind.BusNak or FaultKind.BusStuck => $", {Plain(fault.Chip)}",
            _ => "",
        };
        return new PlotFault(kind, Plain(fault.Kind) + how + (fault.Percent is > 0 and < 100 ? $", {fault.Percent} %" : ""), fault.FromMs, fault.IsInstant ? fault.FromMs : fault.ToMs, fault.DeviceId);
    }

    internal static string EventClass(EventCode code)
        => Alarm.Is(code) ? "alarm"
        : code == EventCode.Started ? "started"
        : code is EventCode.Degraded or EventCode.ReportsDropped or EventCode.GnssTimeout or EventCode.BatteryLow or EventCode.UpdateRefused or EventCode.UpdateReturned ? "trouble"
        : "event";

    internal static string Event(EventCode code, int value) => code switch
    {
        EventCode.Started => $"started: {Plain((BootReason)value)}",
        EventCode.BatteryLow => $"battery low, {value} mV",
        EventCode.FallSuspected => $"fall suspected, {Number(value / 1000.0, "0.0")} g",
        EventCode.ManDown or EventCode.Immobile => $"{Plain(code)}, still for {Span(value)}",
        EventCode.CheckInMissed => "check-in missed",
        EventCode.FallCancelled => $"fall cancelled after {Span(value)}",
        EventCode.GnssTimeout => $"GNSS searched in vain for {Span(value)}",
        EventCode.ReportsDropped => $"{value} reports dropped",
        EventCode.SelfTest => value == 0 ? "self-test: all well" : $"self-test failed: {Parts(value)}",
        EventCode.Degraded => $"goes on in spite of: {Parts(value)}",
        EventCode.Sos => (value & 0x10000) != 0 ? "SOS by foot" : "SOS",
        EventCode.UpdateRefused => $"update refused: {Plain((UpdateRefusal)value)}",
        EventCode.UpdateWants => $"update wants bytes from {value}",
        EventCode.UpdateVersion => $"update of version {ImageVersion.Of((uint)value)}",
        EventCode.UpdateReady or EventCode.UpdateKept or EventCode.UpdateReturned => $"{Plain(code)}: version {ImageVersion.Of((uint)value)}",
        _ => Plain(code),
    };

    // Bits as EventCode.SelfTest numbers them.
    private static string Parts(int bits)
    {
        string[] names = ["accelerometer identity", "accelerometer self-test", "accelerometer noise", "fuel gauge", "GNSS", "flash", "radio"];
        return string.Join(", ", names.Where((_, bit) => (bits >> bit & 1) != 0).DefaultIfEmpty($"bits {bits}"));
    }

    private static string Split(string name, char between)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append(between);
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
