using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// This server as an MQTT client of RabbitMQ's nodes, for what only MQTT can say: to retain a message, and to take over a
/// client's session, which is how a broker is made to close somebody's connection.
/// </summary>
internal sealed class MqttNodes : IAsyncDisposable
{
    // No device's id has a colon in it.
    private const string ServiceClientId = "service:";
    private const int TakeOverTries = 5;

    // Connections closed at once: a closed organisation has thousands, and RabbitMQ has other guests.
    private const int TakeOversMax = 16;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);

    private readonly RabbitMqOptions _options;
    private readonly ILogger _log;
    private readonly List<(Uri Node, MqttClient Client)> _clients;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly SemaphoreSlim _takingOver = new(TakeOversMax);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Clients that connect when they are first needed.</summary>
    public MqttNodes(RabbitMqOptions options, string process, ILogger log)
    {
        (_options, _log) = (options, log);
        _clients = [.. options.Mqtt.Select(node => (node, new MqttClient(OptionsOf(node, ServiceClientId + process))))];
    }

    /// <summary>Has every node retain a message. Fails where one of them does not: what is asked again is only retained again.</summary>
    public async Task RetainAsync(string topic, byte[] payload, CancellationToken cancellationToken)
    {
        foreach (var (node, client) in _clients)
        {
            await ConnectAsync(node, client, cancellationToken);
            if (await PublishAsync(node, client, topic, payload, cancellationToken) is var answer && answer.IsFailure())
                throw new IOException($"{node.Host}:{node.Port} did not retain {topic}: {answer}");
        }
    }

    /// <summary>
    /// Closes a client's connection wherever it is, and ends its session: it connects under the client's id and leaves. Tried
    /// a few times in the background; who is shut out finds the door closed when it comes back in any case.
    /// </summary>
    public void TakeOver(string clientId) => _ = Task.Run(() => TakeOverAsync(clientId, _stop.Token));

    /// <summary>Ends the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var (_, client) in _clients) await client.DisposeAsync();
    }

    private async Task ConnectAsync(Uri node, MqttClient client, CancellationToken cancellationToken)
    {
        if (client.IsConnected) return;
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (client.IsConnected) return;
            var answer = await client.ConnectAsync(cancellationToken);
            if (!answer.IsSuccess) throw new IOException($"{node.Host}:{node.Port} does not let this server in: {answer.ReasonCode}");
        }
        catch (MqttClientException e)
        {
            throw new IOException($"{node.Host}:{node.Port}: {e.Message}", e);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task<MqttReasonCode> PublishAsync(Uri node, MqttClient client, string topic, byte[] payload, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        limit.CancelAfter(AnswerMax);
        try
        {
            return await client.PublishAsync(topic, payload, MqttQoS.AtLeastOnce, retain: true).WaitAsync(limit.Token);
        }
        catch (MqttClientException e)
        {
            throw new IOException($"{node.Host}:{node.Port}: {e.Message}", e);
        }
    }

    private async Task TakeOverAsync(string clientId, CancellationToken cancellationToken)
    {
        var backOff = new BackOff();
        while (backOff.Failures < TakeOverTries && !cancellationToken.IsCancellationRequested)
        {
            if (await TryTakeOverAsync(clientId, cancellationToken)) return;
            await Task.Delay(backOff.Failed(), _options.Time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        if (!cancellationToken.IsCancellationRequested) _log.LogError("the connection of {Client} could not be closed: RabbitMQ's MQTT port does not answer", clientId);
    }

    private async Task<bool> TryTakeOverAsync(string clientId, CancellationToken cancellationToken)
    {
        try
        {
            await _takingOver.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        try
        {
            // Who has what id is known to all nodes: one is enough.
            foreach (var node in _options.Mqtt)
            {
                try
                {
                    await using var client = new MqttClient(OptionsOf(node, clientId));
                    if ((await client.ConnectAsync(cancellationToken)).IsSuccess) return true;
                }
                catch (Exception e) when (e is MqttClientException or IOException or OperationCanceledException)
                {
                    // The next node, or the next try.
                }
            }

            return false;
        }
        finally
        {
            _takingOver.Release();
        }
    }

    private MqttClientOptions OptionsOf(Uri node, string clientId) => new()
    {
        Host = node.Host,
        Port = node.Port,
        Tls = node.Scheme == "mqtts" ? new MqttClientTlsOptions { CertificateAuthorities = _options.Authorities() } : null,
        ClientId = clientId,
        UserName = _options.User,
        Password = _options.Password,
        CleanSession = true,
        AutoReconnect = false, // made again when it is needed: between two needs nobody would notice anyway
        Time = _options.Time,
    };
}
