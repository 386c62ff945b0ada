using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Traxxs.Cli.Bench.Alert;
using Traxxs.Mqtt.Client;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>
/// The load program, a process of its own whose cost is counted apart. It does what it is told, line by line: <c>connect</c>,
/// <c>full</c> (closed loop), <c>alarms</c> (open loop), <c>leave</c>, <c>contacts</c>, <c>hold</c> (more connections, idle), <c>let-go</c>.
/// </summary>
internal sealed class ScaleLoad
{
    private const int Walks = 4;
    private const int ConnectAtOnce = 50;
    private static readonly TimeSpan SettleMax = TimeSpan.FromSeconds(60);

    private readonly List<ScaleDevice> _devices = [];
    private readonly List<ScaleDevice> _held = [];

    /// <summary>Reads orders and answers them until there are no more.</summary>
    public static async Task RunAsync(TextReader orders, TextWriter answers)
    {
        var load = new ScaleLoad();
        while (await orders.ReadLineAsync() is { } line)
        {
            ScaleAnswer answer;
            try
            {
                answer = await load.DoAsync(JsonSerializer.Deserialize<ScaleOrder>(line)!);
            }
            catch (Exception e) when (e is MqttClientException or InvalidOperationException or IOException or System.Net.WebSockets.WebSocketException)
            {
                answer = new ScaleAnswer { Problem = e.Message };
            }

            await answers.WriteLineAsync(JsonSerializer.Serialize(answer));
            await answers.FlushAsync();
        }

        foreach (var device in load._devices.Concat(load._held)) await device.DisposeAsync();
    }

    private Task<ScaleAnswer> DoAsync(ScaleOrder order) => order.Do switch
    {
        "connect" => ConnectAsync(_devices, order, held: false),
        "hold" => ConnectAsync(_held, order, held: true),
        "full" => FullAsync(order),
        "alarms" => AlarmsAsync(order),
        "leave" => LeaveAsync(_devices),
        "let-go" => LeaveAsync(_held),
        "contacts" => new ScaleContacts(_devices, AuthoritiesOf(order)).RunAsync(order),
        _ => throw new InvalidOperationException($"there is no phase {order.Do}"),
    };

    /// <summary>Id of a device by its number.</summary>
    public static string DeviceOf(int number, bool held) => held ? $"held-{number}" : $"bench-{number}";

    private static X509Certificate2Collection? AuthoritiesOf(ScaleOrder order)
    {
        if (order.Authority is null) return null;
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(order.Authority);
        return found;
    }

    private static async Task<ScaleAnswer> ConnectAsync(List<ScaleDevice> devices, ScaleOrder order, bool held)
    {
        var (authorities, watch) = (AuthoritiesOf(order), Stopwatch.StartNew());
        if (devices.Count == 0)
        {
            var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(order.Secrets!))!;
            for (var i = 0; i < order.Count; i++) devices.Add(new ScaleDevice(DeviceOf(i, held), secrets[DeviceOf(i, held)]));
        }

        foreach (var group in devices.Chunk(ConnectAtOnce)) await Task.WhenAll(group.Select(device => device.ConnectAsync(order, authorities)));
        return new ScaleAnswer { Count = devices.Count, Seconds = watch.Elapsed.TotalSeconds };
    }

    private static async Task<ScaleAnswer> LeaveAsync(List<ScaleDevice> devices)
    {
        foreach (var group in devices.Chunk(ConnectAtOnce)) await Task.WhenAll(group.Select(device => device.LeaveAsync()));
        return new ScaleAnswer { Count = devices.Count };
    }

    private async Task<ScaleAnswer> FullAsync(ScaleOrder order)
    {
        // Enough for the best case on one machine, and no more memory than that. A frame names no device: a few walks serve all.
        var reports = (int)((order.Fixes == 1 ? 200_000 : 60_000) * order.Seconds / _devices.Count) + ScaleDevice.InFlight;
        var walks = new byte[Walks][][];
        // Walked up to now, as reports are that come late; beginning now they would lie in the future.
        var startS = (uint)(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - ((long)reports * order.Fixes * IngestFrames.FixIntervalS));
        Parallel.For(0, Walks, i =>
        {
            var frames = new IngestFrames(i, order.Fixes, order.Epoch, startS);
            walks[i] = [.. Enumerable.Range(0, reports).Select(_ => frames.Next())];
        });
        for (var i = 0; i < _devices.Count; i++) _devices[i].Begin(walks[i % Walks]);
        GC.Collect();
        var watch = Stopwatch.StartNew();
        foreach (var device in _devices) device.Fill();
        await Task.Delay(TimeSpan.FromSeconds(order.Seconds));
        var (seconds, within) = (watch.Elapsed.TotalSeconds, _devices.Sum(device => device.Done));
        foreach (var device in _devices) device.Stop();
        return await SettleAsync(new ScaleAnswer { Within = within, Seconds = seconds });
    }

    private async Task<ScaleAnswer> AlarmsAsync(ScaleOrder order)
    {
        await using var watcher = await AlertWatcher.StartAsync(order.Live!, order.Token!);
        var frames = _devices.Select((_, number) => new AlertFrames(number, order.Epoch)).ToList();
        foreach (var device in _devices) device.Begin([]);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        var (sent, alarms) = (0L, 0L);
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds is var elapsed && elapsed < order.Seconds; await timer.WaitForNextTickAsync())
        {
            var nowS = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            for (var due = (long)(elapsed * order.Rate); sent < due; sent++) _devices[(int)(sent % _devices.Count)].Send(frames[(int)(sent % _devices.Count)].Next(nowS));
            for (var due = (long)(elapsed * order.Alarms); alarms < due; alarms++)
            {
                // From devices far from those that just reported, as they would be.
                var i = (int)(alarms * 7919 % _devices.Count);
                var frame = frames[i].Press(nowS);
                watcher.Pressed(_devices[i].Id, nowS);
                _devices[i].Send(frame);
            }
        }

        for (var start = Stopwatch.GetTimestamp(); watcher.Missing > 0 && watcher.Problem is null && Stopwatch.GetElapsedTime(start) < SettleMax;) await Task.Delay(5);
        var answer = await SettleAsync(new ScaleAnswer { Alarms = (int)alarms, Missed = watcher.Missing, Seconds = order.Seconds });
        return (answer with { Problem = answer.Problem ?? watcher.Problem }).With(watcher.Ms);
    }

    /// <summary>Waits until all that was sent is acknowledged.</summary>
    private async Task<ScaleAnswer> SettleAsync(ScaleAnswer answer)
    {
        for (var start = Stopwatch.GetTimestamp(); _devices.Exists(device => device.Pending > 0) && Stopwatch.GetElapsedTime(start) < SettleMax;) await Task.Delay(2);
        var (pending, failed) = (_devices.Sum(device => device.Pending), _devices.Sum(device => device.Failed));
        return (answer with
        {
            Count = _devices.Sum(device => device.Done),
            FrameBytes = _devices.Sum(device => device.FrameBytes),
            Problem = pending + failed > 0 ? $"{pending} reports were never acknowledged, {failed} were refused" : null,
        }).With([.. _devices.SelectMany(device => device.Ms)]);
    }
}
