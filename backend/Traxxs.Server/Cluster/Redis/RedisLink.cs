using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Traxxs.Server.Cluster.Redis;

/// <summary>
/// One connection to Redis for all who want it. It may be away at any time: a command then fails at once instead of
/// waiting, whoever asked goes on without, and the connection comes back by itself.
/// </summary>
public sealed class RedisLink : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _connection;
    private readonly ILogger _log;
    private volatile string? _trouble;

    private RedisLink(ConnectionMultiplexer connection, string prefix, ILogger log)
    {
        (_connection, Prefix, _log) = (connection, prefix, log);
        _trouble = connection.IsConnected ? null : "not connected yet";
        connection.ConnectionFailed += (_, e) => Note(e.Exception?.Message ?? e.FailureType.ToString());
        connection.ConnectionRestored += (_, _) => Note(connection.IsConnected ? null : _trouble);
    }

    /// <summary>What our keys begin with.</summary>
    public string Prefix { get; }

    /// <summary>Why it cannot be used now, for a person; null where it can.</summary>
    public string? Trouble => _connection.IsConnected ? null : _trouble ?? "not connected";

    /// <summary>Connects, or begins to: a Redis that is not there yet is connected to when it comes.</summary>
    public static async Task<RedisLink> OpenAsync(RedisOptions options, ILogger log)
    {
        var configuration = new ConfigurationOptions
        {
            ClientName = "traxxs",
            User = options.User,
            Password = options.Password,
            Ssl = options.Tls,
            AbortOnConnectFail = false,
            ConnectTimeout = 2000,
            SyncTimeout = (int)options.AnswerWithin.TotalMilliseconds,
            AsyncTimeout = (int)options.AnswerWithin.TotalMilliseconds,
            BacklogPolicy = BacklogPolicy.FailFast,
            ReconnectRetryPolicy = new ExponentialRetry(250, 5000),
        };
        foreach (var endpoint in options.Endpoints) configuration.EndPoints.Add(endpoint);
        if (options.Ca is { } ca) configuration.CertificateValidation += Trusting(ca);
        return new RedisLink(await ConnectionMultiplexer.ConnectAsync(configuration), options.Prefix, log);
    }

    /// <summary>Asks; gives <paramref name="otherwise"/> where Redis does not answer.</summary>
    internal T Ask<T>(Func<IDatabase, T> question, T otherwise)
    {
        try
        {
            return question(_connection.GetDatabase());
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            Note(e.Message);
            return otherwise;
        }
    }

    /// <summary>Tells; false where Redis did not take it.</summary>
    internal bool Tell(Action<IDatabase> work) => Ask(database =>
    {
        work(database);
        return true;
    }, false);

    /// <summary>Asks, for who does not go on without.</summary>
    /// <exception cref="RedisException">Redis does not answer.</exception>
    /// <exception cref="TimeoutException">Nor in time.</exception>
    internal async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> question)
    {
        try
        {
            return await question(_connection.GetDatabase());
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            Note(e.Message);
            throw;
        }
    }

    /// <summary>Hears what is published under a name, as long as there is a connection.</summary>
    /// <exception cref="RedisException">There is none now.</exception>
    internal Task HearAsync(string name, Action heard) => _connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal(name), (_, _) => heard());

    /// <summary>A key of ours.</summary>
    internal RedisKey Key(string kind, string name) => $"{Prefix}{kind}:{name}";

    /// <summary>Ends the connection.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // Once for each trouble, not for each request that meets it.
    private void Note(string? trouble)
    {
        var before = Interlocked.Exchange(ref _trouble, trouble);
        if (trouble is not null && before is null) _log.LogWarning("redis: {Reason}: going on without it", trouble);
        if (trouble is null && before is not null) _log.LogWarning("redis: connected again");
    }

    private static RemoteCertificateValidationCallback Trusting(string ca)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(ca);
        return (_, certificate, _, errors) =>
        {
            if (certificate is not X509Certificate2 shown || (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0) return false;
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            return chain.Build(shown);
        };
    }
}
