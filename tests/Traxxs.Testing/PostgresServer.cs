using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

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
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly Lock Starting = new();
    private static PostgresServer? _shared;

    private readonly string _folder;
    private readonly string _programs;
    private int _databases;

    private PostgresServer(string folder, string programs)
    {
        (_folder, _programs) = (folder, programs);
        PasswordFile = Path.Combine(folder, "password");
        Port = FreePort();
    }

    /// <summary>Port on the loopback; stays the same over <see cref="Kill"/> and <see cref="Start"/>.</summary>
    public int Port { get; }

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

    /// <summary>A server of a test's own: one that it kills.</summary>
    /// <param name="folder">An empty folder for all its files, which goes with it; null for one of its own.</param>
    public static PostgresServer Begin(string? folder = null)
    {
        var server = new PostgresServer(folder ?? Directory.CreateTempSubdirectory("traxxs-postgres-").FullName, FindPrograms() ?? throw new InvalidOperationException(Missing));
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

    /// <summary>Runs statements as its owner; gives what the last one answered, a line a row.</summary>
    public string Sql(string sql, string database = "postgres") =>
        Run("psql", ["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User, "-d", database, "-c", sql]);

    /// <summary>Starts it, after <see cref="Kill"/> again on the same files; returns when it takes connections.</summary>
    public void Start()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Run("pg_ctl", ["start", "-w", "-t", "30", "-s", "-D", Data, "-l", Path.Combine(Data, "log"), "-o", string.Create(CultureInfo.InvariantCulture, $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={Data} -c max_connections=200 -c shared_buffers=64MB")]);
                return;
            }
            catch (InvalidOperationException) when (watch.Elapsed < StartLimit)
            {
                // After a kill its helpers take a moment to notice and to let go of the shared memory.
                Thread.Sleep(200);
            }
        }
    }

    /// <summary>Ends it as a crash does: nothing is flushed, no connection is closed.</summary>
    public void Kill()
    {
        var pid = int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        using var process = Process.GetProcessById(pid);
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Whether its first process runs; a server that cannot go on ends by itself.</summary>
    public bool IsRunning
    {
        get
        {
            try
            {
                using var process = Process.GetProcessById(int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture));
                return !process.HasExited;
            }
            catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException or FormatException)
            {
                return false;
            }
        }
    }

    /// <summary>Stops it and removes its folder.</summary>
    public void Dispose()
    {
        try
        {
            if (File.Exists(Path.Combine(Data, "postmaster.pid"))) Run("pg_ctl", ["stop", "-m", "immediate", "-s", "-D", Data]);
        }
        catch (InvalidOperationException)
        {
            // It was killed by its test.
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private void Make()
    {
        File.WriteAllText(PasswordFile, Guid.NewGuid().ToString("N"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(PasswordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(Data);
        var secret = Path.Combine(_folder, "secret");
        File.Copy(PasswordFile, secret);
        if (Environment.UserName == "root")
        {
            Exec("chown", [Account, Data, secret]);
            Exec("chmod", ["711", _folder]);
        }

        // A language's order of letters, as many servers have it: what relies on the order of characters must say so.
        Run("initdb", ["-D", Data, "-U", User, "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]);
        File.Delete(secret);
    }

    /// <summary>Runs one of its programs to the end, as the account it runs as, with the password in the environment; gives what it said.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message says how.</exception>
    public string Run(string program, IReadOnlyList<string> arguments)
    {
        var path = Path.Combine(_programs, program);
        return Environment.UserName == "root" ? Exec("runuser", ["-u", Account, "--", path, .. arguments]) : Exec(path, arguments);
    }

    private string Exec(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        start.Environment["PGPASSWORD"] = File.ReadAllText(PasswordFile);
        using var process = Process.Start(start)!;
        // pg_ctl leaves the server with its own output; what it says itself is read to the end of the process, not of the pipe.
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
        return packaged.Concat(inPath).FirstOrDefault(folder => IsThere(Path.Combine(folder, "initdb")) && IsThere(Path.Combine(folder, "pg_ctl")));

        // A link whose program was taken away counts as a file.
        static bool IsThere(string path) => File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is not { Exists: false };
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
