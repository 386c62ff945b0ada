using Traxxs.Engines;
using Traxxs.Server.Identity;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>A Redis of the benchmark's own with a password, on a free port of loopback, set as the deployed one but for TLS.</summary>
internal sealed class RedisEngine : IDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(20);

    private readonly EngineProcess _process;

    private RedisEngine(EngineProcess process, int port, string passwordFile) => (_process, Port, PasswordFile) = (process, port, passwordFile);

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Port on loopback.</summary>
    public int Port { get; }

    /// <summary>File with its password, mode 0600.</summary>
    public string PasswordFile { get; }

    /// <summary>Why there can be none here, for a person; null where there can.</summary>
    public static string? Missing() => EngineProcess.Find("redis-server") is null ? "there is no redis-server here: Debian's package redis-server has it; without --redis it is not needed" : null;

    /// <summary>Starts one in a folder.</summary>
    /// <exception cref="EngineException">It does not start.</exception>
    public static async Task<RedisEngine> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var (passwordFile, configuration, port) = (Path.Combine(folder, "password"), Path.Combine(folder, "redis.conf"), EngineProcess.FreePort());
        SecretFile.WriteNew(passwordFile, Guid.NewGuid().ToString("N"));
        SecretFile.WriteNew(configuration, $"bind 127.0.0.1\nport {port}\nrequirepass {File.ReadAllText(passwordFile)}\nmaxmemory 512mb\nmaxmemory-policy volatile-ttl\nappendonly yes\nappendfsync everysec\ndir {folder}\n");
        var engine = new RedisEngine(EngineProcess.Start(EngineProcess.Find("redis-server")!, [configuration], folder), port, passwordFile);
        try
        {
            await engine._process.UntilAsync(() => EngineProcess.Listens(port), StartMax, cancellationToken);
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
