using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Protocol;
using Traxxs.Server.Tests.Ingest;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>
/// A device that sends its reports one after the other as the firmware does: each until it is acknowledged, over as many
/// connections as that takes. Every so often one of them is a call for help.
/// </summary>
internal sealed class ClusterDevice(string id, string secret, Uri broker, X509Certificate2Collection? authorities = null)
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(250);

    /// <summary>Latitude of a fix of report 0, 1e-5 degrees; each report's is one more.</summary>
    public const int FirstLatitudeE5 = 5_000_000;

    private MqttClient? _client;
    private uint _sequence;

    public string Id => id;

    /// <summary>Numbers of the reports that were acknowledged.</summary>
    public ConcurrentQueue<uint> Accepted { get; } = new();

    /// <summary>Calls for help that were acknowledged.</summary>
    public ConcurrentQueue<uint> Calls { get; } = new();

    /// <summary>A device of a test's own.</summary>
    public static async Task<MqttClient> ConnectAsync(string id, string secret, Uri broker)
    {
        var client = new MqttClient(new MqttClientOptions { Host = broker.Host, Port = broker.Port, ClientId = id, UserName = id, Password = secret, CleanSession = false, ReconnectDelayMax = TimeSpan.FromSeconds(2) });
        if (!(await client.ConnectAsync()).IsSuccess) throw new MqttClientException("not let in");
        return client;
    }

    /// <summary>Sends one report that was closed at a time, with a fix of then and a contract, perhaps with a call for help.</summary>
    public static async Task SendAsync(MqttClient client, uint sequence, DateTimeOffset closed, uint contractS, bool call = false)
    {
        var seconds = (uint)closed.ToUnixTimeSeconds();
        var frame = Frames.Make(sequence, fixes: 1, report =>
        {
            (report.DeviceTimeS, report.FixTimeS[0], report.HasContract, report.NextContactS) = (seconds, seconds, true, contractS);
            if (!call) return;
            (report.EventCodes[0], report.EventTimeS[0], report.EventValue[0], report.EventCount) = (EventCode.Sos, seconds, 1, 1);
        });
        Assert.AreEqual(MqttReasonCode.Success, await client.PublishAsync($"xsole/v1/{client.ClientId}/up", frame, MqttQoS.AtLeastOnce).WaitAsync(TimeSpan.FromSeconds(90)), $"report {sequence}");
    }

    /// <summary>Says of a device that it is online, or not any more.</summary>
    public static async Task SayAsync(MqttClient client, string state) => Assert.AreEqual(
        MqttReasonCode.Success, await client.PublishAsync($"xsole/v1/{client.ClientId}/state", Encoding.UTF8.GetBytes(state), MqttQoS.AtLeastOnce, retain: true).WaitAsync(TimeSpan.FromSeconds(30)));

    public async Task RunAsync(int every, TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await SendAsync(++_sequence % every == 0, cancellationToken);
                await Task.Delay(pause, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // What is under way was not acknowledged: nobody promised anything.
        }
        finally
        {
            if (_client is not null) await _client.DisposeAsync();
        }
    }

    private async Task SendAsync(bool call, CancellationToken cancellationToken)
    {
        var frame = Frames.Make(_sequence, fixes: 1, report =>
        {
            report.DeviceTimeS = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            report.LatitudeE5[0] = FirstLatitudeE5 + (int)_sequence; // by which watchers know the report
            if (!call) return;
            (report.EventCodes[0], report.EventTimeS[0], report.EventValue[0]) = (EventCode.Sos, report.DeviceTimeS, Calls.Count + 1);
            report.EventCount = 1;
        });
        while (true)
        {
            try
            {
                await ConnectAsync(cancellationToken);
                var answer = await _client!.PublishAsync($"xsole/v1/{id}/up", frame, MqttQoS.AtLeastOnce).WaitAsync(AnswerMax, cancellationToken);
                if (!answer.IsFailure()) break;
            }
            catch (Exception e) when (e is MqttClientException or TimeoutException or IOException)
            {
                // Again, over another connection.
            }

            if (_client is not null) await _client.DisposeAsync();
            _client = null;
            await Task.Delay(Again, cancellationToken);
        }

        Accepted.Enqueue(_sequence);
        if (call) Calls.Enqueue(_sequence);
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        if (_client is { IsConnected: true }) return;
        if (_client is not null) await _client.DisposeAsync();
        _client = new MqttClient(new MqttClientOptions
        {
            Host = broker.Host, Port = broker.Port, ClientId = id, UserName = id, Password = secret, CleanSession = false, AutoReconnect = false, ConnectTimeout = AnswerMax,
            Tls = authorities is null ? null : new MqttClientTlsOptions { CertificateAuthorities = authorities },
        });
        if (!(await _client.ConnectAsync(cancellationToken)).IsSuccess) throw new MqttClientException("not let in");
        await _client.SubscribeAsync($"xsole/v1/{id}/down", MqttQoS.AtLeastOnce);
    }
}
