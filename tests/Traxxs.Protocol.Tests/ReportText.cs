using System.Globalization;

namespace Traxxs.Protocol.Tests;

/// <summary>A report as the lines of a vector file, and back: two reports are equal when their lines are.</summary>
internal static class ReportText
{
    public static IReadOnlyList<string> Lines(Report r)
    {
        var lines = new List<string>();
        void Add(bool present, FormattableString line)
        {
            if (present) lines.Add(line.ToString(CultureInfo.InvariantCulture));
        }

        Add(r.HasIdentity, $"identity {r.Epoch} {r.Sequence}");
        Add(r.HasDeviceTime, $"deviceTime {r.DeviceTimeS}");
        Add(r.TimeIsUptime, $"timeIsUptime");
        Add(r.HasBattery, $"battery {r.BatteryMv} {r.BatteryPercent} {(r.Charging ? "charging" : "discharging")}");
        Add(r.HasSteps, $"steps {r.StepsTotal}");
        Add(r.HasContract, $"nextContact {r.NextContactS}");
        Add(r.HasBacklog, $"backlog {r.BacklogReports} {r.BacklogAgeS}");
        Add(r.HasActivity, $"activity {(byte)r.Activity}");
        Add(r.HasAccuracy, $"accuracy");
        for (var i = 0; i < r.FixCount; i++)
        {
            var place = FormattableString.Invariant($"fix {r.FixTimeS[i]} {r.LatitudeE5[i]} {r.LongitudeE5[i]}");
            lines.Add(r.HasAccuracy ? place + FormattableString.Invariant($" {r.AccuracyClass[i]}") : place);
        }

        Add(r.HasConfiguration, $"configuration {r.ConfigurationVersion} {r.ConfigurationProblem} {r.ConfigurationRefusedVersion}");
        Add(r.HasFirmware, $"firmware {r.FirmwareMajor} {r.FirmwareMinor} {r.FirmwarePatch} {r.FirmwareBootReason} {r.FirmwareStarts}");
        Add(r.HasHealth, $"health {r.HealthDroppedReports} {r.HealthCorrupted} {r.HealthFlashErases} {r.HealthSearches} {r.HealthSearchesInVain} {r.HealthContacts} {r.HealthUptimeS}");
        for (var i = 0; i < r.TraceCount; i++) Add(true, $"trace {r.TraceCodes[i]} {r.TraceAgeS[i]} {r.TraceValues[i]}");
        for (var i = 0; i < r.EventCount; i++) Add(true, $"event {(byte)r.EventCodes[i]} {r.EventTimeS[i]} {r.EventValue[i]}");
        return lines;
    }

    public static Report Parse(IEnumerable<string> lines)
    {
        var r = new Report();
        foreach (var line in lines) ParseLine(r, line.Split(' '));
        return r;
    }

    public static void AssertEqual(Report expected, Report actual, string because)
    {
        var (a, b) = (Lines(expected), Lines(actual));
        for (var i = 0; i < Math.Max(a.Count, b.Count); i++)
        {
            if (a.ElementAtOrDefault(i) != b.ElementAtOrDefault(i))
            {
                Assert.Fail($"{because}: line {i} is '{b.ElementAtOrDefault(i)}', expected '{a.ElementAtOrDefault(i)}'");
            }
        }
    }

    private static void ParseLine(Report r, string[] words)
    {
        int Int(int i) => int.Parse(words[i], CultureInfo.InvariantCulture);
        uint UInt(int i) => uint.Parse(words[i], CultureInfo.InvariantCulture);
        switch (words[0])
        {
            case "identity":
                (r.HasIdentity, r.Epoch, r.Sequence) = (true, (ushort)UInt(1), UInt(2));
                break;
            case "deviceTime":
                (r.HasDeviceTime, r.DeviceTimeS) = (true, UInt(1));
                break;
            case "timeIsUptime":
                r.TimeIsUptime = true;
                break;
            case "battery":
                (r.HasBattery, r.BatteryMv, r.BatteryPercent, r.Charging) = (true, Int(1), Int(2), words[3] == "charging");
                break;
            case "steps":
                (r.HasSteps, r.StepsTotal) = (true, UInt(1));
                break;
            case "nextContact":
                (r.HasContract, r.NextContactS) = (true, UInt(1));
                break;
            case "backlog":
                (r.HasBacklog, r.BacklogReports, r.BacklogAgeS) = (true, Int(1), UInt(2));
                break;
            case "activity":
                (r.HasActivity, r.Activity) = (true, (ActivityCode)UInt(1));
                break;
            case "accuracy":
                r.HasAccuracy = true;
                break;
            case "fix":
                (r.FixTimeS[r.FixCount], r.LatitudeE5[r.FixCount], r.LongitudeE5[r.FixCount]) = (UInt(1), Int(2), Int(3));
                if (words.Length > 4) r.AccuracyClass[r.FixCount] = (byte)UInt(4);
                r.FixCount++;
                break;
            case "event":
                (r.EventCodes[r.EventCount], r.EventTimeS[r.EventCount], r.EventValue[r.EventCount]) = ((EventCode)UInt(1), UInt(2), Int(3));
                r.EventCount++;
                break;
            case "configuration":
                r.HasConfiguration = true;
                (r.ConfigurationVersion, r.ConfigurationProblem, r.ConfigurationRefusedVersion) = (UInt(1), (byte)UInt(2), UInt(3));
                break;
            case "firmware":
                r.HasFirmware = true;
                (r.FirmwareMajor, r.FirmwareMinor, r.FirmwarePatch) = ((byte)UInt(1), (byte)UInt(2), (byte)UInt(3));
                (r.FirmwareBootReason, r.FirmwareStarts) = ((byte)UInt(4), UInt(5));
                break;
            case "health":
                r.HasHealth = true;
                (r.HealthDroppedReports, r.HealthCorrupted, r.HealthFlashErases) = (UInt(1), UInt(2), UInt(3));
                (r.HealthSearches, r.HealthSearchesInVain, r.HealthContacts, r.HealthUptimeS) = (UInt(4), UInt(5), UInt(6), UInt(7));
                break;
            case "trace":
                (r.TraceCodes[r.TraceCount], r.TraceAgeS[r.TraceCount], r.TraceValues[r.TraceCount]) = ((byte)UInt(1), UInt(2), Int(3));
                r.TraceCount++;
                break;
            default:
                Assert.Fail($"a vector has the line '{string.Join(' ', words)}', which means nothing");
                break;
        }
    }
}
