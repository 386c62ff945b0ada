using System.Globalization;
using Npgsql;
using Traxxs.Engines;
using Traxxs.Server.Identity;
using Traxxs.Store.Postgres;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>
/// A PostgreSQL server of the benchmark's own, with its defaults and full sync, on a free port of loopback. It refuses to run as
/// root: there it runs as the user <c>postgres</c> that its package makes.
/// </summary>
internal sealed class PostgresEngine : IDisposable
{
    private const string User = "traxxs";
    private const string Account = "postgres";
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    private readonly EngineProcess _process;
    private readonly string _password;
    private int _databases;

    private PostgresEngine(EngineProcess process, int port, string passwordFile)
    {
        (_process, Port, PasswordFile) = (process, port, passwordFile);
        _password = File.ReadAllText(passwordFile);
    }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Port on loopback.</summary>
    public int Port { get; }

    /// <summary>File with its password, mode 0600.</summary>
    public string PasswordFile { get; }

    /// <summary>Why there can be none here, for a person; null where there can.</summary>
    public static string? Missing() => Program("initdb") is null || Program("postgres") is null ? "there is no PostgreSQL server here (initdb, postgres): Debian's package postgresql has it" : null;

    /// <summary>Makes and starts one in a folder.</summary>
    /// <exception cref="EngineException">It does not start.</exception>
    public static async Task<PostgresEngine> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var (data, secret, passwordFile, port) = (Path.Combine(folder, "data"), Path.Combine(folder, "secret"), Path.Combine(folder, "password"), EngineProcess.FreePort());
        SecretFile.WriteNew(passwordFile, Guid.NewGuid().ToString("N"));
        File.Copy(passwordFile, secret);
        Directory.CreateDirectory(data);
        if (IsRoot)
        {
            EngineProcess.Run("chown", [Account, data, secret], folder, StartMax);
            EngineProcess.Run("chmod", ["711", folder], folder, StartMax); // its user goes through it, and reads nothing
        }

        var (maker, making) = AsItsUser(Program("initdb")!, ["-D", data, "-U", User, "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C.UTF-8"]);
        EngineProcess.Run(maker, making, "/", StartMax);
        File.Delete(secret);
        var (program, arguments) = AsItsUser(Program("postgres")!, ["-D", data, "-p", EngineProcess.Text(port), "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={data}", "-c", "max_connections=200"]);
        var engine = new PostgresEngine(EngineProcess.Start(program, arguments, "/"), port, passwordFile);
        try
        {
            await engine._process.UntilAsync(engine.Answers, StartMax, cancellationToken);
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>Makes an empty database and gives its name and how to reach it.</summary>
    public (string Name, PostgresOptions Options) NewDatabase()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"bench_{++_databases}");
        using var connection = Connect("postgres");
        using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        command.ExecuteNonQuery();
        return (name, new PostgresOptions { Connection = string.Create(CultureInfo.InvariantCulture, $"postgres://{User}@127.0.0.1:{Port}/{name}"), PasswordFile = PasswordFile });
    }

    /// <summary>A connection of its owner's to a database.</summary>
    public NpgsqlConnection Connect(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = Port, Username = User, Password = _password, Database = database, Pooling = false, Timeout = 5, ApplicationName = "traxxs bench",
        }.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static bool IsRoot => Environment.UserName == "root";

    private static string? Program(string name)
    {
        var packaged = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return EngineProcess.Find(name, packaged.OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin")));
    }

    // setpriv becomes the program: what is measured and ended is the server and nothing in between.
    private static (string Program, IEnumerable<string> Arguments) AsItsUser(string program, IReadOnlyList<string> arguments) =>
        IsRoot ? ("setpriv", ["--reuid", Account, "--regid", Account, "--clear-groups", program, .. arguments]) : (program, arguments);

    private bool Answers()
    {
        try
        {
            using var connection = Connect("postgres");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
