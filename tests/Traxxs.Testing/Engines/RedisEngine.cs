using Traxxs.Engines;

namespace Traxxs.Testing.Engines;

/// <summary>A real <c>redis-server</c> with a password, on a free port of loopback; it can be killed and come back.</summary>
public sealed class RedisEngine : IDisposable
{
    private readonly string _program;
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-redis-").FullName;
    private readonly bool _appends;
    private EngineProcess? _process;

    private RedisEngine(string program, bool appends)
    {
        (_program, _appends) = (program, appends);
        Start();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; } = EngineProcess.FreePort();

    /// <summary>Its password.</summary>
    public string Password { get; } = Guid.NewGuid().ToString("N");

    /// <summary>
    /// Starts one; null with a sentence where the program is missing. One that <paramref name="appends"/> writes to a file within
    /// a second, and comes back with that.
    /// </summary>
    public static RedisEngine? TryStart(out string message, bool appends = false)
    {
        var program = EngineProcess.Find("redis-server");
        message = program is null ? "skipped: there is no redis-server here; Debian's package redis-server has it, and .ci/run installs it" : "";
        return program is null ? null : new RedisEngine(program, appends);
    }

    /// <summary>Starts it again after <see cref="Kill"/>: with nothing of what it held, or with all where it appends to a file.</summary>
    public void Start()
    {
        var configuration = Path.Combine(_folder, "redis.conf");
        File.WriteAllText(configuration, $"bind 127.0.0.1\nport {Port}\nrequirepass {Password}\nsave \"\"\nappendonly {(_appends ? "yes" : "no")}\ndir {_folder}\n");
        _process = EngineProcess.Start(_program, [configuration], _folder);
        _process.WaitUntil(() => EngineProcess.Listens(Port), TimeSpan.FromSeconds(20));
    }

    /// <summary>Kills it: what it held in memory is gone.</summary>
    public void Kill()
    {
        _process?.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        Directory.Delete(_folder, recursive: true);
    }
}
