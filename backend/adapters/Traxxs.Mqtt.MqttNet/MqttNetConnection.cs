using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Transport;
using MqttProtocolVersion = Traxxs.Mqtt.Packets.MqttProtocolVersion;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>
/// One network connection as MQTTnet sees it: it asks for packets and gives some to send. Frames are cut and measured before
/// MQTTnet decodes them. What outlives the connection is in its <see cref="MqttSession"/>.
/// </summary>
internal sealed partial class MqttNetConnection : IMqttChannelAdapter, IBatchEnd
{
    private enum Phase : byte
    {
        Connecting,
        Connected,
        Closing,
    }

    private readonly MqttNetServer _server;
    private readonly IDuplexPipe _transport;
    private readonly Action? _abort;
    private readonly Lock _ownGate = new();
    private readonly long _openedMs;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Phase _phase;
    private MqttDisconnectReason? _reason; // first one wins
    private MqttSession? _session;
    private OutboundLink? _link;
    private MqttConnectPacket? _connect;
    private CancellationTokenRegistration _stop;
    private CancellationToken _stopToken;
    private long _keepAliveMs;
    private long _lastReceivedMs;
    private bool _aborted;

    /// <summary>A connection that says nothing yet.</summary>
    /// <param name="server">Its server.</param>
    /// <param name="transport">What it sends and receives on.</param>
    /// <param name="info">Where it comes from.</param>
    /// <param name="abort">Cuts it where the transport cannot do so itself.</param>
    public MqttNetConnection(MqttNetServer server, IDuplexPipe transport, MqttConnectionInfo info, Action? abort)
    {
        (_server, _transport, _abort, Info) = (server, transport, abort, info);
        _openedMs = _lastReceivedMs = server.Clock.NowMs;
    }

    /// <summary>CONNECT, with its will and what else MQTTnet is not to deal with.</summary>
    public ConnectPacket Connect { get; private set; } = null!;

    /// <summary>Where it comes from.</summary>
    public MqttConnectionInfo Info { get; }

    /// <summary>Who it is, once it was let in.</summary>
    public MqttClientIdentity? Identity { get; private set; }

    /// <summary>True once nothing more is taken from the client.</summary>
    public bool IsClosing => _phase == Phase.Closing;

    /// <summary>True while packets go both ways.</summary>
    public bool IsConnected => _phase == Phase.Connected;

    /// <summary>Whether MQTTnet keeps the session when this connection ends: as CONNECT said, whatever the limits or DISCONNECT made of it.</summary>
    public bool IsKeptByMqttNet => Version switch
    {
        MqttProtocolVersion.V310 => true,
        MqttProtocolVersion.V311 => !Connect.CleanStart,
        _ => Connect.Properties?.SessionExpiryInterval > 0,
    };

    /// <summary>Completes when the connection and what it leaves behind are done with.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; } = new(new MqttBufferWriter(256, 65535));

    /// <inheritdoc/>
    public long BytesReceived => 0;

    /// <inheritdoc/>
    public long BytesSent => 0;

    /// <inheritdoc/>
    public X509Certificate2? ClientCertificate => Info.ClientCertificate;

    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint => Info.RemoteEndPoint;

    /// <inheritdoc/>
    public EndPoint? LocalEndPoint => null;

    /// <inheritdoc/>
    public bool IsSecureConnection => Info.IsSecure;

    private MqttProtocolVersion Version => Connect.Version;

    private MqttServerOptions Options => _server.Options;

    private MqttServerCounters Counters => _server.Counters;

    /// <summary>Guards session, link, buffers and waiting acknowledgements.</summary>
    private Lock Gate => _session?.Gate ?? _ownGate;

    /// <summary>The client was let in under this identity.</summary>
    public void Admit(MqttClientIdentity identity)
    {
        Identity = identity;
        _connect!.ClientId = identity.ClientId;
    }

    /// <summary>CONNACK with a failure; MQTTnet then ends the connection.</summary>
    public void Refuse(MqttReasonCode code, string? text)
    {
        Interlocked.Increment(ref Counters._refusedConnects);
        var version = Connect.Version == 0 ? MqttProtocolVersion.V311 : Connect.Version;
        lock (Gate)
        {
            _reason ??= new MqttDisconnectReason(MqttDisconnectCause.ByProtocolError, code, text);
            _link ??= new OutboundLink(version, 1, int.MaxValue, 0, int.MaxValue) { Owner = this };
            var properties = version == MqttProtocolVersion.V500 && text is not null ? new MqttProperties { ReasonString = text } : null;
            new ConnackPacket { ReasonCode = code, Properties = properties }.Write(_link.Buffer, version);
            _phase = Phase.Closing;
        }

        Flush();
    }

    /// <summary>
    /// The session is this connection's; CONNACK is the first thing in its buffer. Called under the session's gate. False if the
    /// connection ended meanwhile.
    /// </summary>
    public bool TryAttach(MqttSession session, ConnectTerms terms)
    {
        lock (_ownGate)
        {
            if (_phase == Phase.Closing) return false;
            _keepAliveMs = terms.KeepAliveMs;
            _lastReceivedMs = _server.Clock.NowMs;
            _link = terms.Link;
            _session = session;
            _phase = Phase.Connected;
        }

        terms.Connack.Write(_link.Buffer, Version);
        session.Attach(_link, _lastReceivedMs);
        return true;
    }

    /// <inheritdoc/>
    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        StopWith(cancellationToken);
        while (_phase != Phase.Closing)
        {
            if (_phase == Phase.Connected && MustPause()) await PauseAsync();
            var result = await _transport.Input.ReadAsync(CancellationToken.None);
            var buffer = result.Buffer;
            if (_phase == Phase.Closing || result.IsCanceled) return null;
            Volatile.Write(ref _lastReceivedMs, _server.Clock.NowMs);
            var sizeMax = _phase == Phase.Connecting ? Options.ConnectBytesMax : Options.PacketSizeMax;
            var size = buffer.Length;
            switch (MqttFrameReader.TryRead(ref buffer, sizeMax, out var frame))
            {
                case MqttFrameStatus.Malformed: return Fail(MqttReasonCode.MalformedPacket, "no packet starts like this");
                case MqttFrameStatus.TooLarge: return Fail(MqttReasonCode.PacketTooLarge, "packet too large");
                case MqttFrameStatus.Frame:
                    Interlocked.Add(ref Counters._bytesReceived, size - buffer.Length);
                    var packet = Decode(frame.Header, frame.Body.ToArray());
                    _transport.Input.AdvanceTo(buffer.Start);
                    return packet;
            }

            if (result.IsCompleted) return buffer.IsEmpty ? Lost() : Fail(MqttReasonCode.MalformedPacket, "the connection ended inside a packet");
            _transport.Input.AdvanceTo(buffer.Start, buffer.End);
        }

        return null;
    }

    /// <summary>Reading pauses when more would only become memory: acknowledgements that wait, a client that does not read.</summary>
    private bool MustPause() =>
        Version != MqttProtocolVersion.V500 && Volatile.Read(ref _outstanding) >= Options.ReceiveMaximum || _link!.Buffer.Length >= 2 * Options.OutputBytesMax;

    private async ValueTask PauseAsync()
    {
        Task? resumed = null;
        lock (Gate)
        {
            if (MustPause() && _phase == Phase.Connected)
            {
                _resume = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _paused = true;
                resumed = _resume.Task;
            }
        }

        if (resumed is not null) await resumed;
        _paused = false;
        _resume = null;
        Volatile.Write(ref _lastReceivedMs, _server.Clock.NowMs); // it may have spoken while nobody listened
    }

    // MQTTnet ends a connection by its token; registered once, for it is the same for every packet after CONNECT.
    private void StopWith(CancellationToken cancellationToken)
    {
        if (_phase == Phase.Connecting || cancellationToken == _stopToken) return;
        _stop.Dispose();
        _stopToken = cancellationToken;
        _stop = cancellationToken.UnsafeRegister(static state => ((MqttNetConnection)state!).Close(MqttReasonCode.UnspecifiedError, MqttDisconnectCause.ConnectionLost), this);
    }

    /// <inheritdoc/>
    public async Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (packet is MqttConnAckPacket connack)
        {
            if (connack.ReasonCode == MQTTnet.Protocol.MqttConnectReasonCode.Success) await _server.BeginAsync(this, connack.IsSessionPresent);
            else if (_phase == Phase.Connecting) Refuse((MqttReasonCode)(byte)connack.ReasonCode, connack.ReasonString);
        }
        else
        {
            // What a kept session was told it has must still be there after a crash.
            if (packet is MqttSubAckPacket or MqttUnsubAckPacket) await _server.DurableAsync(_server.Sessions.LastPosition);
            lock (Gate)
            {
                if (_link is not { IsOpen: true } link) return;
                if (packet is MqttSubAckPacket suback) Answer(suback, link);
                else link.Buffer.WriteBytes(PacketFormatterAdapter.Encode(packet).Join());
                PacketFormatterAdapter.Cleanup();
            }
        }

        Flush();
    }

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void ResetStatistics()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
