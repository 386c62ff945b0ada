using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Traxxs.Cli.Server;
using Traxxs.Cli.Shared;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Topics;
using Traxxs.Server.Hosting;

namespace Traxxs.Cli.Broker;

/// <summary><c>traxxs broker</c>: the bare MQTT server, for public clients and conformance suites.</summary>
public static class BrokerCommand
{
    private sealed class Options
    {
        public Option<int?> Port { get; } = new("--port", "-p") { Description = "TCP port, 0 for a free one (default 1883, or 8883 with a certificate)" };
        public Option<string?> Bind { get; } = new("--bind") { Description = "address to listen on (default 127.0.0.1)" };
        public Option<DirectoryInfo?> Data { get; } = new("--data") { Description = "folder that keeps sessions and retained messages across restarts; without it they are in memory" };
        public Option<string> Broker { get; } = BrokerChoice.Option();
        public Option<bool> Anonymous { get; } = new("--anonymous") { Description = "let everybody in" };
        public Option<bool> AnonymousAnywhere { get; } = new("--anonymous-anywhere") { Description = "allow --anonymous without TLS on an address that others can reach" };
        public Option<FileInfo?> Certificate { get; } = new("--cert") { Description = "PEM or PFX server certificate: speak TLS" };
        public Option<FileInfo?> Key { get; } = new("--key") { Description = "PEM private key of --cert" };
        public Option<ushort?> ServerKeepAlive { get; } = new("--server-keep-alive") { Description = "keep-alive in seconds that 5.0 clients are told to use" };
        public Option<int?> ReceiveMaximum { get; } = new("--receive-maximum") { Description = "unacknowledged publishes from one client, 1 to 65535" };
        public Option<int?> InFlightMaximum { get; } = new("--in-flight-maximum") { Description = "unacknowledged publishes to one client, 1 to 65535" };
        public Option<int?> QueueMaximum { get; } = new("--queue-maximum") { Description = "messages that wait for one client; further ones are dropped" };
        public Option<ushort?> TopicAliasMaximum { get; } = new("--topic-alias-maximum") { Description = "topic aliases a 5.0 client may set" };
        public Option<int?> PacketSizeMaximum { get; } = new("--packet-size-maximum") { Description = "largest packet accepted, bytes" };
        public Option<string[]> DenySubscribe { get; } = new("--deny-subscribe") { Description = "refuse subscriptions to this topic filter (repeatable)" };
        public Option<string[]> DenyPublish { get; } = new("--deny-publish") { Description = "refuse publishes to topics this filter matches (repeatable)" };
        public Option<FileInfo?> Config { get; } = new("--config") { Description = "JSON file with users and defaults for these options" };
        public Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "log connections to stderr" };
    }

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var options = new Options();
        var command = new Command("broker", "The bare MQTT server (3.1, 3.1.1, 5.0), for public clients and suites.")
        {
            options.Port, options.Bind, options.Data, options.Broker, options.Anonymous, options.AnonymousAnywhere, options.Certificate, options.Key,
            options.ServerKeepAlive, options.ReceiveMaximum, options.InFlightMaximum, options.QueueMaximum, options.TopicAliasMaximum, options.PacketSizeMaximum,
            options.DenySubscribe, options.DenyPublish, options.Config, options.Verbose,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result, options, cancellationToken));
        command.Subcommands.Add(CreateHash());
        return command;
    }

    private static Command CreateHash()
    {
        var command = new Command("hash", "Reads a password from stdin and prints what goes into the configuration for it.");
        command.SetAction(_ =>
        {
            var password = Console.In.ReadLine();
            if (string.IsNullOrEmpty(password)) return Wrong("no password on stdin");
            Console.Out.WriteLine(BrokerUsers.Hash(password));
            return ExitCode.Ok;
        });
        return command;
    }

    private static int Wrong(string message)
    {
        Console.Error.WriteLine(message);
        return ExitCode.Usage;
    }

    private static async Task<int> RunAsync(ParseResult result, Options options, CancellationToken cancellationToken)
    {
        BrokerConfig config;
        MqttServerOptions server;
        BrokerHandler handler;
        Func<MqttServerOptions, IMqttServerHandler, ILogger, IMqttServer> make;
        try
        {
            make = BrokerChoice.Of(result.GetValue(options.Broker)!);
            config = BrokerConfig.Load(result.GetValue(options.Config));
            server = ToServerOptions(result, options, config);
            handler = ToHandler(result, options, config, server.Listeners[0]);
        }
        catch (Exception exception) when (exception is UsageException or ConfigurationException)
        {
            return Wrong(exception.Message);
        }

        using var logging = LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(result.GetValue(options.Verbose) ? LogLevel.Information : LogLevel.Warning);
            builder.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        });
        var data = result.GetValue(options.Data)?.FullName ?? config.Data;
        try
        {
            await using var store = data is null ? null : new FileSessionStore(data, logger: logging.CreateLogger("store"));
            server.Store = store;
            await using var broker = make(server, handler, logging.CreateLogger("mqtt"));
            await broker.StartAsync(cancellationToken);
            var scheme = server.Listeners[0].Certificate is null ? "mqtt" : "mqtts";
            foreach (var endpoint in broker.Endpoints) Console.Out.WriteLine($"listening on {scheme}://{endpoint}");
            Console.Out.Flush();
            await UntilStoppedAsync(cancellationToken);
            await broker.StopAsync();
            return ExitCode.Ok;
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"cannot start the broker: {exception.Message}");
            return ExitCode.Failed;
        }
    }

    private static async Task UntilStoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true; // connections are told and sessions are written before the process ends
            stopped.TrySetResult();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await using var cancelled = cancellationToken.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }

    private static MqttServerOptions ToServerOptions(ParseResult result, Options options, BrokerConfig config)
    {
        var bind = result.GetValue(options.Bind) ?? config.Bind ?? "127.0.0.1";
        if (!IPAddress.TryParse(bind, out var address)) throw new UsageException($"--bind takes an IP address, not '{bind}'");
        var certificate = LoadCertificate(result.GetValue(options.Certificate)?.FullName ?? config.Cert, result.GetValue(options.Key)?.FullName ?? config.Key);
        var port = result.GetValue(options.Port) ?? config.Port ?? (certificate is null ? 1883 : 8883);
        if (port is < 0 or > 65535) throw new UsageException($"--port takes 0 to 65535, not {port}");
        var receiveMaximum = result.GetValue(options.ReceiveMaximum) ?? config.ReceiveMaximum;
        if (receiveMaximum is < 1 or > 65535) throw new UsageException($"--receive-maximum takes 1 to 65535, not {receiveMaximum}");

        var server = new MqttServerOptions
        {
            Listeners = { new MqttListener { Address = address, Port = port, Certificate = certificate } },
            SubscribeRefusal = Mqtt.Packets.MqttReasonCode.UnspecifiedError, // what the public suites expect of a forbidden filter
            AcknowledgeForbiddenPublish = true,
            ConnectionsPerAddressMax = 20_000, // one test machine is all the clients there are
        };
        server.ServerKeepAliveSeconds = result.GetValue(options.ServerKeepAlive) ?? config.ServerKeepAlive ?? server.ServerKeepAliveSeconds;
        server.ReceiveMaximum = receiveMaximum ?? server.ReceiveMaximum;
        server.OutgoingInFlightMax = InRange("--in-flight-maximum", result.GetValue(options.InFlightMaximum) ?? config.InFlightMaximum, 65535) ?? server.OutgoingInFlightMax;
        server.QueuedMessagesMax = InRange("--queue-maximum", result.GetValue(options.QueueMaximum) ?? config.QueueMaximum, 10_000_000) ?? server.QueuedMessagesMax;
        server.QueuedBytesMax = Math.Max(server.QueuedBytesMax, server.QueuedMessagesMax * 1024L);
        server.TopicAliasMaximum = result.GetValue(options.TopicAliasMaximum) ?? config.TopicAliasMaximum ?? server.TopicAliasMaximum;
        server.PacketSizeMax = result.GetValue(options.PacketSizeMaximum) ?? config.PacketSizeMaximum ?? server.PacketSizeMax;
        return server;
    }

    private static int? InRange(string option, int? value, int max) =>
        value is null || value >= 1 && value <= max ? value : throw new UsageException($"{option} takes 1 to {max}, not {value}");

    private static X509Certificate2? LoadCertificate(string? certificate, string? key)
    {
        if (certificate is null) return key is null ? null : throw new UsageException("--key without --cert");
        try
        {
            if (!certificate.EndsWith(".pfx", StringComparison.OrdinalIgnoreCase)) return X509Certificate2.CreateFromPemFile(certificate, key);
            return X509CertificateLoader.LoadPkcs12FromFile(certificate, null);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read the certificate {certificate}: {exception.Message}");
        }
    }

    private static BrokerHandler ToHandler(ParseResult result, Options options, BrokerConfig config, MqttListener listener)
    {
        var anonymous = result.GetValue(options.Anonymous) || config.Anonymous;
        var users = new BrokerUsers(config.Users);
        if (!anonymous && users.Count == 0)
        {
            throw new UsageException("nobody could connect: give --anonymous to let everybody in, or --config with users "
                + "(\"users\": {\"name\": \"<output of 'traxxs broker hash'>\"})");
        }

        if (anonymous && !IPAddress.IsLoopback(listener.Address) && listener.Certificate is null && !result.GetValue(options.AnonymousAnywhere))
        {
            throw new UsageException($"--anonymous without TLS on {listener.Address} would let anybody on the network in: bind to 127.0.0.1, "
                + "give --cert, or say --anonymous-anywhere");
        }

        return new BrokerHandler(anonymous, users, Filters(result.GetValue(options.DenySubscribe), config.DenySubscribe), Filters(result.GetValue(options.DenyPublish), config.DenyPublish));
    }

    private static string[] Filters(string[]? given, string[]? configured)
    {
        string[] filters = given is { Length: > 0 } ? given : configured ?? [];
        foreach (var filter in filters)
        {
            if (!TopicRules.IsValidFilter(filter)) throw new UsageException($"'{filter}' is not a topic filter");
        }

        return filters;
    }
}
