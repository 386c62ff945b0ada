using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Store;
using Traxxs.Store.Backup;
using Traxxs.Store.Sqlite;

namespace Traxxs.Cli.Server;

/// <summary><c>traxxs server check|backup|restore</c>: what is done to a data folder from outside the server.</summary>
internal static class BackupCommands
{
    /// <summary>Looks a data folder over.</summary>
    public static Command Check()
    {
        var (data, json) = (Data(), Json());
        var command = new Command("check", "Looks a data folder over, also beside a running server: pages, every report, its index, what belongs together.") { data, json };
        command.SetAction(result =>
        {
            var folder = result.GetValue(data)!;
            var problems = DataCheck.Run(folder);
            var reports = problems.Count == 0 ? StoreCheck.Count(folder) : (long?)null;
            if (result.GetValue(json)) JsonOutput.Write(new { data = Path.GetFullPath(folder), reports, problems });
            else if (problems.Count == 0) Console.Out.WriteLine($"{folder}: {reports} reports, all well");
            else foreach (var problem in problems) Console.Out.WriteLine(problem);
            return problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    /// <summary>Copies a data folder while its server runs.</summary>
    public static Command Backup()
    {
        var (data, json) = (Data(), Json());
        var target = new Argument<string>("TARGET") { Description = "a folder to make, or a file NAME.tar.gz" };
        var command = new Command("backup", "Copies a data folder as of one moment, while its server runs, and checks the copy.") { target, data, json };
        command.SetAction(result => Try(() =>
        {
            var manifest = DataBackup.Create(result.GetValue(data)!, result.GetValue(target)!, TimeProvider.System.GetUtcNow());
            var bytes = manifest.Files.Sum(file => file.Bytes);
            if (result.GetValue(json)) JsonOutput.Write(new { target = Path.GetFullPath(result.GetValue(target)!), reports = manifest.Reports, bytes, files = manifest.Files.Select(file => file.Name) });
            else Console.Out.WriteLine($"{result.GetValue(target)}: {manifest.Reports} reports, {bytes} bytes, checked. Keep it as you keep the data: it holds positions of people.");
        }));
        return command;
    }

    /// <summary>Puts a backup in the place of a data folder.</summary>
    public static Command Restore()
    {
        var (data, json) = (Data(), Json());
        var backup = new Argument<string>("BACKUP") { Description = "what backup made" };
        var replace = new Option<bool>("--replace") { Description = "move the data that is there aside first" };
        var command = new Command("restore", "Checks a backup and puts it in the place of a data folder no server runs on.") { backup, data, replace, json };
        command.SetAction(result => Try(() =>
        {
            var (manifest, aside) = DataBackup.Restore(result.GetValue(backup)!, result.GetValue(data)!, result.GetValue(replace), TimeProvider.System.GetUtcNow());
            if (result.GetValue(json)) JsonOutput.Write(new { data = Path.GetFullPath(result.GetValue(data)!), reports = manifest.Reports, createdAt = manifest.CreatedAt, aside });
            else
            {
                Console.Out.WriteLine($"{manifest.Reports} reports as of {manifest.CreatedAt:yyyy-MM-dd HH:mm:ss}Z are in {result.GetValue(data)}");
                if (aside is not null) Console.Out.WriteLine($"what was there is in {aside}");
            }
        }));
        return command;
    }

    private static Option<string> Data() => new("--data") { Description = "the server's data folder", DefaultValueFactory = _ => "./data" };

    private static Option<bool> Json() => new("--json") { Description = "print one JSON object" };

    private static int Try(Action act)
    {
        try
        {
            act();
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is BackupException or StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    }
}
