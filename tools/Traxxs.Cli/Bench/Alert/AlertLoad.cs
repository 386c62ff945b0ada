using System.Diagnostics;
using System.Text.Json;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Cli.Bench.Alert;

/// <summary>What to send.</summary>
/// <param name="Port">The server's port on loopback.</param>
/// <param name="SecretsFile">Secrets of the devices, by id.</param>
/// <param name="Devices">Devices, each with its connection.</param>
/// <param name="Rate">Reports a second together.</param>
/// <param name="Alarms">Presses for help a second among them.</param>
/// <param name="WarmUpSeconds">How long under the same load before it is measured.</param>
/// <param name="Seconds">How long it is measured.</param>
internal sealed record AlertLoadOptions(int Port, string SecretsFile, int Devices, int Rate, int Alarms, double WarmUpSeconds, double Seconds);

/// <summary>What was sent and acknowledged.</summary>
/// <param name="Reports">Reports acknowledged.</param>
/// <param name="Alarms">Presses for help among them.</param>
/// <param name="MeasuredFromMs">Since when it counts, ms since 1970.</param>
internal sealed record AlertLoadResult(long Reports, long Alarms, long MeasuredFromMs);

/// <summary>The load program: real clients, QoS 1, open loop: a report is sent when it is due, whatever the server does.</summary>
internal sealed class AlertLoad(AlertLoadOptions options)
{
    private readonly List<Device> _devices = [];

    /// <summary>Id of a device by its number.</summary>
    public static string DeviceOf(int number) => $"bench-{number}";

    /// <summary>Runs the load in a process of its own and gives what it says.</summary>
    public static async Task<AlertLoadResult> StartAsync(AlertLoadOptions options)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Started by `dotnet traxxs.dll`, the program is the first argument; by its own executable there is none.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in new[] { "bench", "alert", "--load", JsonSerializer.Serialize(options) }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonSerializer.Deserialize<AlertLoadResult>(output, JsonSerializerOptions.Web) ?? throw new InvalidOperationException("the load program said nothing");
    }

    public async Task<AlertLoadResult> RunAsync()
    {
        var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(options.SecretsFile))!;
        for (var i = 0; i < options.Devices; i++) _devices.Add(new Device(options.Port, DeviceOf(i), secrets[DeviceOf(i)], i));
        foreach (var group in _devices.Chunk(50)) await Task.WhenAll(group.Select(device => device.ConnectAsync()));

        var start = Stopwatch.GetTimestamp();
        var measuredFrom = DateTimeOffset.UtcNow.AddSeconds(options.WarmUpSeconds).ToUnixTimeMilliseconds();
        await PaceAsync(start);
        var patience = Stopwatch.GetTimestamp();
        while (_devices.Any(device => device.Pending > 0) && Stopwatch.GetElapsedTime(patience) < TimeSpan.FromSeconds(30)) await Task.Delay(20);
        var result = new AlertLoadResult(_devices.Sum(device => device.Acknowledged), _devices.Sum(device => device.Alarms), measuredFrom);
        foreach (var group in _devices.Chunk(50)) await Task.WhenAll(group.Select(device => device.DisposeAsync().AsTask()));
        return result;
    }

    private async Task PaceAsync(long start)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        long sent = 0, alarms = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds is var elapsed && elapsed < options.WarmUpSeconds + options.Seconds)
        {
            for (var due = (long)(elapsed * options.Rate); sent < due; sent++) _devices[(int)(sent % _devices.Count)].Send(false);
            // Alarms come from devices far from those that just reported, as they would.
            for (var due = (long)(elapsed * options.Alarms); alarms < due; alarms++) _devices[(int)(alarms * 7919 % _devices.Count)].Send(true);
            await timer.WaitForNextTickAsync();
        }
    }

    private sealed class Device : IAsyncDisposable
    {
        private readonly MqttClient _client;
        private readonly string _topic;
        private readonly MqttPublishCallback _acknowledged;
        private readonly AlertFrames _frames;
        private int _sent;
        private int _done;

        public Device(int port, string id, string secret, int number)
        {
            _topic = $"xsole/v1/{id}/up";
            _frames = new AlertFrames(number);
            _acknowledged = (_, reason) =>
            {
                if (reason < MqttReasonCode.UnspecifiedError) Interlocked.Increment(ref _done);
            };
            _client = new MqttClient(new MqttClientOptions { Host = "127.0.0.1", Port = port, ClientId = id, UserName = id, Password = secret, CleanSession = false });
        }

        public long Acknowledged => _done;

        public long Alarms => _frames.Presses;

        public int Pending => _sent - _done;

        public async Task ConnectAsync()
        {
            if (!(await _client.ConnectAsync()).IsSuccess) throw new InvalidOperationException("the server refuses the load");
            await _client.SubscribeAsync(_topic.Replace("/up", "/down", StringComparison.Ordinal), MqttQoS.AtLeastOnce);
        }

        public void Send(bool alarm)
        {
            var now = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            var frame = alarm ? _frames.Press(now) : _frames.Next(now);
            _sent++;
            _client.TryPublish(_topic, frame, MqttQoS.AtLeastOnce, _acknowledged, null, mayWait: true);
        }

        public ValueTask DisposeAsync() => _client.DisposeAsync();
    }
}
