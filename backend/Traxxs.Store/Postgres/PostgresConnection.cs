using System.Globalization;
using Npgsql;

namespace Traxxs.Store.Postgres;

/// <summary>Turns what a person configured into connections. Neither password nor connection string ever stands in a message.</summary>
public static class PostgresConnection
{
    private const string Scheme = "postgres://";
    private const string LongScheme = "postgresql://";
    private const int StatementsPrepared = 40;

    /// <summary>The address without user and password, for messages.</summary>
    /// <exception cref="StoreConfigurationException">It is no address of a PostgreSQL database.</exception>
    public static string NameOf(PostgresOptions options)
    {
        var settings = Parse(options.Connection);
        return string.Create(CultureInfo.InvariantCulture, $"{settings.Host}:{settings.Port}/{settings.Database}");
    }

    /// <summary>The database as PostgreSQL's own programs want it named: <c>--host=… --port=… --username=… --dbname=…</c>, without the password.</summary>
    /// <exception cref="StoreConfigurationException">It is no address of a PostgreSQL database.</exception>
    public static string ArgumentsOf(PostgresOptions options)
    {
        var settings = Parse(options.Connection);
        return string.Create(CultureInfo.InvariantCulture, $"--host={settings.Host} --port={settings.Port} --username={settings.Username} --dbname={settings.Database}");
    }

    /// <summary>Checks everything that can be checked without the server.</summary>
    /// <exception cref="StoreConfigurationException">What is wrong, in a sentence.</exception>
    public static void Require(PostgresOptions options) => _ = Settings(options);

    /// <summary>Opens a pool of connections; nothing is connected yet.</summary>
    /// <exception cref="StoreConfigurationException">What is wrong, in a sentence.</exception>
    internal static NpgsqlDataSource Open(PostgresOptions options, string purpose, int connectionsMax, Action<NpgsqlConnectionStringBuilder>? adjust = null)
    {
        var settings = Settings(options);
        settings.ApplicationName = $"traxxs {purpose}";
        settings.MaxPoolSize = connectionsMax;
        adjust?.Invoke(settings);
        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>What failed, for a person; where they can do something about it, what.</summary>
    internal static string WordsOf(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.DiskFull }
        ? $"the disk of the PostgreSQL server is full, make room there ({error.Message})"
        : error.Message;

    private static NpgsqlConnectionStringBuilder Settings(PostgresOptions options)
    {
        var settings = Parse(options.Connection);
        if (!string.IsNullOrEmpty(settings.Password))
            throw new StoreConfigurationException($"the PostgreSQL connection names a password, where anybody can read it: put it into a file (mode 0600) and name that, or into {PostgresOptions.PasswordVariable}");
        if (string.IsNullOrEmpty(settings.Host)) throw new StoreConfigurationException("the PostgreSQL connection names no host");
        if (string.IsNullOrEmpty(settings.Database)) throw new StoreConfigurationException("the PostgreSQL connection names no database");
        if (string.IsNullOrEmpty(settings.Username)) throw new StoreConfigurationException("the PostgreSQL connection names no user");
        RequireTls(settings, options.Insecure);
        settings.Password = Password(options.PasswordFile);
        var patience = (int)Math.Max(1, options.Patience.TotalSeconds);
        settings.Timeout = (int)Math.Max(1, options.ConnectPatience.TotalSeconds);
        settings.CommandTimeout = patience;
        // The system's keep-alive and not the driver's, which would end a connection under the hands of who is in a transaction.
        settings.TcpKeepAlive = true;
        settings.TcpKeepAliveTime = 5;
        settings.TcpKeepAliveInterval = 2;
        settings.MaxAutoPrepare = StatementsPrepared;
        settings.AutoPrepareMinUsages = 2;
        // A commit is on the server's disk when it returns, whatever the server's own default. Who stops in the middle of a transaction,
        // frozen or cut off, is ended by the server: others wait for its lock. So is a machine that no longer answers.
        settings.Options = string.Create(CultureInfo.InvariantCulture,
            $"-c synchronous_commit=on -c idle_in_transaction_session_timeout={patience}s -c lock_timeout={patience}s -c timezone=UTC -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3");
        return settings;
    }

    private static NpgsqlConnectionStringBuilder Parse(string connection)
    {
        try
        {
            return connection.StartsWith(Scheme, StringComparison.Ordinal) || connection.StartsWith(LongScheme, StringComparison.Ordinal)
                ? OfAddress(connection)
                : new NpgsqlConnectionStringBuilder(connection);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // Npgsql names the setting and not its value; the value could be a secret.
            throw new StoreConfigurationException($"the PostgreSQL connection is neither {Scheme}user@host:port/database nor Host=…;Username=…;Database=…: {e.Message}");
        }
    }

    private static NpgsqlConnectionStringBuilder OfAddress(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) throw new FormatException("it is no address");
        var user = uri.UserInfo.Split(':', 2);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.Port > 0 ? uri.Port : NpgsqlConnection.DefaultPort,
            Username = Uri.UnescapeDataString(user[0]),
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
        };
        if (user.Length > 1) settings.Password = Uri.UnescapeDataString(user[1]);
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var n, var v] ? (n, Uri.UnescapeDataString(v)) : throw new FormatException($"\"{pair}\" has no value");
            // The names of libpq, which people know; any other is Npgsql's own.
            if (name == "host") settings.Host = value;
            else if (name == "sslmode") settings["SSL Mode"] = value.Replace("-", "", StringComparison.Ordinal);
            else if (name == "sslrootcert") settings.RootCertificate = value;
            else settings[name] = value;
        }

        return settings;
    }

    private static void RequireTls(NpgsqlConnectionStringBuilder settings, bool insecure)
    {
        var isHere = settings.Host!.Split(',').All(host => host.StartsWith('/') || host is "localhost" or "::1" || host.StartsWith("127.", StringComparison.Ordinal));
        if (isHere || insecure) return;
        if (!settings.ContainsKey("SSL Mode") || settings.SslMode == SslMode.Prefer) settings.SslMode = SslMode.VerifyFull;
        if (settings.SslMode != SslMode.VerifyFull)
            throw new StoreConfigurationException($"PostgreSQL at {settings.Host} is not on this machine and its certificate would not be verified: sslmode=verify-full, or the word \"insecure\" behind a tunnel that has TLS");
    }

    private static string? Password(string? file) => file is null ? Environment.GetEnvironmentVariable(PostgresOptions.PasswordVariable) : PrivateFile.Read(file);
}
