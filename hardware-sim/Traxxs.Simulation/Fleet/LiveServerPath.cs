using System.Collections.Concurrent;
using System.Text;
using Traxxs.Device.Adapters;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Simulation.Links;

namespace Traxxs.Simulation.Fleet;

/// <summary>
/// A path to a real MQTT server that never waits: ten thousand insoles share a few threads, and a slow answer to one must not hold up
/// the others. A socket and a session an insole, made and left when its firmware opens and closes its link, with the topics, the
/// last will and the keep-alive of the device's own uplink.
/// </summary>
internal sealed class LiveServerPath(MqttServerAddress address, FleetTraffic traffic) : IServerPath
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Topics _topics = new(address.DeviceId);
    private readonly Dictionary<int, PathAnswer> _sent = [];
    private readonly ConcurrentQueue<byte[]> _downlinks = new();
    private volatile MqttClient? _client;
    private Task<bool>? _connecting;
    private Task _leaving = Task.CompletedTask;

    /// <summary>Set where an answer was not there yet: the insole must not live on faster than the server can speak.</summary>
    public bool Waits { get; set; }

    /// <inheritdoc/>
    public bool HasDownlink => !_downlinks.IsEmpty;

    /// <inheritdoc/>
    public bool IsBroken => _connecting is { IsCompleted: true } && _client is not { IsConnected: true };

    /// <inheritdoc/>
    public bool Connect() => TryConnect() == PathAnswer.Yes;

    /// <inheritdoc/>
    public PathAnswer TryConnect()
    {
        _connecting ??= ConnectAsync();
        if (!_connecting.IsCompleted) return NotYet();
        if (_connecting.Result) return PathAnswer.Yes;
        Disconnect(abrupt: true);
        return PathAnswer.No;
    }

    /// <inheritdoc/>
    public bool Send(int token, ReadOnlyMemory<byte> frame)
    {
        if (_client is not { IsConnected: true } client) return false;
        lock (_gate) _sent[token] = PathAnswer.NotYet;
        return client.TryPublish(_topics.Up, frame.Span, MqttQoS.AtLeastOnce, (_, reason) => Answered(token, reason));
    }

    /// <inheritdoc/>
    public bool WaitAcknowledged(int token) => AskAcknowledged(token) == PathAnswer.Yes;

    /// <inheritdoc/>
    public PathAnswer AskAcknowledged(int token)
    {
        lock (_gate)
        {
            if (!_sent.TryGetValue(token, out var answer)) return PathAnswer.No;
            if (answer == PathAnswer.NotYet && _client is { IsConnected: true }) return NotYet();
            _sent.Remove(token);
            return answer == PathAnswer.Yes ? PathAnswer.Yes : PathAnswer.No;
        }
    }

    /// <inheritdoc/>
    public bool TryTakeDownlink(out byte[] frame) => _downlinks.TryDequeue(out frame!);

    /// <inheritdoc/>
    public void Disconnect(bool abrupt)
    {
        var (client, connecting) = (_client, _connecting);
        (_client, _connecting) = (null, null);
        lock (_gate) _sent.Clear();
        if (client is null || connecting is null) return;
        _leaving = LeaveAsync(_leaving, client, connecting, abrupt);
    }

    /// <summary>Completes when the last connection is left; for the end of a run.</summary>
    public Task LeftAsync() => _leaving;

    /// <inheritdoc/>
    public void Dispose() => Disconnect(abrupt: true);

    private PathAnswer NotYet()
    {
        Waits = true;
        return PathAnswer.NotYet;
    }

    private void Answered(int token, MqttReasonCode reason)
    {
        lock (_gate)
        {
            if (_sent.ContainsKey(token)) _sent[token] = reason.IsFailure() ? PathAnswer.No : PathAnswer.Yes;
        }

        if (!reason.IsFailure()) traffic.Acknowledged();
    }

    private Task<bool> ConnectAsync()
    {
        var client = new MqttClient(new MqttClientOptions
        {
            Host = address.Host,
            Port = address.Port,
            ClientId = address.DeviceId,
            UserName = address.Password is null ? null : address.DeviceId,
            Password = address.Password,
            CleanSession = false,
            KeepAliveSeconds = MqttUplink.KeepAliveS,
            Will = new MqttWill(_topics.State, Encoding.ASCII.GetBytes(Topics.Offline), MqttQoS.AtLeastOnce, Retain: true),
            ConnectTimeout = AnswerMax,
            InFlightMax = 8,
            AutoReconnect = false,
        })
        {
            MessageHandler = (in MqttReceivedMessage message) => _downlinks.Enqueue(message.Payload.ToArray()),
        };
        _client = client;
        // The server would throw out an older connection of the same device that has not said goodbye yet.
        return ConnectAsync(_leaving, client);
    }

    private async Task<bool> ConnectAsync(Task leaving, MqttClient client)
    {
        await leaving.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var connected = false;
        try
        {
            var answer = await client.ConnectAsync();
            connected = answer.IsSuccess;
            if (!connected)
            {
                traffic.Failed($"the server refused {address.DeviceId}: {answer.ReasonCode}");
                return false;
            }

            traffic.Connected();
            await client.PublishAsync(_topics.State, Encoding.ASCII.GetBytes(Topics.Online), MqttQoS.AtLeastOnce, retain: true).WaitAsync(AnswerMax);
            await client.SubscribeAsync(_topics.Down, MqttQoS.AtLeastOnce).WaitAsync(AnswerMax);
            return true;
        }
        catch (Exception problem) when (IsConnectionProblem(problem))
        {
            if (ReferenceEquals(_client, client)) traffic.Failed(problem.Message); // otherwise the insole has left by itself
            if (connected) traffic.Disconnected();
            return false;
        }
    }

    private async Task LeaveAsync(Task before, MqttClient client, Task<bool> connecting, bool abrupt)
    {
        try
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            if (abrupt) client.Abort();
            else if (client.IsConnected) await client.PublishAsync(_topics.State, Encoding.ASCII.GetBytes(Topics.Offline), MqttQoS.AtLeastOnce, retain: true).WaitAsync(AnswerMax);
        }
        catch (Exception problem) when (IsConnectionProblem(problem))
        {
            traffic.Failed(problem.Message);
        }
        finally
        {
            await client.DisposeAsync();
            if (await connecting) traffic.Disconnected();
        }
    }

    private static bool IsConnectionProblem(Exception problem) => problem is MqttClientException or TimeoutException or ObjectDisposedException or InvalidOperationException or OperationCanceledException;
}
