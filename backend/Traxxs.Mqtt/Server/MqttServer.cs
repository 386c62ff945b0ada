using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Server;

/// <summary>
/// An MQTT 3.1, 3.1.1 and 5.0 server: listeners, the heartbeat, and the doors for the host. What it decides is in
/// <see cref="MqttBroker"/> and <see cref="MqttSession"/>.
/// </summary>
public sealed class MqttServer : IMqttServer
{
    private readonly MqttBroker _broker;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<MqttConnection, bool> _connections = new();
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MqttAcceptor _acceptor;
    private ITimer? _heartbeat;
    private int _connectionCount;
    private int _ticking;

    /// <summary>A server that is not started yet.</summary>
    public MqttServer(MqttServerOptions options, IMqttServerHandler handler, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger.Instance;
        Options = options;
        _broker = new MqttBroker(options, handler, _time, _logger, Counters);
        _acceptor = new MqttAcceptor(options, Counters, _time, _logger, ServeAsync, _stopping.Token);
        Counters._gauges = () => (Volatile.Read(ref _connectionCount), _broker.SessionCount, _broker.Tree.Count, _broker.Retained.Count);
    }

    /// <summary>The options given.</summary>
    public MqttServerOptions Options { get; }

    /// <inheritdoc/>
    public MqttServerCounters Counters { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<IPEndPoint> Endpoints => _acceptor.Endpoints;

    /// <inheritdoc/>
    public string? Trouble => Options.Store?.Failure?.Message;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        _broker.Load();
        _acceptor.Start();
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

    /// <inheritdoc/>
    public Task ServeAsync(IDuplexPipe transport, MqttConnectionInfo info, CancellationToken cancellationToken = default) =>
        _acceptor.ServeAsync(transport, info, cancellationToken);

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
        _acceptor.Close();
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

        await _acceptor.ClosedAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }
}
