using System.Globalization;
using Traxxs.Cli.Shared;
using Traxxs.Protocol;

namespace Traxxs.Cli.Codec;

/// <summary>Says what is in a frame, as lines or as one JSON object.</summary>
internal static class FrameText
{
    /// <summary>Prints a report, or the name of its refusal with exit code 1.</summary>
    public static int PrintReport(byte[] frame, bool json)
    {
        var report = new Report();
        var result = new ReportReader().Read(frame, 0, frame.Length, report);
        if (result != DecodeResult.Ok) return PrintRefusal(result, frame.Length, json);

        var fields = Fields(report);
        var fixes = Enumerable.Range(0, report.FixCount).Select(i => Fix(report, i)).ToList();
        var events = Enumerable.Range(0, report.EventCount).Select(i => Event(report, i)).ToList();
        var trace = Enumerable.Range(0, report.TraceCount)
            .Select(i => new Dictionary<string, object?> { ["code"] = report.TraceCodes[i], ["ageS"] = report.TraceAgeS[i], ["value"] = report.TraceValues[i] }).ToList();
        if (json)
        {
            JsonOutput.Write(new Dictionary<string, object?>(fields.Prepend(new("bytes", frame.Length)).Prepend(new("result", "Ok")))
            {
                ["fixes"] = fixes,
                ["events"] = events,
                ["trace"] = trace,
            });
            return ExitCode.Ok;
        }

        Console.WriteLine($"report of {frame.Length} bytes, {report.FixCount} fixes, {report.EventCount} events");
        foreach (var (name, value) in fields) Console.WriteLine($"  {name,-16} {Text(value)}");
        foreach (var row in fixes) Console.WriteLine("  fix    " + Row(row));
        foreach (var row in events) Console.WriteLine("  event  " + Row(row));
        foreach (var row in trace) Console.WriteLine("  trace  " + Row(row));
        return ExitCode.Ok;
    }

    /// <summary>Prints a command, or the name of its refusal with exit code 1.</summary>
    public static int PrintCommand(byte[] frame, bool json)
    {
        var command = new Command();
        var result = CommandFrame.TryRead(frame, 0, frame.Length, command);
        if (result != DecodeResult.Ok) return PrintRefusal(result, frame.Length, json);

        var (id, code, epoch, sequence) = (command.Id, command.Code.ToString(), command.Epoch, command.Sequence);
        var settings = Enumerable.Range(0, command.SettingCount).ToDictionary(i => ((SettingCode)command.SettingIds[i]).ToString(), i => command.SettingValues[i]);
        if (json)
        {
            var (imageVersion, imageSize, blockOffset, blockLength) = (command.ImageVersion, command.ImageSize, command.BlockOffset, command.BlockLength);
            JsonOutput.Write(new { result = "Ok", bytes = frame.Length, id, code, epoch, sequence, settings, imageVersion, imageSize, blockOffset, blockLength });
            return ExitCode.Ok;
        }

        Console.WriteLine($"command {id}: {code}, of report {epoch}/{sequence}");
        foreach (var (setting, value) in settings) Console.WriteLine($"  {setting,-24} {value}");
        if (command.ImageSize != 0) Console.WriteLine($"  image version {command.ImageVersion}, {command.ImageSize} bytes");
        if (command.BlockLength != 0) Console.WriteLine($"  {command.BlockLength} bytes of the image, at {command.BlockOffset}");
        return ExitCode.Ok;
    }

    private static int PrintRefusal(DecodeResult result, int bytes, bool json)
    {
        var name = result.ToString();
        if (json) JsonOutput.Write(new { result = name, bytes });
        Console.Error.WriteLine($"refused: {name}: {Meaning(result)}");
        return ExitCode.Failed;
    }

    private static string Meaning(DecodeResult result) => result switch
    {
        DecodeResult.TooShort => "the frame ends before its contents do",
        DecodeResult.TooLong => "bytes are left over, or the frame is longer than any valid one",
        DecodeResult.UnknownVersion => "this reader does not know the version in the first byte",
        DecodeResult.BadChecksum => "the seal does not agree with the bytes",
        DecodeResult.TooMany => "a count is above its bound",
        DecodeResult.OutOfRange => "a value is outside its range",
        DecodeResult.NotCanonical => "no writer writes it that way",
        _ => "",
    };

    private static List<KeyValuePair<string, object?>> Fields(Report r)
    {
        var fields = new List<KeyValuePair<string, object?>>();
        void Add(bool present, string name, object value)
        {
            if (present) fields.Add(new(name, value));
        }

        Add(r.HasIdentity, "epoch", r.Epoch);
        Add(r.HasIdentity, "sequence", r.Sequence);
        Add(r.HasDeviceTime, "deviceTimeS", r.DeviceTimeS);
        Add(r.TimeIsUptime, "timeIsUptime", true);
        Add(r.HasBattery, "batteryMv", r.BatteryMv);
        Add(r.HasBattery, "batteryPercent", r.BatteryPercent);
        Add(r.HasBattery, "charging", r.Charging);
        Add(r.HasSteps, "stepsTotal", r.StepsTotal);
        Add(r.HasContract, "nextContactS", r.NextContactS);
        Add(r.HasBacklog, "backlogReports", r.BacklogReports);
        Add(r.HasBacklog, "backlogAgeS", r.BacklogAgeS);
        Add(r.HasActivity, "activity", r.Activity.ToString());
        Add(r.HasConfiguration, "configurationVersion", r.ConfigurationVersion);
        Add(r.HasConfiguration && r.ConfigurationProblem != 0, "configurationProblem", ((SettingCode)r.ConfigurationProblem).ToString());
        Add(r.HasConfiguration && r.ConfigurationProblem != 0, "configurationRefusedVersion", r.ConfigurationRefusedVersion);
        Add(r.HasFirmware, "firmware", $"{r.FirmwareMajor}.{r.FirmwareMinor}.{r.FirmwarePatch}");
        Add(r.HasFirmware, "bootReason", r.FirmwareBootReason);
        Add(r.HasFirmware, "starts", r.FirmwareStarts);
        Add(r.HasHealth, "droppedReports", r.HealthDroppedReports);
        Add(r.HasHealth, "corrupted", r.HealthCorrupted);
        Add(r.HasHealth, "flashErases", r.HealthFlashErases);
        Add(r.HasHealth, "searches", r.HealthSearches);
        Add(r.HasHealth, "searchesInVain", r.HealthSearchesInVain);
        Add(r.HasHealth, "contacts", r.HealthContacts);
        Add(r.HasHealth, "uptimeS", r.HealthUptimeS);
        return fields;
    }

    private static Dictionary<string, object?> Fix(Report r, int i)
    {
        var fix = new Dictionary<string, object?>
        {
            ["timeS"] = r.FixTimeS[i],
            ["time"] = Utc(r.FixTimeS[i]),
            ["latitude"] = r.LatitudeE5[i] / 100000m,
            ["longitude"] = r.LongitudeE5[i] / 100000m,
        };
        if (r.HasAccuracy) fix["accuracyM"] = AccuracyClass.ToMetres(r.AccuracyClass[i]);
        return fix;
    }

    private static Dictionary<string, object?> Event(Report r, int i)
    {
        var row = new Dictionary<string, object?> { ["timeS"] = r.EventTimeS[i] };
        if (!r.TimeIsUptime) row["time"] = Utc(r.EventTimeS[i]);
        row["code"] = r.EventCodes[i].ToString();
        row["value"] = r.EventValue[i];
        row["alarm"] = Alarm.Is(r.EventCodes[i]);
        return row;
    }

    private static string Utc(uint timeS) =>
        DateTimeOffset.FromUnixTimeSeconds(timeS).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Row(Dictionary<string, object?> row) => string.Join("  ", row.Select(cell => $"{cell.Key} {Text(cell.Value)}"));

    private static string Text(object? value) => value switch
    {
        bool yes => yes ? "yes" : "no",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };
}
