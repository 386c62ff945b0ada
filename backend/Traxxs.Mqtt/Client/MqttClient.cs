using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Transport;

namespace Traxxs.Mqtt.Client;

/// <summary>
/// An MQTT client for 3.1, 3.1.1 and 5.0. It costs no thread and no timer of its own: ten thousand of them share one
/// heartbeat. All members may be called from any thread; handlers are called on the connection's reading loop and must not wait
/// for this client.
/// </summary>
public sealed partial class MqttClient : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly MqttClientOptions _options;
    private readonly Dictionary<string, (MqttTopicFilter Filter, uint Identifier)> _subscriptions = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _disposing = new();
    private ClientConnection? _connection;
    private Task _reconnecting = Task.CompletedTask;
    private bool _wanted;    // between ConnectAsync and DisconnectAsync
    private bool _connectedBefore;
    private string _clientId;

    /// <summary>A client that is not connected yet.</summary>
    public MqttClient(MqttClientOptions options)
    {
        _options = options;
        _clientId = options.ClientId;
        _inFlightLimit = options.InFlightMax;
        LoadStored();
    }

    internal Lock Gate => _gate;
    internal TimeProvider Time => _options.Time;
    internal int PacketSizeMax => _options.PacketSizeMax;

    /// <summary>Client identifier; the one the server assigned once connected.</summary>
    public string ClientId => _clientId;

    /// <summary>True while CONNACK has come and the connection stands.</summary>
    public bool IsConnected => _connection is { IsOpen: true };

    /// <summary>Takes the messages of all subscriptions. Set it before connecting: a kept session delivers at once.</summary>
    public MqttMessageHandler? MessageHandler { get; set; }

    /// <summary>The connection was lost, with the reason and, where there is one, the exception. Raised on a thread of the pool.</summary>
    public event Action<MqttReasonCode, Exception?>? ConnectionLost;

    /// <summary>A reconnection succeeded. Raised on a thread of the pool.</summary>
    public event Action<MqttConnectResult>? ConnectionRestored;

    /// <summary>
    /// Connects. A refusal is an answer, not an exception; the client then does not try again by itself.
    /// </summary>
    /// <exception cref="MqttClientException">The server cannot be reached or does not answer as MQTT.</exception>
    public async Task<MqttConnectResult> ConnectAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        lock (_gate)
        {
            if (_wanted) throw new InvalidOperationException("the client is connected, or is connecting, already");
            _wanted = true;
        }

        try
        {
            var result = await OpenAsync(_options.CleanSession && !_connectedBefore, cancellationToken);
            if (!result.IsSuccess) _wanted = false;
            return result;
        }
        catch
        {
            _wanted = false;
            throw;
        }
    }

    private async Task<MqttConnectResult> OpenAsync(bool cleanStart, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        using var timer = _options.Time.CreateTimer(static state => Cancel((CancellationTokenSource)state!), limit, _options.ConnectTimeout, Timeout.InfiniteTimeSpan);
        Transport? transport = null;
        try
        {
            transport = await ConnectTransportAsync(limit.Token);
            var connect = CreateConnect(cleanStart);
            using (var buffer = new PacketBuffer())
            {
                connect.Write(buffer);
                await transport.Pipe.Output.WriteAsync(buffer.Written, limit.Token);
            }

            var connack = await ReceiveConnackAsync(transport.Pipe.Input, limit.Token);
            var result = new MqttConnectResult(connack.ReasonCode, connack.SessionPresent, connack.Properties);
            if (!result.IsSuccess)
            {
                await transport.CloseAsync();
                return result;
            }

            // [MQTT-3.2.2-4] a session that this client knows nothing of
            if (connack.SessionPresent && connect.CleanStart) throw new MqttClientException("the server claims a session after a clean start", MqttReasonCode.ProtocolError);
            Begin(transport, connack, connect);
            return result;
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            if (transport is not null) await transport.CloseAsync();
            cancellationToken.ThrowIfCancellationRequested();
            var where = _options.TransportFactory is null ? $"{_options.Host}:{_options.Port}" : "the given transport";
            var what = exception is OperationCanceledException ? $"no answer within {_options.ConnectTimeout.TotalSeconds:0.#} s" : exception.Message;
            throw new MqttClientException($"cannot connect to {where}: {what}", MqttReasonCode.ServerUnavailable, exception);
        }
        catch (MqttClientException)
        {
            if (transport is not null) await transport.CloseAsync();
            throw;
        }
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection was made in the same instant.
        }
    }

    private ConnectPacket CreateConnect(bool cleanStart)
    {
        var connect = new ConnectPacket
        {
            Version = _options.Version,
            CleanStart = cleanStart || _options.CleanSession && _options.Version != MqttProtocolVersion.V500,
            KeepAliveSeconds = _options.KeepAliveSeconds,
            ClientId = _clientId,
            UserName = _options.UserName,
            Password = _options.Password is null ? null : Encoding.UTF8.GetBytes(_options.Password),
            Will = _options.Will,
        };
        if (_options.Version != MqttProtocolVersion.V500) return connect;
        connect.Properties = new MqttProperties
        {
            SessionExpiryInterval = _options.SessionExpirySeconds > 0 ? _options.SessionExpirySeconds : null,
            ReceiveMaximum = _options.ReceiveMaximum,
            TopicAliasMaximum = _options.TopicAliasMaximum > 0 ? _options.TopicAliasMaximum : null,
            MaximumPacketSize = (uint)_options.PacketSizeMax,
            UserProperties = _options.UserProperties,
        };
        return connect;
    }

    private async Task<ConnackPacket> ReceiveConnackAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            var status = MqttFrameReader.TryRead(ref buffer, _options.PacketSizeMax, out var frame);
            if (status == MqttFrameStatus.Frame)
            {
                var reader = ConnackPacket.Decode(System.Buffers.BuffersExtensions.ToArray(frame.Body), _options.Version, out var connack);
                if (frame.Type != MqttPacketType.Connack || reader.Failed) throw new MqttClientException("the server's first packet is not a CONNACK", MqttReasonCode.ProtocolError);
                input.AdvanceTo(buffer.Start);
                return connack;
            }

            if (status != MqttFrameStatus.NeedMore) throw new MqttClientException("the server does not speak MQTT", MqttReasonCode.MalformedPacket);
            if (read.IsCompleted) throw new MqttClientException("the server closed the connection without an answer", MqttReasonCode.ServerUnavailable);
            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private sealed record Transport(IDuplexPipe Pipe, Func<ValueTask> CloseAsync, Action Abort);

    private async Task<Transport> ConnectTransportAsync(CancellationToken cancellationToken)
    {
        if (_options.TransportFactory is not null)
        {
            var pipe = await _options.TransportFactory(cancellationToken);
            return new Transport(pipe, () => CompleteAsync(pipe), pipe.Input.CancelPendingRead);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_options.Host, _options.Port, cancellationToken);
            if (_options.Tls is null)
            {
                var plain = new SocketDuplexPipe(socket);
                return new Transport(plain, () => plain.CloseAsync(0), plain.Abort);
            }

            socket.NoDelay = true;
            var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(TlsOptions(_options.Tls, _options.Host), cancellationToken);
            return new Transport(new StreamDuplexPipe(stream), stream.DisposeAsync, () => socket.Close(0));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask CompleteAsync(IDuplexPipe pipe)
    {
        await pipe.Output.CompleteAsync();
        await pipe.Input.CompleteAsync();
        if (pipe is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }

    private static SslClientAuthenticationOptions TlsOptions(MqttClientTlsOptions tls, string host)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = tls.TargetHost ?? host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificates = tls.ClientCertificate is null ? null : [tls.ClientCertificate],
        };
        if (tls.CertificateAuthorities is null) return options;
        options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(tls.CertificateAuthorities);
        return options;
    }

    private void Begin(Transport transport, ConnackPacket connack, ConnectPacket connect)
    {
        var properties = connack.Properties;
        if (properties?.AssignedClientIdentifier is { } assigned) _clientId = assigned;
        var connection = new ClientConnection(this, transport.Pipe, transport.CloseAsync, transport.Abort)
        {
            Version = _options.Version,
            KeepAliveMs = (properties?.ServerKeepAlive ?? connect.KeepAliveSeconds) * 1000L, // [MQTT-3.2.2-21]
            PacketSizeMax = properties?.MaximumPacketSize ?? int.MaxValue,
            // Without the property the server takes none: [MQTT-3.2.2-17], [MQTT-3.2.2-18]
            Aliases = new OutgoingAliases(Math.Min(properties?.TopicAliasMaximum ?? (ushort)0, _options.OutgoingTopicAliasMaximum), properties?.MaximumPacketSize ?? int.MaxValue),
        };
        lock (_gate)
        {
            _connection = connection;
            _connectedBefore = true;
            _inFlightLimit = Math.Min(_options.InFlightMax, properties?.ReceiveMaximum ?? ushort.MaxValue);
            _maximumQoS = (MqttQoS)(properties?.MaximumQoS ?? 2);
            _retainAvailable = properties?.RetainAvailable != 0;
            if (!connack.SessionPresent) _incoming.Clear(); // [MQTT-3.2.2-5]
            Resend(connection, connack.SessionPresent);
            if (!connack.SessionPresent && _subscriptions.Count > 0) Resubscribe(connection);
        }

        connection.RunCallbacks();
        connection.Start();
    }

    /// <summary>The connection ended without DISCONNECT from this side.</summary>
    internal void OnLost(ClientConnection connection, MqttReasonCode reason, Exception? exception)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_connection, connection)) return;
            _connection = null;
        }

        FailRequests();
        _options.Logger?.LogInformation(exception, "{Client}: connection lost, {Reason}", _clientId, reason);
        ConnectionLost?.Invoke(reason, exception);
        lock (_gate)
        {
            if (!_wanted) return;
            if (_options.AutoReconnect && !_disposing.IsCancellationRequested) _reconnecting = ReconnectAsync();
            else _wanted = false;
        }

        if (!_wanted) GiveUp(MqttReasonCode.ServerUnavailable);
    }

    private async Task ReconnectAsync()
    {
        var delay = _options.ReconnectDelayMin;
        while (_wanted && !_disposing.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(delay * (0.5 + Random.Shared.NextDouble() / 2), _options.Time, _disposing.Token);
                if (!_wanted) return;
                var result = await OpenAsync(cleanStart: false, _disposing.Token);
                if (result.IsSuccess)
                {
                    ConnectionRestored?.Invoke(result);
                    return;
                }

                _options.Logger?.LogWarning("{Client}: reconnection refused, {Reason}", _clientId, result.ReasonCode);
            }
            catch (MqttClientException exception)
            {
                _options.Logger?.LogDebug("{Client}: {Text}", _clientId, exception.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, _options.ReconnectDelayMax.Ticks));
        }
    }

    /// <summary>Sends DISCONNECT and closes. Publishes that wait end with "server unavailable"; with a store they are kept there.</summary>
    public async Task DisconnectAsync(MqttReasonCode reason = MqttReasonCode.Success, MqttProperties? properties = null)
    {
        ClientConnection? connection;
        lock (_gate)
        {
            _wanted = false;
            connection = _connection;
            _connection = null;
            connection?.Write(buffer => new ReasonPacket { ReasonCode = reason, Properties = properties }.Write(buffer, MqttPacketType.Disconnect, _options.Version));
        }

        if (connection is not null) await connection.StopAsync();
        FailRequests();
        GiveUp(MqttReasonCode.ServerUnavailable);
        await _reconnecting;
    }

    /// <summary>Cuts the connection without DISCONNECT, as a lost network would; for tests and simulators.</summary>
    public void Abort() => _connection?.Abort();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposing.IsCancellationRequested) return;
        await _disposing.CancelAsync();
        await DisconnectAsync();
        _disposing.Dispose();
    }
}
