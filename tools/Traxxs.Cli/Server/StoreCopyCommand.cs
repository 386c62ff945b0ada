using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Store;
using Traxxs.Store.Copy;
using Traxxs.Store.Postgres;

namespace Traxxs.Cli.Server;

/// <summary><c>traxxs store copy|checksum</c>: everything a server keeps, from one engine to another.</summary>
internal static class StoreCopyCommand
{
    private const string Sides = $"a data folder, or {PostgresChoice.Address}";

    /// <summary>The verb.</summary>
    public static Command Create() => new("store", "Everything a server keeps, whatever it is kept in.") { Copy(), Checksum() };

    private static Command Copy()
    {
        var from = new Option<string>("--from") { Description = Sides, Required = true };
        var to = new Option<string>("--to") { Description = $"{Sides}: an empty one", Required = true };
        var (fromPassword, toPassword) = (PostgresChoice.Password("--from-password-file"), PostgresChoice.Password("--to-password-file"));
        var (insecure, json) = (PostgresChoice.Insecure("--insecure"), Json());
        var partition = new Option<PartitionSpan>("--partition") { Description = "span of time in one partition of a PostgreSQL target: month or day", DefaultValueFactory = _ => PartitionSpan.Month };
        var resume = new Option<bool>("--resume") { Description = "go on with a copy that was interrupted" };
        var command = new Command("copy", "Copies reports, refused frames and the service database from one engine to another, no server running on either, and compares a checksum of both.")
        {
            from, to, fromPassword, toPassword, insecure, partition, resume, json,
        };
        command.SetAction((result, cancellation) => TryAsync(async () =>
        {
            var (source, target) = (
                Side(result.GetValue(from)!, result.GetValue(fromPassword), result.GetValue(insecure), PartitionSpan.Month),
                Side(result.GetValue(to)!, result.GetValue(toPassword), result.GetValue(insecure), result.GetValue(partition)));
            using var progress = new ProgressLine("copy");
            var copy = await DataCopy.RunAsync(source, target, result.GetValue(resume), progress.Report, cancellation);
            Print(copy, target.Name, result.GetValue(json));
            return copy.IsEqual ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }

    private static Command Checksum()
    {
        var side = new Argument<string>("SIDE") { Description = Sides };
        var (password, insecure, json) = (PostgresChoice.Password("--password-file"), PostgresChoice.Insecure("--insecure"), Json());
        var command = new Command("checksum", "Reads all that is kept and prints its checksum, which does not depend on the engine.") { side, password, insecure, json };
        command.SetAction((result, _) => TryAsync(async () =>
        {
            var (reports, hash) = await DataCopy.LookAsync(Side(result.GetValue(side)!, result.GetValue(password), result.GetValue(insecure), PartitionSpan.Month));
            if (result.GetValue(json)) JsonOutput.Write(new { reports, sha256 = hash });
            else Console.Out.WriteLine($"{hash}  {reports} reports");
            return ExitCode.Ok;
        }));
        return command;
    }

    private static void Print(CopyResult copy, string target, bool json)
    {
        if (json)
        {
            JsonOutput.Write(new { reports = copy.Reports, erased = copy.Erased, rejected = copy.Rejected, rows = copy.Rows, sourceSha256 = copy.SourceHash, targetSha256 = copy.TargetHash, equal = copy.IsEqual });
            return;
        }

        Console.Out.WriteLine($"{copy.Reports} reports, {copy.Erased} numbers of erased ones, {copy.Rejected} refused frames, {copy.Rows.Values.Sum()} rows of the service database");
        Console.Out.WriteLine($"source {copy.SourceHash}\ntarget {copy.TargetHash}");
        Console.Out.WriteLine(copy.IsEqual ? $"{target} holds the same." : $"{target} does not hold the same: do not use it.");
    }

    private static DataSide Side(string text, string? passwordFile, bool insecure, PartitionSpan partition) =>
        PostgresChoice.IsAddress(text) ? DataSide.OfPostgres(PostgresChoice.Of(text, passwordFile, insecure, partition)) : DataSide.OfFolder(text);

    private static async Task<int> TryAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (StoreConfigurationException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is DataCopyException or StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("interrupted: go on with --resume");
            return ExitCode.Failed;
        }
    }

    private static Option<bool> Json() => new("--json") { Description = "print one JSON object" };
}
