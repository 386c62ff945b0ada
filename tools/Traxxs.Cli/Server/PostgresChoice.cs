using System.CommandLine;
using Traxxs.Store.Postgres;

namespace Traxxs.Cli.Server;

/// <summary>How every verb is told of a PostgreSQL database: an address without its password, a file that has it, a word for a tunnel.</summary>
internal static class PostgresChoice
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(30);

    /// <summary>What an address looks like, for descriptions.</summary>
    public const string Address = "postgres://user@host:port/database";

    /// <summary>The option for the password's file.</summary>
    public static Option<string?> Password(string name) => new(name) { Description = $"file (mode 0600) with the password of PostgreSQL (default: {PostgresOptions.PasswordVariable} of the environment)" };

    /// <summary>The option for a server elsewhere without a verified certificate.</summary>
    public static Option<bool> Insecure(string name) => new(name) { Description = "allow a PostgreSQL elsewhere without a verified certificate: behind a tunnel that has TLS" };

    /// <summary>Whether a text is meant for PostgreSQL and not a folder: what has a scheme or a '=' is, and is told what is wrong with it.</summary>
    public static bool IsAddress(string text) => text.Contains("://", StringComparison.Ordinal) || text.Contains('=', StringComparison.Ordinal);

    /// <summary>A database checked as far as it can be without its server.</summary>
    /// <exception cref="Store.StoreConfigurationException">What is wrong, in a sentence.</exception>
    public static PostgresOptions Of(string address, string? passwordFile, bool insecure, PartitionSpan partition = PartitionSpan.Month)
    {
        var options = new PostgresOptions { Connection = address, PasswordFile = passwordFile, Insecure = insecure, Partition = partition };
        PostgresConnection.Require(options);
        return AtConsole(options);
    }

    /// <summary>As a verb uses a database: it keeps nothing of it in memory, and waits longer for it than a server does, which tries again.</summary>
    public static PostgresOptions AtConsole(PostgresOptions options) => options with { RecentMax = 0, ConnectPatience = ConnectPatience };
}
