using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Xml;
using Traxxs.Server.Api;
using Traxxs.Server.Ingest;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Identity;

/// <summary>
/// All that is kept of one person, as a ZIP of JSON, CSV and GPX (GDPR, articles 15 and 20). The wearer gets all of it;
/// somebody else what the location gate lets them see, and a word on what it held back.
/// </summary>
public sealed class WearerExport(ServiceDatabase database, IReportStore store, LocationGate gate, TimeProvider clock, string dataFolder)
{
    private const int ReportsAtOnce = 200;
    private const int EntriesMax = 100_000;
    private const int CopyBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes the file; it is gone when the stream is closed.</summary>
    public async Task<Stream> WriteAsync(Wearer wearer, Actor actor, bool everything, CancellationToken cancellationToken)
    {
        database.Write(session => session.Audit.Add(
            wearer.Org, clock.GetUtcNow(), actor.Name, "wearer.exported", $"wearer:{wearer.Id}", everything ? "by the wearer" : "without hidden places"));
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous, BufferSize = CopyBytes,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(Path.Combine(dataFolder, $"export-{Guid.NewGuid():N}.tmp"), options);
        try
        {
            await Task.Run(() => Write(file, wearer, everything, cancellationToken), cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private void Write(Stream file, Wearer wearer, bool everything, CancellationToken cancellationToken)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
        var assignments = database.Read(session => session.Assignments.OfWearer(wearer.Id));
        WriteText(zip, "README.txt", ReadMe(everything));
        WriteJson(zip, "wearer.json", RecordOf(wearer, assignments));
        WriteJson(zip, "alerts.json", AlertsOf(wearer));
        WriteJson(zip, "audit.json", database.Read(session => session.Audit.Read(wearer.Org, 0, EntriesMax, $"wearer:{wearer.Id}")).Select(AuditView.Of));
        using (var text = Open(zip, "reports.csv")) WriteReports(text, assignments, cancellationToken);
        using (var text = Open(zip, "positions.csv")) WriteCsv(text, assignments, everything, cancellationToken);
        using var gpx = Open(zip, "positions.gpx");
        WriteGpx(gpx, assignments, everything, cancellationToken);
    }

    private static string ReadMe(bool everything) =>
        "What this server keeps of one wearer.\n\n"
        + "wearer.json     name, consent, working hours, devices and when they were worn\n"
        + "alerts.json     alerts, with comments and who did what\n"
        + "audit.json      what was changed about the wearer, by whom and when\n"
        + "reports.csv     a line for each report: times, battery, steps, activity\n"
        + "positions.csv   a line for each position\n"
        + "positions.gpx   the same for a map\n\n"
        + "Times in .json are seconds since 1970-01-01 UTC, elsewhere ISO 8601 in UTC.\n"
        + (everything
            ? "Everything is in here.\n"
            : "Left out: positions outside working hours or without consent. The wearer gets them by exporting with an account of their own.\n");

    private static object RecordOf(Wearer wearer, IReadOnlyList<Assignment> assignments) => new
    {
        wearer.Id,
        wearer.Name,
        wearer.Phone,
        createdAt = UnixTime.Of(wearer.CreatedAt),
        consentAt = UnixTime.Of(wearer.ConsentAt),
        consentWithdrawnAt = UnixTime.Of(wearer.ConsentWithdrawnAt),
        workingHours = wearer.WorkingHours is { } hours ? JsonSerializer.Deserialize<JsonElement>(hours) : (JsonElement?)null,
        wearer.TimeZone,
        assignments = assignments.Select(AssignmentView.Of),
    };

    private IEnumerable<object> AlertsOf(Wearer wearer) => database.Read(session => session.Alerts.List(wearer.Org, new AlertFilter { WearerId = wearer.Id }, null, EntriesMax)
        .Select(row => (object)new
        {
            alert = AlertView.Of(session, row.Alert),
            comments = session.Alerts.Comments(row.Alert.Id).Select(comment => new { time = UnixTime.Of(comment.Time), who = comment.Who, text = comment.Text }).ToList(),
        }).ToList());

    private void WriteReports(StreamWriter text, IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        text.Write("received_at,closed_at,device,epoch,sequence,positions,battery_percent,charging,steps_total,activity\n");
        foreach (var (report, _) in Reports(assignments, cancellationToken))
        {
            text.Write(string.Create(CultureInfo.InvariantCulture,
                $"{Iso(report.ServerTime)},{Iso(report.DeviceTime)},{report.DeviceId},{report.Epoch},{report.Sequence},{report.Fixes.Length},{report.Battery?.Percent},{report.Battery?.Charging},{report.StepsTotal},{report.Activity}\n"));
        }
    }

    private void WriteCsv(StreamWriter text, IReadOnlyList<Assignment> assignments, bool everything, CancellationToken cancellationToken)
    {
        text.Write("time,latitude,longitude,accuracy_m,device\n");
        foreach (var (fix, deviceId) in Fixes(assignments, everything, cancellationToken))
        {
            text.Write(string.Create(CultureInfo.InvariantCulture, $"{Iso(fix.FixTime)},{fix.Latitude:F5},{fix.Longitude:F5},{fix.AccuracyM},{deviceId}\n"));
        }
    }

    // GPX 1.1, a track an assignment.
    private void WriteGpx(StreamWriter text, IReadOnlyList<Assignment> assignments, bool everything, CancellationToken cancellationToken)
    {
        using var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true });
        xml.WriteStartElement("gpx", "http://www.topografix.com/GPX/1/1");
        xml.WriteAttributeString("version", "1.1");
        xml.WriteAttributeString("creator", "TRAXXs XSole");
        foreach (var assignment in assignments)
        {
            xml.WriteStartElement("trk");
            xml.WriteElementString("name", assignment.DeviceId);
            xml.WriteStartElement("trkseg");
            foreach (var (fix, _) in Fixes([assignment], everything, cancellationToken))
            {
                xml.WriteStartElement("trkpt");
                xml.WriteAttributeString("lat", fix.Latitude.ToString("F5", CultureInfo.InvariantCulture));
                xml.WriteAttributeString("lon", fix.Longitude.ToString("F5", CultureInfo.InvariantCulture));
                xml.WriteElementString("time", Iso(fix.FixTime));
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private IEnumerable<(ReportFix Fix, string DeviceId)> Fixes(IReadOnlyList<Assignment> assignments, bool everything, CancellationToken cancellationToken)
    {
        foreach (var (report, assignment) in Reports(assignments, cancellationToken))
        {
            var location = gate.Of(report.DeviceId);
            foreach (var fix in report.Fixes)
            {
                if (assignment.Covers(fix.FixTime) && (everything || location.WhyHidden(fix.FixTime) is null)) yield return (fix, report.DeviceId);
            }
        }
    }

    private IEnumerable<(AcceptedReport Report, Assignment Assignment)> Reports(IReadOnlyList<Assignment> assignments, CancellationToken cancellationToken)
    {
        foreach (var assignment in assignments)
        {
            foreach (var stored in store.ReadNumberings(assignment.DeviceId).SelectMany(numbering => Reports(assignment.DeviceId, numbering.Epoch, cancellationToken)))
            {
                if (AcceptedReport.From(stored) is { } report && Speaks(report, assignment)) yield return (report, assignment);
            }
        }
    }

    private IEnumerable<StoredReport> Reports(string deviceId, int epoch, CancellationToken cancellationToken)
    {
        for (long from = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = store.ReadBySequence(deviceId, epoch, from, ReportsAtOnce);
            foreach (var stored in page) yield return stored;
            if (page.Count < ReportsAtOnce) yield break;
            from = page[^1].Report.Sequence + 1;
        }
    }

    private static bool Speaks(AcceptedReport report, Assignment assignment) =>
        report.Fixes.IsEmpty ? assignment.Covers(report.DeviceTime ?? report.ServerTime) : report.Fixes.Any(fix => assignment.Covers(fix.FixTime));

    private static string Iso(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Iso(DateTimeOffset? time) => time is { } known ? Iso(known) : "";

    private static StreamWriter Open(ZipArchive zip, string name) => new(zip.CreateEntry(name).Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    private static void WriteText(ZipArchive zip, string name, string content)
    {
        using var text = Open(zip, name);
        text.Write(content);
    }

    private static void WriteJson(ZipArchive zip, string name, object content)
    {
        using var stream = zip.CreateEntry(name).Open();
        JsonSerializer.Serialize(stream, content, Json);
    }
}
