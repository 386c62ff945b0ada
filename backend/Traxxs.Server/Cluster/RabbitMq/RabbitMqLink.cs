using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// One connection to RabbitMQ for a process, made again for ever. Whoever works over it gives a piece of work that sets up
/// its own channel on each connection; where any of it fails the connection is dropped and all begin anew, so that there is
/// one way back and not one for each kind of fault.
/// </summary>
internal sealed class RabbitMqLink : IAsyncDisposable
{
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(10);

    // A node that is cut off without a word is noticed within two of these.
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);

    // Of who is held nothing is read, and each channel would wait twenty seconds for the answer to its farewell: as long as a stop may take.
    private static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(5);

    private readonly RabbitMqOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly string _name;
    private readonly List<Func<IConnection, CancellationToken, Task>> _works = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private volatile string? _trouble = "not connected yet";
    private volatile string? _held;

    /// <summary>A link that stands still until <see cref="Start"/>; the name is what RabbitMQ's own tools show.</summary>
    public RabbitMqLink(RabbitMqOptions options, string name, ILogger log)
    {
        (_options, _name, _log, _time) = (options, name, log, options.Time);
    }

    /// <summary>Why there is no connection, or RabbitMQ takes nothing over it, for a person; null where there is one and it does.</summary>
    public string? Trouble => _trouble ?? _held;

    /// <summary>Connections made so far.</summary>
    public long Connections { get; private set; }

    /// <summary>
    /// Adds work for each connection. It ends when its token does; an exception before that drops the connection. Before
    /// <see cref="Start"/>.
    /// </summary>
    public void Use(Func<IConnection, CancellationToken, Task> work) => _works.Add(work);

    /// <summary>Begins to connect.</summary>
    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>Waits until a work's token says that it is over: for work that is done by the connection's own calls.</summary>
    public static async Task UntilOverAsync(CancellationToken over)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = over.Register(ended.SetResult);
        await ended.Task;
        over.ThrowIfCancellationRequested();
    }

    /// <summary>Ends the work and the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_running, Task.Delay(FarewellMax, _time));
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var backOff = new BackOff();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await ConnectAsync(cancellationToken);
                await WorkAsync(connection, backOff, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                var wait = backOff.Failed();
                _trouble = $"RabbitMQ: {Explain(e)}";
                _log.LogWarning("{Trouble}; trying again in {Seconds:0.0} s", _trouble, wait.TotalSeconds);
                await Task.Delay(wait, _time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            UserName = _options.User,
            Password = _options.Password,
            VirtualHost = _options.VirtualHost,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = HeartbeatInterval,
            RequestedConnectionTimeout = ConnectMax,
            ClientProvidedName = _name,
        };
        var endpoints = _options.Amqp.Select(uri => new AmqpTcpEndpoint(uri, TlsOf(uri))).ToList();
        return await factory.CreateConnectionAsync(endpoints, cancellationToken);
    }

    private SslOption TlsOf(Uri uri)
    {
        var tls = new SslOption(uri.Host, enabled: uri.Scheme == "amqps");
        if (_options.Authorities() is not { } authorities) return tls;
        tls.CertificateValidationCallback = (_, certificate, _, errors) => certificate is not null
            && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None && IsOf(authorities, certificate);
        return tls;
    }

    private static bool IsOf(X509Certificate2Collection authorities, X509Certificate certificate)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        return chain.Build(new X509Certificate2(certificate));
    }

    private async Task WorkAsync(IConnection connection, BackOff backOff, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, reason) =>
        {
            lost.TrySetException(new IOException(reason.ReplyText));
            return Task.CompletedTask;
        };
        TellWhatIsHeld(connection);
        if (!connection.IsOpen) throw new IOException("the connection ended at once");
        Connections++;
        var works = _works.ConvertAll(work => Task.Run(() => work(connection, over.Token), CancellationToken.None));
        if (_trouble is not null && Connections > 1) _log.LogWarning("RabbitMQ: connected again");
        _trouble = null;
        try
        {
            await Task.WhenAny([lost.Task, .. works]).Unwrap();
            if (!cancellationToken.IsCancellationRequested) throw new IOException("a piece of work ended by itself");
        }
        finally
        {
            if (works.TrueForAll(work => !work.IsFaulted)) backOff.Worked();
            await over.CancelAsync();
            _held = null;
            await Task.WhenAll(works).ContinueWith(_ => { }, TaskScheduler.Default);
            if (!lost.Task.IsFaulted) lost.TrySetResult();
        }
    }

    // RabbitMQ short of memory or disk says so to who publishes, and reads no more from them until it has room.
    private void TellWhatIsHeld(IConnection connection)
    {
        connection.ConnectionBlockedAsync += (_, blocked) =>
        {
            _held = $"RabbitMQ takes nothing now: {blocked.Reason}. It goes on by itself when there is room";
            _log.LogWarning("{Trouble}", _held);
            return Task.CompletedTask;
        };
        connection.ConnectionUnblockedAsync += (_, _) =>
        {
            _held = null;
            _log.LogWarning("RabbitMQ takes messages again");
            return Task.CompletedTask;
        };
    }

    // The client wraps what happened twice and more; the innermost names it. No address with a password is ever in these.
    private static string Explain(Exception e)
    {
        if (e is OperationInterruptedException { ShutdownReason: { } reason }) return reason.ReplyText;
        return e.InnerException is { } inner ? Explain(inner) : e.Message;
    }
}
