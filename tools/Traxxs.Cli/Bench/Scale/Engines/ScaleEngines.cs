using Traxxs.Engines;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>The engines a server in roles stands on, started for the benchmark in a folder of their own.</summary>
internal sealed class ScaleEngines : IDisposable
{
    private ScaleEngines()
    {
    }

    public required RabbitEngine Rabbit { get; init; }

    public required PostgresEngine Postgres { get; init; }

    /// <summary>Null where it is left out.</summary>
    public required RedisEngine? Redis { get; init; }

    /// <summary>What is missing here, a sentence each.</summary>
    public static IReadOnlyList<string> Missing(bool redis) =>
        [.. new[]
        {
            ProcessTree.IsKnown ? null : "what processes take is read from /proc, and there is none here: this runs on Linux",
            RabbitEngine.Missing(), PostgresEngine.Missing(), redis ? RedisEngine.Missing() : null,
        }.OfType<string>()];

    /// <summary>Starts them.</summary>
    /// <exception cref="EngineException">One does not start.</exception>
    public static async Task<ScaleEngines> StartAsync(string folder, bool redis, (string Certificate, string Key) tls, CancellationToken cancellationToken)
    {
        var started = new Stack<IDisposable>();
        try
        {
            var rabbit = await RabbitEngine.StartAsync(Below("rabbitmq"), tls.Certificate, tls.Key, cancellationToken);
            started.Push(rabbit);
            var postgres = await PostgresEngine.StartAsync(Below("postgres"), cancellationToken);
            started.Push(postgres);
            return new ScaleEngines { Rabbit = rabbit, Postgres = postgres, Redis = redis ? await RedisEngine.StartAsync(Below("redis"), cancellationToken) : null };
        }
        catch
        {
            foreach (var one in started) one.Dispose();
            throw;
        }

        string Below(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Redis?.Dispose();
        Postgres.Dispose();
        Rabbit.Dispose();
    }
}
