using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Cli.Bench.Recovery;
using Traxxs.Engines;
using Traxxs.Server.Identity;
using Traxxs.Store;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>
/// The server as processes of its own: one that does everything, or the roles on the engines, some listeners and one of each
/// other. Its devices and a token are made known before it starts.
/// </summary>
internal sealed class ScaleServers : IAsyncDisposable
{
    private const string Who = "bench";
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private static readonly string[] Others = ["rules", "notifications", "api,live"];

    private readonly List<(string Name, ServerProcess Process)> _processes = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly string _folder;

    private ScaleServers(string folder) => _folder = folder;

    /// <summary>Processes by what they do; several of a kind under one name.</summary>
    public IEnumerable<(string Name, int ProcessId)> Processes => _processes.Select(one => (one.Name, one.Process.ProcessId));

    /// <summary>Where devices connect.</summary>
    public int MqttPort { get; private set; }

    /// <summary>Where alerts are seen.</summary>
    public Uri Live { get; private set; } = null!;

    /// <summary>Token for it.</summary>
    public string Token { get; private set; } = "";

    /// <summary>File of the devices' secrets.</summary>
    public string Secrets => Path.Combine(_folder, "secrets.json");

    /// <summary>Name of the roles' database; null for one process.</summary>
    public string? Database { get; private set; }

    /// <summary>Folder of one process's data.</summary>
    public string Data => Path.Combine(_folder, "data");

    /// <summary>Starts the one process, by TLS where a certificate is given; devices are made known where they are not yet.</summary>
    public static async Task<ScaleServers> StartOneAsync(string folder, IReadOnlyList<string> devices, (string Certificate, string Key)? tls, CancellationToken cancellationToken)
    {
        var servers = new ScaleServers(folder);
        try
        {
            Directory.CreateDirectory(servers.Data);
            if (!File.Exists(servers.Secrets))
            {
                using var database = ServiceDatabase.Open(Path.Combine(servers.Data, ServiceDatabase.FileName));
                servers.Introduce(database, devices);
            }

            IEnumerable<string> secure = tls is { } pair ? ["--tls-cert", pair.Certificate, "--tls-key", pair.Key] : [];
            var one = await ServerProcess.StartAsync(["--data", servers.Data, "--mqtt-port", "0", "--http-port", "0", .. secure]);
            servers._processes.Add(("server", one));
            servers.MqttPort = one.Port;
            servers.SeeAt(one.Page);
            if (tls is null) await servers.ReadyAsync(cancellationToken); // by TLS its certificate is nobody's this client knows
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the roles, so many listeners among them, on a database of their own.</summary>
    public static async Task<ScaleServers> StartRolesAsync(string folder, IReadOnlyList<string> devices, ScaleEngines engines, int listeners, CancellationToken cancellationToken)
    {
        var servers = new ScaleServers(folder) { MqttPort = engines.Rabbit.MqttPort };
        try
        {
            (servers.Database, var options) = engines.Postgres.NewDatabase();
            using (var database = ServiceDatabase.OpenPostgres(options)) servers.Introduce(database, devices);
            var configuration = Path.Combine(folder, "server.json");
            File.WriteAllText(configuration, ConfigurationOf(engines, options));
            var roles = Enumerable.Repeat("listener", listeners).Concat(Others).ToList();
            // The first listener answers who may connect: RabbitMQ knows its address beforehand.
            var started = await Task.WhenAll(roles.Select((role, i) => ServerProcess.StartAsync(
                ["--config", configuration, "--roles", role, "--data", Path.Combine(folder, $"process-{i}"), "--http-port", EngineProcess.Text(i == 0 ? engines.Rabbit.AuthPort : 0)])));
            servers._processes.AddRange(roles.Zip(started, (role, process) => (role.Split(',')[0], process)));
            servers.SeeAt(started[^1].Page);
            await servers.ReadyAsync(cancellationToken);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the rules have taken in all that is stored.</summary>
    public async Task<bool> AreRulesUpToDateAsync(CancellationToken cancellationToken)
    {
        var page = _processes.Find(one => one.Name is "rules" or "server").Process.Page;
        var details = await _http.GetFromJsonAsync<JsonElement>(new Uri(page, "/health/details"), cancellationToken);
        var alerts = details.GetProperty("checks").EnumerateArray().First(check => check.GetProperty("name").GetString() == "alerts");
        return alerts.GetProperty("numbers").TryGetProperty("behind", out var behind) && behind.GetInt64() == 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in _processes) await process.DisposeAsync();
        _http.Dispose();
    }

    private void Introduce(ServiceDatabase database, IReadOnlyList<string> devices)
    {
        var secrets = new DeviceRegistry(database, TimeProvider.System).ProvisionAll(OrganisationId.First, devices, Who);
        SecretFile.WriteNew(Secrets, JsonSerializer.Serialize(devices.Zip(secrets).ToDictionary(pair => pair.First, pair => pair.Second)));
        Token = new AccessTokens(database, TimeProvider.System).Create(OrganisationId.First, Who, Role.Operator, null, Who).Text;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    private void SeeAt(Uri page) => Live = new UriBuilder(page) { Scheme = "ws", Path = "/api/v1/live" }.Uri;

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, process) in _processes)
        {
            for (var start = DateTime.UtcNow; ; await Task.Delay(LookAgain, cancellationToken))
            {
                using var answer = await _http.GetAsync(new Uri(process.Page, "/health/ready"), cancellationToken);
                if (answer.IsSuccessStatusCode) break;
                if (DateTime.UtcNow - start > ReadyMax) throw new EngineException($"{name} is not ready after {ReadyMax.TotalSeconds:0} s: {await answer.Content.ReadAsStringAsync(cancellationToken)} {process.Errors}");
            }
        }
    }

    private static string ConfigurationOf(ScaleEngines engines, PostgresOptions database) => JsonSerializer.Serialize(new
    {
        store = new { engine = "postgres", connection = database.Connection, passwordFile = database.PasswordFile },
        rabbitmq = new
        {
            amqp = string.Create(CultureInfo.InvariantCulture, $"amqp://127.0.0.1:{engines.Rabbit.AmqpPort}"), mqtt = string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{engines.Rabbit.MqttPort}"),
            user = engines.Rabbit.User, passwordFile = engines.Rabbit.PasswordFile, authSecretFile = engines.Rabbit.AuthSecretFile,
        },
        redis = engines.Redis is { } redis ? new { endpoints = new[] { $"127.0.0.1:{redis.Port}" }, passwordFile = redis.PasswordFile, tls = false } : null,
    });
}
