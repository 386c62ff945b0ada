using System.CommandLine;
using Traxxs.Server.Hosting;
using Traxxs.Store;
using Traxxs.Store.Sqlite;

namespace Traxxs.Cli.Server;

/// <summary><c>--store</c>: which report store a server opens. Adapters are there where they were built in.</summary>
internal static class StoreChoice
{
    /// <summary>The one that ships.</summary>
    public const string Sqlite = "sqlite";

    /// <summary>LiteDB's.</summary>
    public const string LiteDb = "litedb";

    /// <summary>The option.</summary>
    public static Option<string> Option() => new("--store") { Description = "report store: sqlite, or litedb where it was built in with -p:CardPackages=true", DefaultValueFactory = _ => Sqlite };

    /// <summary>How the store of a name is opened in a folder.</summary>
    /// <exception cref="ConfigurationException">There is none of this name, or it was not built in.</exception>
    public static Func<string, IReportStore> Of(string name) => name switch
    {
        Sqlite => SqliteReportStore.Open,
#if CARD_PACKAGES
        LiteDb => Traxxs.Store.LiteDb.LiteDbReportStore.Open,
#else
        LiteDb => throw new ConfigurationException(["--store litedb: this program was built without it; build with -p:CardPackages=true where the package LiteDB can be restored"]),
#endif
        _ => throw new ConfigurationException([$"--store: \"{name}\" is neither {Sqlite} nor {LiteDb}"]),
    };
}
