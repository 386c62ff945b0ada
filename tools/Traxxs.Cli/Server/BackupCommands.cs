using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Server.Ingest;
using Traxxs.Store.Backup;
using Traxxs.Store.Postgres;
using Traxxs.Store.Sqlite;

namespace Traxxs.Cli.Server;

/// <summary><c>traxxs server check|backup|restore</c>: what is done to a server's data from outside the server.</summary>
internal static class BackupCommands
{
    /// <summary>Looks the data over.</summary>
    public static Command Check()
    {
        var json = Json();
        var command = new Command("check", "Looks all data over, also beside a running server: pages, every report and what is in it, its index, what belongs together.") { json };
        var data = new DataChoice(command);
        command.SetAction(result => DataChoice.Guard(() =>
        {
            var place = data.Of(result);
            using var progress = new ProgressLine("check");
            var (reports, problems) = place.Postgres is { } postgres ? PostgresCheck.Run(postgres, ReportInspection.Fault, progress.Report) : CheckFolder(place.Folder!);
            var name = place.Folder is { } folder ? Path.GetFullPath(folder) : place.Name;
            if (result.GetValue(json)) JsonOutput.Write(new { data = name, reports = problems.Count == 0 ? reports : (long?)null, problems });
            else if (problems.Count == 0) Console.Out.WriteLine($"{place.Name}: {reports} reports, all well");
            else foreach (var problem in problems) Console.Out.WriteLine(problem);
            return problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }

    /// <summary>Copies a data folder while its server runs.</summary>
    public static Command Backup()
    {
        var json = Json();
        var target = new Argument<string>("TARGET") { Description = "a folder to make, or a file NAME.tar.gz" };
        var command = new Command("backup", "Copies a data folder as of one moment, while its server runs, and checks the copy. PostgreSQL has backups of its own; this says which.") { target, json };
        var data = new DataChoice(command);
        command.SetAction(result => InFolder(data, result, place => DumpWords(place, result.GetValue(target)!), folder =>
        {
            var manifest = DataBackup.Create(folder, result.GetValue(target)!, TimeProvider.System.GetUtcNow());
            var bytes = manifest.Files.Sum(file => file.Bytes);
            if (result.GetValue(json)) JsonOutput.Write(new { target = Path.GetFullPath(result.GetValue(target)!), reports = manifest.Reports, bytes, files = manifest.Files.Select(file => file.Name) });
            else Console.Out.WriteLine($"{result.GetValue(target)}: {manifest.Reports} reports, {bytes} bytes, checked. Keep it as you keep the data: it holds positions of people.");
        }));
        return command;
    }

    /// <summary>Puts a backup in the place of a data folder.</summary>
    public static Command Restore()
    {
        var json = Json();
        var backup = new Argument<string>("BACKUP") { Description = "what backup made" };
        var replace = new Option<bool>("--replace") { Description = "move the data that is there aside first" };
        var command = new Command("restore", "Checks a backup and puts it in the place of a data folder no server runs on.") { backup, replace, json };
        var data = new DataChoice(command);
        command.SetAction(result => InFolder(data, result, place => RestoreWords(place, result.GetValue(backup)!), folder =>
        {
            var (manifest, aside) = DataBackup.Restore(result.GetValue(backup)!, folder, result.GetValue(replace), TimeProvider.System.GetUtcNow());
            if (result.GetValue(json)) JsonOutput.Write(new { data = Path.GetFullPath(folder), reports = manifest.Reports, createdAt = manifest.CreatedAt, aside });
            else
            {
                Console.Out.WriteLine($"{manifest.Reports} reports as of {manifest.CreatedAt:yyyy-MM-dd HH:mm:ss}Z are in {folder}");
                if (aside is not null) Console.Out.WriteLine($"what was there is in {aside}");
            }
        }));
        return command;
    }

    private static (long Reports, IReadOnlyList<string> Problems) CheckFolder(string folder)
    {
        var problems = DataCheck.Run(folder, ReportInspection.Fault);
        return (problems.Count == 0 ? StoreCheck.Count(folder) : 0, problems);
    }

    // A copy through this program would be slower than the server's own, and whole only while no other process writes.
    private static string DumpWords(DataPlace place, string target) =>
        $"{place.Name} is PostgreSQL, which makes its own backups while servers work: pg_dump --format=custom --file={target} {PostgresConnection.ArgumentsOf(place.Postgres!)}, "
        + "or pg_basebackup with an archive of the log, which loses minutes and not a day. Look over what you restored of it: traxxs server check --store ADDRESS";

    private static string RestoreWords(DataPlace place, string backup) =>
        $"{place.Name} is PostgreSQL: pg_restore --exit-on-error {PostgresConnection.ArgumentsOf(place.Postgres!)} {backup} puts back what pg_dump made, into an empty database no server runs on; "
        + "a backup of a data folder goes there by traxxs server restore into a folder, and traxxs store copy from that. Then look it over: traxxs server check --store ADDRESS";

    private static Option<bool> Json() => new("--json") { Description = "print one JSON object" };

    private static int InFolder(DataChoice data, ParseResult result, Func<DataPlace, string> elsewhere, Action<string> act) => DataChoice.Guard(() =>
    {
        var place = data.Of(result);
        if (place.Folder is not { } folder)
        {
            Console.Error.WriteLine(elsewhere(place));
            return ExitCode.Usage;
        }

        try
        {
            act(folder);
            return ExitCode.Ok;
        }
        catch (BackupException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    });
}
