using System.CommandLine;
using System.Globalization;
using System.Net;
using Traxxs.Cli.Shared;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Topics;

namespace Traxxs.Cli.Record;

/// <summary><c>traxxs record</c>: device traffic into a file, by subscribing, by sitting in between, or out of packets that were caught.</summary>
internal static class RecordCommand
{
    private sealed class Options
    {
        public Argument<string> Out { get; } = new("FILE") { Description = "where to; a new file, .jsonl for 'traxxs replay'" };
        public Option<string?> Server { get; } = new("--server") { Description = "subscribe to this broker: mqtt://[user:secret@]host[:port] or mqtts://" };
        public Option<string[]> Topic { get; } = new("--topic") { Description = "with --server: topic filters", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["xsole/v1/#"] };
        public Option<string?> Tap { get; } = new("--tap") { Description = "sit in between: devices connect to this [address:]port, 0 for a free one; plain TCP" };
        public Option<string?> To { get; } = new("--to") { Description = "with --tap: the server they are handed on to, mqtt://host[:port]" };
        public Option<FileInfo?> From { get; } = new("--from") { Description = "take the messages out of a pcap file" };
        public Option<int?> Seconds { get; } = new("--seconds") { Description = "end after so long; without it Ctrl+C ends it" };
        public Option<long> Count { get; } = new("--count") { Description = "end after so many messages", DefaultValueFactory = _ => long.MaxValue };
        public Option<bool> Json { get; } = new("--json") { Description = "print one JSON object at the end" };
    }

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var options = new Options();
        var command = new Command("record", """
            Captures device traffic, a JSON object a line (tools/Traxxs.Cli/Record/FORMAT.md), for 'traxxs replay'. A device of a traxxs server may
            listen to itself alone, so there sit in between with --tap; other brokers let a client subscribe. Exit code 1: nothing was captured, or
            the broker could not be reached.
            """)
        {
            options.Out, options.Server, options.Topic, options.Tap, options.To, options.From, options.Seconds, options.Count, options.Json,
        };
        command.SetAction((result, cancellation) => RunAsync(result, options, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, Options options, CancellationToken cancellation)
    {
        if (ProblemWith(result, options) is { } problem)
        {
            Console.Error.WriteLine(problem);
            return ExitCode.Usage;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (result.GetValue(options.Seconds) is { } seconds) end.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            var messages = result.GetValue(options.From) is { } pcap ? Convert(pcap.FullName, result, options)
                : result.GetValue(options.Tap) is not null ? await TapAsync(result, options, end)
                : await SubscribeAsync(result, options, end);
            if (result.GetValue(options.Json)) JsonOutput.Write(messages);
            else Console.Out.WriteLine($"{messages.Messages} messages of {messages.Devices} devices in {messages.File}");
            return messages.Messages > 0 ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (Exception error) when (error is CaptureException or IOException or UnauthorizedAccessException or MqttClientException)
        {
            Console.Error.WriteLine(error.Message);
            return ExitCode.Failed;
        }
    }

    private static string? ProblemWith(ParseResult result, Options options)
    {
        var (server, tap, to, from) = (result.GetValue(options.Server), result.GetValue(options.Tap), result.GetValue(options.To), result.GetValue(options.From));
        if (new object?[] { server, tap, from }.Count(given => given is not null) != 1) return "give one of --server, --tap and --from";
        if (tap is null != to is null) return "--tap and --to go together";
        if (server is not null && Address(server, "mqtt", "mqtts") is null) return $"--server is mqtt://host[:port] or mqtts://, not {server}";
        if (to is not null && Address(to, "mqtt") is null) return $"--to is mqtt://host[:port], not {to}; what is encrypted cannot be written down";
        if (tap is not null && EndOf(tap) is null) return $"--tap is a port or address:port, not {tap}";
        if (result.GetValue(options.Topic)!.FirstOrDefault(topic => !TopicRules.IsValidFilter(topic)) is { } bad) return $"--topic: '{bad}' is not a topic filter";
        return result.GetValue(options.Seconds) is <= 0 || result.GetValue(options.Count) <= 0 ? "--seconds and --count are 1 or more" : null;
    }

    private static async Task<Recorded> SubscribeAsync(ParseResult result, Options options, CancellationTokenSource end)
    {
        var server = Address(result.GetValue(options.Server)!, "mqtt", "mqtts")!;
        var user = server.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString).ToArray();
        using var capture = Begin(result, options, $"{server.Scheme}://{server.Host}:{PortOf(server)}", end);
        await using var client = new MqttClient(new MqttClientOptions
        {
            Host = server.Host,
            Port = PortOf(server),
            Tls = server.Scheme == "mqtts" ? new MqttClientTlsOptions() : null,
            ClientId = $"traxxs-record-{Guid.NewGuid():N}"[..23],
            UserName = user[0].Length > 0 ? user[0] : null,
            Password = user.Length > 1 ? user[1] : null,
        })
        {
            MessageHandler = (in MqttReceivedMessage message) => capture.Write(DateTimeOffset.UtcNow, "seen", message.Topic, message.QoS, message.Retain, message.Duplicate, message.Payload.Span),
        };
        client.ConnectionLost += (reason, _) => Console.Error.WriteLine($"connection lost ({reason}); what comes until it is back is not in the capture");
        client.ConnectionRestored += _ => Console.Error.WriteLine("connection is back");
        var answer = await client.ConnectAsync(end.Token);
        if (!answer.IsSuccess) throw new CaptureException($"{server.Host} refuses ({answer.ReasonCode}). A traxxs server lets devices in alone, each to its own topics: use --tap there");
        var granted = await client.SubscribeAsync([.. result.GetValue(options.Topic)!.Select(topic => new MqttTopicFilter(topic, MqttQoS.AtLeastOnce))]);
        if (granted.FirstOrDefault(static code => code.IsFailure()) is var refused && refused.IsFailure()) throw new CaptureException($"{server.Host} does not let it subscribe to that ({refused}). A traxxs server lets devices in alone, each to its own topics: use --tap there");
        await UntilEndAsync(capture, end.Token);
        return new Recorded(capture.Rows, capture.Devices, result.GetValue(options.Out)!);
    }

    private static async Task<Recorded> TapAsync(ParseResult result, Options options, CancellationTokenSource end)
    {
        var to = Address(result.GetValue(options.To)!, "mqtt")!;
        using var capture = Begin(result, options, $"tap before mqtt://{to.Host}:{PortOf(to)}", end);
        using var tap = new MqttTap(EndOf(result.GetValue(options.Tap)!)!, to.Host, PortOf(to), capture, Console.Error.WriteLine);
        Console.Error.WriteLine($"devices connect to port {tap.Start()}");
        var serving = tap.RunAsync(end.Token);
        await UntilEndAsync(capture, end.Token);
        await serving;
        return new Recorded(capture.Rows, capture.Devices, result.GetValue(options.Out)!);
    }

    private static Recorded Convert(string pcap, ParseResult result, Options options)
    {
        var pieces = PcapFile.Read(pcap).ToList();
        using var none = new CancellationTokenSource();
        using var capture = new CaptureWriter(result.GetValue(options.Out)!, Path.GetFileName(pcap), pieces.Count > 0 ? pieces[0].At : DateTimeOffset.UnixEpoch, result.GetValue(options.Count));
        PcapMessages.Write(pieces, capture, Console.Error.WriteLine);
        return new Recorded(capture.Rows, capture.Devices, result.GetValue(options.Out)!);
    }

    private static CaptureWriter Begin(ParseResult result, Options options, string source, CancellationTokenSource end)
    {
        var capture = new CaptureWriter(result.GetValue(options.Out)!, source, DateTimeOffset.UtcNow, result.GetValue(options.Count));
        capture.Full += () => ThreadPool.QueueUserWorkItem(static end => End((CancellationTokenSource)end!), end);
        return capture;
    }

    private static void End(CancellationTokenSource end)
    {
        try
        {
            end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    private static async Task UntilEndAsync(CaptureWriter capture, CancellationToken end)
    {
        using var progress = new ProgressLine("record");
        while (!end.IsCancellationRequested)
        {
            progress.Report($"{capture.Rows} messages of {capture.Devices} devices");
            await Task.Delay(TimeSpan.FromMilliseconds(200), end).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private static Uri? Address(string text, params string[] schemes) => Uri.TryCreate(text, UriKind.Absolute, out var address) && schemes.Contains(address.Scheme) && address.Host.Length > 0 ? address : null;

    private static int PortOf(Uri address) => address.Port > 0 ? address.Port : address.Scheme == "mqtts" ? 8883 : 1883;

    // A port alone listens on loopback: nobody else's devices are let in by accident.
    private static IPEndPoint? EndOf(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return port <= 65535 ? new IPEndPoint(IPAddress.Loopback, port) : null;
        return IPEndPoint.TryParse(text, out var end) && text.Contains(':') ? end : null;
    }

    private sealed record Recorded(long Messages, int Devices, string File);
}
