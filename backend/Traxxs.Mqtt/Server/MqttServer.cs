using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Topics;
using Traxxs.Mqtt.Transport;

namespace Traxxs.Mqtt.Server;

/// <summary>
/// An MQTT 3.1, 3.1.1 and 5.0 server: listeners, the heartbeat, and the doors for the host. What it decides is in
/// <see cref="MqttBroker"/> and <see cref="MqttSession"/>.
/// </summary>
public sealed class MqttServer : IMqttServer
{
    private const int LingerMs = 1000; // long enough for a DISCONNECT to cross a slow link, short enough not to collect sockets

    private readonly MqttBroker _broker;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<MqttConnection, bool> _connections = new();
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<IPAddress, int> _perAddress = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _acceptors = [];
    private readonly List<IPEndPoint> _endpoints = [];
    private ITimer? _heartbeat;
    private int _connectionCount;
    private int _admitted; // transports, those in a TLS handshake too
    private int _ticking;

    /// <summary>A server that is not started yet.</summary>
    public MqttServer(MqttServerOptions options, IMqttServerHandler handler, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger.Instance;
        Options = options;
        _broker = new MqttBroker(options, handler, new ServerClock(_time), _logger, Counters);
        Counters._gauges = () => (Volatile.Read(ref _connectionCount), _broker.SessionCount, _broker.Tree.Count, _broker.Retained.Count);
    }

    /// <summary>The options given.</summary>
    public MqttServerOptions Options { get; }

    /// <inheritdoc/>
    public MqttServerCounters Counters { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<IPEndPoint> Endpoints => _endpoints;

    /// <inheritdoc/>
    public string? Trouble => Options.Store?.Failure?.Message;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        _broker.Load();
        foreach (var listener in Options.Listeners)
        {
            var socket = new Socket(listener.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            socket.Bind(new IPEndPoint(listener.Address, listener.Port));
            socket.Listen(512);
            _endpoints.Add((IPEndPoint)socket.LocalEndPoint!);
            _acceptors.Add(AcceptAsync(socket, listener));
        }

        _heartbeat = _time.CreateTimer(static state => ((MqttServer)state!).Tick(), this, Options.HeartbeatInterval, Options.HeartbeatInterval);
        return Task.CompletedTask;
    }

    /// <summary>One heartbeat: time-outs of connections, ends of sessions and wills.</summary>
    internal void Tick()
    {
        if (Interlocked.Exchange(ref _ticking, 1) == 1) return;
        try
        {
            var nowMs = _broker.Clock.NowMs;
            foreach (var connection in _connections.Keys) connection.Tick(nowMs);
            _broker.Tick(nowMs);
        }
        catch (Exception exception)
        {
            _logger.LogError(exception, "the heartbeat failed");
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }

    private async Task AcceptAsync(Socket listening, MqttListener listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listening.AcceptAsync(_stopping.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                // Out of descriptors, or the peer left before it was accepted: the listener goes on.
                _logger.LogWarning(exception, "accept failed");
                await Task.Delay(50, CancellationToken.None);
                continue;
            }

            Interlocked.Increment(ref Counters._accepted);
            _ = ServeSocketAsync(socket, listener);
        }
    }

    private async Task ServeSocketAsync(Socket socket, MqttListener listener)
    {
        var address = AddressOf(socket.RemoteEndPoint);
        if (!TryAdmit(address))
        {
            socket.Close(0);
            return;
        }

        try
        {
            if (listener.Certificate is null)
            {
                var pipe = SocketPipe.Open(socket);
                await ServeAsync(pipe, new MqttConnectionInfo { RemoteEndPoint = socket.RemoteEndPoint, Transport = "tcp" }, null, _stopping.Token);
                await pipe.CloseAsync(_stopping.IsCancellationRequested ? 100 : LingerMs);
            }
            else await ServeTlsAsync(socket, listener);
        }
        catch (Exception exception)
        {
            _logger.LogDebug(exception, "connection from {Address} failed", address);
        }
        finally
        {
            socket.Dispose();
            Dismiss(address);
        }
    }

    /// <summary>Takes a place in all and one of the address's; false at either limit.</summary>
    private bool TryAdmit(IPAddress? address)
    {
        var isWithin = Interlocked.Increment(ref _admitted) <= Options.ConnectionsMax;
        if (address is not null) isWithin &= _perAddress.AddOrUpdate(address, 1, static (_, count) => count + 1) <= Options.ConnectionsPerAddressMax;
        if (isWithin) return true;
        Dismiss(address);
        Interlocked.Increment(ref Counters._refusedByLimit);
        return false;
    }

    private void Dismiss(IPAddress? address)
    {
        Interlocked.Decrement(ref _admitted);
        if (address is null) return;
        if (_perAddress.AddOrUpdate(address, 0, static (_, count) => count - 1) <= 0) _perAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
    }

    private async Task ServeTlsAsync(Socket socket, MqttListener listener)
    {
        socket.NoDelay = true;
        await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        using (_time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), limit, Options.ConnectTimeout, Timeout.InfiniteTimeSpan))
        {
            try
            {
                await stream.AuthenticateAsServerAsync(TlsOptions(listener), limit.Token);
            }
            catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
            {
                Interlocked.Increment(ref Counters._tlsFailures);
                _logger.LogInformation("TLS with {Address} failed: {Text}", socket.RemoteEndPoint, exception.Message);
                return;
            }
        }

        var info = new MqttConnectionInfo
        {
            RemoteEndPoint = socket.RemoteEndPoint,
            Transport = "tls",
            IsSecure = true,
            ClientCertificate = stream.RemoteCertificate as X509Certificate2,
        };
        await ServeAsync(new StreamDuplexPipe(stream), info, () => socket.Close(0), _stopping.Token);
        try
        {
            await stream.ShutdownAsync();
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone already.
        }
    }

    private static SslServerAuthenticationOptions TlsOptions(MqttListener listener)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = listener.Certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = listener.ClientCertificates,
        };
        if (!listener.ClientCertificates) return options;
        if (listener.ClientCertificateAuthorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        // None at all is for the handler to judge; a wrong one never gets that far.
        options.RemoteCertificateValidationCallback = static (_, certificate, _, errors) => certificate is null || errors == SslPolicyErrors.None;
        return options;
    }

    private static IPAddress? AddressOf(EndPoint? peer) => (peer as IPEndPoint)?.Address;

    /// <inheritdoc/>
    public async Task ServeAsync(IDuplexPipe transport, MqttConnectionInfo info, CancellationToken cancellationToken = default)
    {
        var address = AddressOf(info.RemoteEndPoint);
        if (!TryAdmit(address)) return;
        try
        {
            await ServeAsync(transport, info, null, cancellationToken);
        }
        finally
        {
            Dismiss(address);
        }
    }

    // No state of its own for the time it lasts: ten thousand idle connections pay for each.
    private Task ServeAsync(IDuplexPipe transport, MqttConnectionInfo info, Action? abort, CancellationToken cancellationToken)
    {
        var connection = new MqttConnection(_broker, transport, info, _time, abort, this);
        _connections[connection] = true;
        Interlocked.Increment(ref _connectionCount);
        if (!_stopping.IsCancellationRequested) return connection.RunAsync(cancellationToken);
        OnEnded(connection);
        return Task.CompletedTask;
    }

    /// <summary>A connection's last act.</summary>
    internal void OnEnded(MqttConnection connection)
    {
        _connections.TryRemove(connection, out _);
        if (Interlocked.Decrement(ref _connectionCount) == 0 && _stopping.IsCancellationRequested) _allEnded.TrySetResult();
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(
        string topic, ReadOnlyMemory<byte> payload, MqttQoS qos = MqttQoS.AtMostOnce, bool retain = false,
        MqttProperties? properties = null, CancellationToken cancellationToken = default)
    {
        if (!TopicRules.IsValidName(topic)) throw new ArgumentException($"'{topic}' is not a topic name", nameof(topic));
        var nowMs = _broker.Clock.NowMs;
        var message = PublishMessage.Create(TopicName.From(topic), payload.Span, qos, retain, properties, nowMs);
        var position = _broker.Publish(message, null, nowMs);
        message.Release();
        if (position == 0 || position <= Options.Store!.DurablePosition) return ValueTask.CompletedTask;
        var durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Options.Store.WhenDurable(position, static state => ((TaskCompletionSource)state).TrySetResult(), durable);
        return new ValueTask(durable.Task.WaitAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public bool IsListening(string clientId, string topicFilter) => _broker.IsListening(clientId, topicFilter);

    /// <inheritdoc/>
    public bool DisconnectClient(string clientId, MqttReasonCode reason = MqttReasonCode.AdministrativeAction)
    {
        if (_broker.FindConnection(clientId) is not { } connection) return false;
        connection.Close(reason, MqttDisconnectCause.ByHost);
        return true;
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        _heartbeat?.Dispose();
        // In this order: a connection that is just being accepted sees the one or is seen by the other.
        await _stopping.CancelAsync();
        foreach (var connection in _connections.Keys) connection.Close(MqttReasonCode.ServerShuttingDown, MqttDisconnectCause.ServerStopping);
        foreach (var socket in _sockets) socket.Dispose();
        try
        {
            if (Volatile.Read(ref _connectionCount) > 0) await _allEnded.Task.WaitAsync(Options.StopTimeout);
        }
        catch (TimeoutException)
        {
            foreach (var connection in _connections.Keys)
            {
                connection.Abort(new MqttDisconnectReason(MqttDisconnectCause.ServerStopping, MqttReasonCode.ServerShuttingDown));
            }
        }

        await Task.WhenAll(_acceptors);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }
}
