using System.Collections.Concurrent;
using System.Text;
using Traxxs.Device.Adapters;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Simulation.Links;

/// <summary>Where an MQTT server is and how a device shows itself there.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">Port.</param>
/// <param name="DeviceId">Client identifier, user name and topic.</param>
/// <param name="Password">Password; null for a server that lets everybody in.</param>
public sealed record MqttServerAddress(string Host, int Port, string DeviceId, string? Password);

/// <summary>
/// A path to a real MQTT server over a real socket, with the session, topics and last will of the device's own uplink.
/// Every wait is bounded in real time; a server that does not answer within it is a broken connection.
/// </summary>
public sealed class MqttServerPath(MqttServerAddress address) : IServerPath
{
    /// <summary>Longest wait for a server's answer: a commit on a slow disk takes a second or two.</summary>
    public static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    private readonly Topics _topics = new(address.DeviceId);
    private readonly Dictionary<int, Task<MqttReasonCode>> _underWay = [];
    private readonly ConcurrentQueue<byte[]> _downlinks = new();
    private MqttClient? _client;

    /// <summary>Why the server was not reached last time, for a person; null where it was.</summary>
    public string? Problem { get; private set; }

    /// <inheritdoc/>
    public bool HasDownlink => !_downlinks.IsEmpty;

    /// <inheritdoc/>
    public bool Connect()
    {
        Disconnect(abrupt: true);
        var client = new MqttClient(new MqttClientOptions
        {
            Host = address.Host,
            Port = address.Port,
            ClientId = address.DeviceId,
            UserName = address.Password is null ? null : address.DeviceId,
            Password = address.Password,
            CleanSession = false,
            KeepAliveSeconds = 0, // simulated time may stand still or race: silence means nothing
            Will = new MqttWill(_topics.State, Encoding.ASCII.GetBytes(Topics.Offline), MqttQoS.AtLeastOnce, Retain: true),
            ConnectTimeout = AnswerMax,
            AutoReconnect = false,
        })
        {
            MessageHandler = (in MqttReceivedMessage message) => _downlinks.Enqueue(message.Payload.ToArray()),
        };
        _client = client;
        Problem = Try(async () =>
        {
            var answer = await client.ConnectAsync();
            if (!answer.IsSuccess) return $"the server refused {address.DeviceId}: {answer.ReasonCode}";
            await client.PublishAsync(_topics.State, Encoding.ASCII.GetBytes(Topics.Online), MqttQoS.AtLeastOnce, retain: true).WaitAsync(AnswerMax);
            await client.SubscribeAsync(_topics.Down, MqttQoS.AtLeastOnce).WaitAsync(AnswerMax);
            return null;
        });
        if (Problem is not null) Disconnect(abrupt: true);
        return Problem is null;
    }

    /// <inheritdoc/>
    public bool Send(int token, ReadOnlyMemory<byte> frame)
    {
        if (_client is not { IsConnected: true } client) return false;
        _underWay[token] = client.PublishAsync(_topics.Up, frame, MqttQoS.AtLeastOnce);
        return true;
    }

    /// <inheritdoc/>
    public bool WaitAcknowledged(int token)
    {
        if (!_underWay.Remove(token, out var publish)) return false;
        try
        {
            return publish.WaitAsync(AnswerMax).GetAwaiter().GetResult() == MqttReasonCode.Success;
        }
        catch (Exception problem) when (problem is TimeoutException or MqttClientException)
        {
            Problem = $"no acknowledgement: {problem.Message}";
            return false;
        }
    }

    /// <inheritdoc/>
    public bool TryTakeDownlink(out byte[] frame) => _downlinks.TryDequeue(out frame!);

    /// <inheritdoc/>
    public void Disconnect(bool abrupt)
    {
        if (_client is not { } client) return;
        _client = null;
        _underWay.Clear();
        Try(async () =>
        {
            if (abrupt)
            {
                client.Abort();
            }
            else if (client.IsConnected)
            {
                await client.PublishAsync(_topics.State, Encoding.ASCII.GetBytes(Topics.Offline), MqttQoS.AtLeastOnce, retain: true).WaitAsync(AnswerMax);
                await client.DisconnectAsync();
            }

            await client.DisposeAsync();
            return null;
        });
    }

    /// <inheritdoc/>
    public void Dispose() => Disconnect(abrupt: true);

    // A connection's end is not an error here: the radio tries again when the firmware wants it to.
    private static string? Try(Func<Task<string?>> act)
    {
        try
        {
            return act().GetAwaiter().GetResult();
        }
        catch (Exception problem) when (problem is MqttClientException or TimeoutException or ObjectDisposedException or InvalidOperationException)
        {
            return problem.Message;
        }
    }
}
