using System.Diagnostics;
using System.Globalization;
using Traxxs.Engines;

namespace Traxxs.Testing;

/// <summary>
/// A real PostgreSQL server of its own for tests: in a temporary folder, on a free port of the loopback, with a password. It refuses to
/// run as root, so that there it runs as the user <c>postgres</c> that its package makes. Where it is not installed a test is
/// inconclusive with <see cref="Missing"/>.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    /// <summary>Its user.</summary>
    public const string User = "traxxs";

    private const string Account = "postgres";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);
    private static readonly Lock Starting = new();
    private static PostgresServer? _shared;

    private readonly string _folder;
    private readonly string _programs;
    private readonly PostgresSettings _settings;
    private EngineProcess? _process;
    private int _databases;

    private PostgresServer(string programs, PostgresSettings settings)
    {
        _folder = settings.Folder ?? Directory.CreateTempSubdirectory("traxxs-postgres-").FullName;
        (_programs, _settings) = (programs, settings);
        PasswordFile = Path.Combine(_folder, "password");
    }

    /// <summary>Port on the loopback; stays the same over <see cref="Kill"/> and <see cref="Start"/>.</summary>
    public int Port { get; } = EngineProcess.FreePort();

    /// <summary>File with its password, mode 0600.</summary>
    public string PasswordFile { get; }

    /// <summary>Why there is none, for an inconclusive test; null where one can be started.</summary>
    public static string? Missing { get; } = FindPrograms() is null
        ? "skipped: no PostgreSQL server here (initdb, postgres); on Debian: apt-get install postgresql"
        : OperatingSystem.IsWindows() ? "skipped: PostgreSQL is started for tests on Unix only" : null;

    /// <summary>
    /// The server all tests of a process share, started at the first call. The process's own end leaves no time to stop it: each test
    /// project that uses it calls <see cref="StopShared"/> when its tests are over.
    /// </summary>
    public static PostgresServer Shared
    {
        get
        {
            lock (Starting)
            {
                if (_shared is not null) return _shared;
                return _shared = Begin();
            }
        }
    }

    /// <summary>Stops the shared server, where one was started.</summary>
    public static void StopShared()
    {
        lock (Starting)
        {
            _shared?.Dispose();
            _shared = null;
        }
    }

    /// <summary>A server of a test's own: one that it kills, or that is set up as nobody else's.</summary>
    public static PostgresServer Begin(PostgresSettings? settings = null)
    {
        var server = new PostgresServer(FindPrograms() ?? throw new InvalidOperationException(Missing), settings ?? new PostgresSettings());
        try
        {
            server.Make();
            server.Start();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Makes a database, empty or a copy of another that nobody has open, and gives its address, without the password.</summary>
    public string NewDatabase(string template = "template1")
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        Sql($"CREATE DATABASE {name} TEMPLATE {template}");
        return string.Create(CultureInfo.InvariantCulture, $"postgres://{User}@127.0.0.1:{Port}/{name}");
    }

    /// <summary>Runs statements as its owner, over its own socket; gives what the last one answered, a line a row.</summary>
    public string Sql(string sql, string database = "postgres") =>
        Run("psql", ["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", Data, "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User, "-d", database, "-c", sql]);

    /// <summary>Starts it, after <see cref="Kill"/> again on the same files; returns when it takes connections.</summary>
    public void Start()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            _process?.Dispose();
            var (program, arguments) = AsAccount("postgres", ["-D", Data, .. Options()]);
            _process = EngineProcess.Start(program, arguments, Path.GetTempPath());
            try
            {
                _process.WaitUntilSaid("database system is ready to accept connections", StartLimit);
                return;
            }
            catch (EngineException) when (watch.Elapsed < StartLimit)
            {
                // After a kill its helpers take a moment to let go of the shared memory.
                Thread.Sleep(200);
            }
        }
    }

    /// <summary>Ends it and its helpers as a crash does: nothing is flushed, no connection is closed.</summary>
    public void Kill() => _process?.Kill();

    /// <summary>Whether its first process runs; a server that cannot go on ends by itself.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Kills it and removes its folder.</summary>
    public void Dispose()
    {
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private void Make()
    {
        File.WriteAllText(PasswordFile, _settings.Password ?? Guid.NewGuid().ToString("N"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PasswordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(Data);
        var secret = Path.Combine(_folder, "secret");
        File.Copy(PasswordFile, secret);
        if (Environment.UserName == "root")
        {
            Exec("chown", [Account, Data, secret]);
            Exec("chmod", ["711", _folder]);
        }

        // A language's order of letters, as many servers have it: what relies on the order of characters must say so. Not waiting for the disk:
        // tests kill the server, not the machine, and what it commits later it writes through as ever.
        Run("initdb", ["--no-sync", "-D", Data, "-U", User, "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", .. _settings.Initially]);
        File.Delete(secret);
    }

    /// <summary>Runs one of its programs to the end, as the account it runs as, with the password in the environment; gives what it said.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message says how.</exception>
    public string Run(string program, IReadOnlyList<string> arguments)
    {
        var (path, all) = AsAccount(program, arguments);
        return Exec(path, all);
    }

    // Of two options with one name the later counts: a test's own come behind.
    private IEnumerable<string> Options() =>
    [
        "-c", string.Create(CultureInfo.InvariantCulture, $"port={Port}"), "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={Data}",
        "-c", "max_connections=200", "-c", "shared_buffers=64MB", .. _settings.Options,
    ];

    private (string Program, IReadOnlyList<string> Arguments) AsAccount(string program, IReadOnlyList<string> arguments)
    {
        var path = Path.Combine(_programs, program);
        return Environment.UserName == "root" ? ("runuser", ["-u", Account, "--", path, .. arguments]) : (path, arguments);
    }

    private string Exec(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        start.Environment["PGPASSWORD"] = File.ReadAllText(PasswordFile);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(StartLimit)) process.Kill(entireProcessTree: true);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
        return output.GetAwaiter().GetResult().Trim();
    }

    private static string? FindPrograms()
    {
        var packaged = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];
        var inPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return packaged.Concat(inPath).FirstOrDefault(folder => IsThere(Path.Combine(folder, "initdb")) && IsThere(Path.Combine(folder, "postgres")));

        // A link whose program was taken away counts as a file.
        static bool IsThere(string path) => File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is not { Exists: false };
    }
}

/// <summary>What a test wants of its PostgreSQL beyond the ordinary.</summary>
public sealed record PostgresSettings
{
    /// <summary>An empty folder for all its files, which goes with it; null for one of its own.</summary>
    public string? Folder { get; init; }

    /// <summary>Its password; null for one made up.</summary>
    public string? Password { get; init; }

    /// <summary>Further arguments of <c>initdb</c>.</summary>
    public IReadOnlyList<string> Initially { get; init; } = [];

    /// <summary>Further arguments of <c>postgres</c>, such as <c>-c</c>, <c>ssl=on</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}
