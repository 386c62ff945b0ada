using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet.Server;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Topics;
using MqttServerOptions = Traxxs.Mqtt.Server.MqttServerOptions;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>
/// MQTTnet's server behind <see cref="IMqttServer"/>. MQTTnet decodes, holds the conversation with each client, subscribes and
/// finds who gets a topic; listeners, limits, stored sessions and acknowledgements that wait for a commit stand around it.
/// </summary>
public sealed partial class MqttNetServer : IMqttServer
{
    // Keep-alive is watched here; the monitor of MQTTnet has nothing to look at and cannot be left out.
    private static readonly TimeSpan MonitorInterval = TimeSpan.FromMinutes(1);

    private const int RestoredTogether = 100; // MQTTnet changes threads between two packets: many at a time share the wait

    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<MqttNetConnection, bool> _connections = new();
    private readonly MqttAcceptor _acceptor;
    private readonly ChannelServerAdapter _channels = new();
    private readonly MQTTnet.Server.MqttServer _server;
    private readonly SessionStorage? _storage;
    private readonly ClientPlaces _places;
    private ITimer? _heartbeat;
    private int _ticking;
    private long _lastSweepMs;

    /// <summary>A server that is not started yet.</summary>
    /// <exception cref="NotSupportedException">The options ask for what this server cannot do.</exception>
    public MqttNetServer(MqttServerOptions options, IMqttServerHandler handler, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        if (options.PublishRateMax > 0) throw new NotSupportedException("MQTTnet's server has no limit on the rate of publishes");
        (Options, Handler) = (options, handler);
        _time = timeProvider ?? TimeProvider.System;
        Logger = logger ?? NullLogger.Instance;
        Clock = new ServerClock(_time);
        _storage = options.Store is null ? null : new SessionStorage(options.Store, Clock, Wake);
        Sessions = new SessionBook(options, handler, _storage, Clock, Logger, Counters);
        Router = new Router(options, Sessions, _storage, Clock, Scheduler, Counters);
        Admission = new Admission(options, handler, _time, Clock, Logger, Counters);
        _acceptor = new MqttAcceptor(options, Counters, _time, Logger, ServeAsync, _stopping.Token);
        var theirs = new MQTTnet.Server.MqttServerOptions { EnablePersistentSessions = true };
        theirs.KeepAliveOptions.MonitorInterval = MonitorInterval;
        Router.Server = _server = new MQTTnet.Server.MqttServer(theirs, [_channels], new MqttNetLog(Logger));
        _places = new ClientPlaces(_server, Sessions, Router, _time, Counters);
        Counters._gauges = () => (_connections.Count, Sessions.Count, Sessions.SubscriptionCount, Router.Retained.Count);
        Listen();
    }

    /// <summary>The options given.</summary>
    public MqttServerOptions Options { get; }

    /// <inheritdoc/>
    public MqttServerCounters Counters { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<IPEndPoint> Endpoints => _acceptor.Endpoints;

    /// <inheritdoc/>
    public string? Trouble => Options.Store?.Failure?.Message;

    internal IMqttServerHandler Handler { get; }

    internal ILogger Logger { get; }

    internal ServerClock Clock { get; }

    internal SessionBook Sessions { get; }

    internal Router Router { get; }

    internal Admission Admission { get; }

    internal FlushScheduler Scheduler { get; } = new();

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_storage is not null) new StoredState(_storage, Sessions.Limits).Load(Router.Retained, Sessions.Restore);
        await _server.StartAsync();
        foreach (var some in Sessions.All().Chunk(RestoredTogether))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAll(some.Select(session => _channels.ServeAsync(new StoredSessionChannel(session.ClientId, [.. session.Subscriptions.Values.Select(one => one.Filter)]))));
        }

        _acceptor.Start();
        _heartbeat = _time.CreateTimer(static state => _ = ((MqttNetServer)state!).TickAsync(), this, Options.HeartbeatInterval, Options.HeartbeatInterval);
    }

    // One connection, from its first byte until nothing of it is left.
    private async Task ServeAsync(IDuplexPipe transport, MqttConnectionInfo info, Action? abort, CancellationToken cancellationToken)
    {
        var connection = new MqttNetConnection(this, transport, info, abort);
        _connections[connection] = true;
        await using var stop = cancellationToken.UnsafeRegister(static state => ((MqttNetConnection)state!).Close(MqttReasonCode.ServerShuttingDown, MqttDisconnectCause.ServerStopping), connection);
        try
        {
            if (!_stopping.IsCancellationRequested) await _channels.ServeAsync(connection);
        }
        finally
        {
            try
            {
                await connection.EndAsync();
            }
            finally
            {
                _places.Leave(connection);
                _connections.TryRemove(connection, out _);
            }
        }
    }

    /// <inheritdoc/>
    public Task ServeAsync(IDuplexPipe transport, MqttConnectionInfo info, CancellationToken cancellationToken = default) =>
        _acceptor.ServeAsync(transport, info, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask PublishAsync(
        string topic, ReadOnlyMemory<byte> payload, MqttQoS qos = MqttQoS.AtMostOnce, bool retain = false,
        MqttProperties? properties = null, CancellationToken cancellationToken = default)
    {
        if (!TopicRules.IsValidName(topic)) throw new ArgumentException($"'{topic}' is not a topic name", nameof(topic));
        var message = PublishMessage.Create(TopicName.From(topic), payload.Span, qos, retain, properties, Clock.NowMs);
        var position = await Router.RouteAsync(message, null);
        message.Release();
        await DurableAsync(position).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public bool IsListening(string clientId, string topicFilter) => Sessions.IsListening(clientId, topicFilter);

    /// <inheritdoc/>
    public bool DisconnectClient(string clientId, MqttReasonCode reason = MqttReasonCode.AdministrativeAction)
    {
        if (_places.Find(clientId) is not { IsConnected: true } connection) return false;
        connection.Close(reason, MqttDisconnectCause.ByHost);
        return true;
    }

    /// <summary>Whether a write survives the loss of power.</summary>
    internal bool IsDurable(long position) => position <= 0 || position <= Options.Store!.DurablePosition;

    /// <summary>Calls back when a write survives the loss of power.</summary>
    internal void WhenDurable(long position, Action<object> callback, object state) => Options.Store!.WhenDurable(position, callback, state);

    /// <summary>Completes when a write survives the loss of power.</summary>
    internal Task DurableAsync(long position)
    {
        if (IsDurable(position)) return Task.CompletedTask;
        var durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        WhenDurable(position, static state => ((TaskCompletionSource)state).TrySetResult(), durable);
        return durable.Task;
    }

    /// <summary>The handler threw where it must not.</summary>
    internal void HandlerFailed(Exception exception)
    {
        Interlocked.Increment(ref Counters._handlerErrors);
        Logger.LogError(exception, "the MQTT handler threw");
    }

    private void Wake(MqttSession session)
    {
        OutboundLink? link;
        lock (session.Gate)
        {
            session.AwaitsStore = false;
            session.OnDurable(Clock.NowMs);
            link = session.Link;
            if (link is null || link.FlushQueued || link.Buffer.Length == 0) return;
            link.FlushQueued = true;
        }

        Scheduler.Enqueue(link.Owner!);
    }

    /// <summary>One heartbeat: time-outs of connections, ends of sessions and wills, retained messages that expire.</summary>
    internal async Task TickAsync()
    {
        if (Interlocked.Exchange(ref _ticking, 1) == 1) return;
        try
        {
            var nowMs = Clock.NowMs;
            foreach (var connection in _connections.Keys) connection.Tick(nowMs);
            if (nowMs - _lastSweepMs < 1000) return;
            _lastSweepMs = nowMs;
            var due = new List<DueWill>();
            Sessions.CollectDue(due);
            await Router.RouteAsync(due);
            foreach (var clientId in Sessions.FindOver()) await _places.ForgetOverAsync(clientId);
            await Router.ExpireAsync();
            Admission.Sweep(nowMs);
        }
        catch (Exception exception)
        {
            Logger.LogError(exception, "the heartbeat failed");
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
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
        var ended = Task.WhenAll(_connections.Keys.Select(connection => connection.Ended));
        try
        {
            await ended.WaitAsync(Options.StopTimeout);
        }
        catch (TimeoutException)
        {
            foreach (var connection in _connections.Keys) connection.Abort(new MqttDisconnectReason(MqttDisconnectCause.ServerStopping, MqttReasonCode.ServerShuttingDown));
            await ended; // an aborted connection ends
        }

        await _acceptor.ClosedAsync();
        if (_server.IsStarted) await _server.StopAsync(new MqttServerStopOptions());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _server.Dispose();
        _stopping.Dispose();
    }
}
