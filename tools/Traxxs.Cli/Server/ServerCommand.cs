using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Traxxs.Cli.Shared;
using Traxxs.Server.Hosting;
using Traxxs.Store;

namespace Traxxs.Cli.Server;

/// <summary><c>traxxs server</c>: broker, ingest, alerts, API and page in one process.</summary>
internal static class ServerCommand
{
    private sealed class Options
    {
        public Option<FileInfo?> Config { get; } = new("--config") { Description = "JSON file; the options here win over it" };
        public Option<string?> Roles { get; } = new("--roles") { Description = $"what this process does, of {ServerRoleWords.Known} (default: all); needs PostgreSQL and RabbitMQ in --config" };
        public Option<string?> Data { get; } = new("--data") { Description = "folder of everything that is kept (default ./data)" };
        public Option<string> Store { get; } = StoreChoice.Option();
        public Option<string> Broker { get; } = BrokerChoice.Option();
        public Option<int?> MqttPort { get; } = new("--mqtt-port") { Description = "MQTT port, 0 for a free one (default 1883)" };
        public Option<int?> HttpPort { get; } = new("--http-port") { Description = "port of the API and the page, 0 for a free one (default 8080)" };
        public Option<string?> Bind { get; } = new("--bind") { Description = "address to listen on (default 127.0.0.1)" };
        public Option<string?> Certificate { get; } = new("--tls-cert") { Description = "PEM certificate: both listeners speak TLS" };
        public Option<string?> Key { get; } = new("--tls-key") { Description = "PEM private key of --tls-cert" };
        public Option<bool> Insecure { get; } = new("--insecure") { Description = "listen beyond loopback without TLS, behind a proxy that has it" };
        public Option<string?> UpdateKey { get; } = new("--update-key") { Description = "PEM public key that firmware images must be signed with" };
        public Option<bool> NewAdminToken { get; } = new("--new-admin-token") { Description = "make a new operator's token: the way back in" };
        public Option<bool> Json { get; } = new("--json") { Description = "print one JSON object when ready, nothing else, on stdout" };
        public Option<Uri?> Otlp { get; } = new("--otlp") { Description = "also send measurements to this OTLP collector, such as http://127.0.0.1:4318", CustomParser = UriParsing.Of("https", "http") };
        public Option<bool> JsonLog { get; } = new("--json-log") { Description = "log to stderr as JSON, an object a line" };
        public Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "log what happens to stderr, not only what goes wrong" };
    }

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var options = new Options();
        var command = new Command("server", "The backend: MQTT broker for devices, durable store, alerts, API and page.")
        {
            options.Config, options.Roles, options.Data, options.Store, options.Broker, options.MqttPort, options.HttpPort, options.Bind, options.Certificate, options.Key,
            options.Insecure, options.UpdateKey, options.NewAdminToken, options.Json, options.Otlp, options.JsonLog, options.Verbose,
        };
        command.Subcommands.Add(HealthCommand.Create());
        command.Subcommands.Add(BackupCommands.Check());
        command.Subcommands.Add(BackupCommands.Backup());
        command.Subcommands.Add(BackupCommands.Restore());
        command.SetAction((result, cancellationToken) => RunAsync(result, options, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, Options options, CancellationToken cancellationToken)
    {
        using var logging = LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(result.GetValue(options.Verbose) ? LogLevel.Information : LogLevel.Warning);
            builder.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            if (result.GetValue(options.JsonLog)) builder.AddJsonConsole(console => (console.UseUtcTimestamp, console.TimestampFormat) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
            else builder.AddSimpleConsole(console => console.SingleLine = true);
        });
        try
        {
            await using var host = await ServerHost.StartAsync(OptionsOf(result, options) with { Logging = logging }, cancellationToken);
            Announce(host, result.GetValue(options.Json));
            await StoppedAsync(cancellationToken);
            return ExitCode.Ok;
        }
        catch (ConfigurationException e)
        {
            foreach (var error in e.Errors) Console.Error.WriteLine(error);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"cannot start: {e.Message}");
            return ExitCode.Failed;
        }
    }

    private static ServerOptions OptionsOf(ParseResult result, Options options)
    {
        var read = result.GetValue(options.Config) is { } file ? ServerConfiguration.Read(file.FullName) : new ServerOptions();
        var bind = read.Bind;
        if (result.GetValue(options.Bind) is { } address && !IPAddress.TryParse(address, out bind))
        {
            throw new ConfigurationException([$"--bind: \"{address}\" is not an IP address"]);
        }

        var (certificate, key) = (result.GetValue(options.Certificate), result.GetValue(options.Key));
        if (certificate is null != key is null) throw new ConfigurationException(["--tls-cert and --tls-key: give both"]);
        return read with
        {
            DataFolder = result.GetValue(options.Data) ?? read.DataFolder,
            Roles = RolesOf(result.GetValue(options.Roles)) ?? read.Roles,
            OpenStore = IsSaid(result, options.Store) || read.Postgres is null ? StoreChoice.Of(result.GetValue(options.Store)!) : null,
            OpenBroker = IsSaid(result, options.Broker) || read.RabbitMq is null ? BrokerChoice.Of(result.GetValue(options.Broker)!) : null,
            MqttPort = result.GetValue(options.MqttPort) ?? read.MqttPort,
            HttpPort = result.GetValue(options.HttpPort) ?? read.HttpPort,
            Bind = bind!,
            Tls = certificate is not null ? new TlsOptions(certificate, key!) : read.Tls,
            Otlp = result.GetValue(options.Otlp) ?? read.Otlp,
            Insecure = read.Insecure || result.GetValue(options.Insecure),
            UpdateKey = result.GetValue(options.UpdateKey) ?? read.UpdateKey,
            NewAdminToken = result.GetValue(options.NewAdminToken),
        };
    }

    private static bool IsSaid(ParseResult result, Option option) => result.GetResult(option) is { Implicit: false };

    private static ServerRoles? RolesOf(string? words)
    {
        if (words is null) return null;
        return ServerRoleWords.TryRead(words.Split(','), out var roles, out var wrong)
            ? roles
            : throw new ConfigurationException([$"--roles: \"{wrong}\" is none of {ServerRoleWords.Known}"]);
    }

    // The token itself is not printed: consoles are logged. The file is for whoever may read the data folder.
    private static void Announce(ServerHost host, bool json)
    {
        var token = Path.GetFullPath(host.AdminTokenFile);
        if (json)
        {
            JsonOutput.Write(new { roles = ServerRoleWords.Of(host.Options.Roles), mqtt = host.MqttAddress, page = host.ApiAddress, data = Path.GetFullPath(host.Options.DataFolder), adminTokenFile = token, setupCodeFile = SetupCodeOf(host) });
        }
        else
        {
            Console.Out.WriteLine(WhatItDoes(host));
            if (host.MqttAddress is { } mqtt) Console.Out.WriteLine($"listening on {mqtt.AbsoluteUri.TrimEnd('/')}");
            if (host.Options.Roles.HasFlag(ServerRoles.Page)) Console.Out.WriteLine($"page on {host.ApiAddress}");
            Console.Out.WriteLine(host.AdminToken is null
                ? $"operator's token: made before, {token} no longer holds it (--new-admin-token makes another)"
                : $"operator's token in {token}");
            if (WayIn(host) is { } way) Console.Out.WriteLine($"no account yet: {way}");
            Console.Out.WriteLine($"health {host.ApiAddress}health/ready, API {host.ApiAddress}api/v1/openapi.json; Ctrl+C stops it, traxxs server backup copies it while it runs");
        }

        Console.Out.Flush();
    }

    private static string WhatItDoes(ServerHost host) => host.Options.Roles == ServerRoles.All
        ? $"takes reports over MQTT, keeps them in {(host.Options.Postgres is null ? Path.GetFullPath(host.Options.DataFolder) : "PostgreSQL")}, raises alerts, serves API and page"
        : $"does the part of {string.Join(", ", ServerRoleWords.Of(host.Options.Roles))} of a server in several processes";

    private static string? WayIn(ServerHost host) => SetupCodeOf(host) is { } file
        ? $"set up at {host.ApiAddress} with the code in {file}"
        : host.IsSetupNeeded ? "a code was made and its text is not in this folder; \"traxxs user code\" on the same --data or --config prints a new one" : null;

    private static string? SetupCodeOf(ServerHost host) => host.SetupCodeFile is { } path ? Path.GetFullPath(path) : null;

    private static async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true; // what is under way is committed and connections are told before the process ends
            stopped.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var cancelled = cancellationToken.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }
}
