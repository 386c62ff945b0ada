using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Server;

/// <summary>Work on the service database of a data folder, beside its server or without one.</summary>
internal static class DataBeside
{
    /// <summary>Who did it, in the audit log.</summary>
    public const string Who = "command line";

    /// <summary>The option that names the folder.</summary>
    public static Option<string> Option() => new("--data") { Description = "the server's data folder", DefaultValueFactory = _ => "./data" };

    /// <summary>Opens the database, made where there is none; what keeps it from opening is said, and fails.</summary>
    public static int Use(string folder, Func<ServiceDatabase, int> work)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var database = ServiceDatabase.Open(Path.Combine(folder, ServiceDatabase.FileName));
            return work(database);
        }
        catch (Exception e) when (e is StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    }
}
