using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Traxxs.Engines;
using Traxxs.Server.Tests.Cluster;
using Traxxs.Store.Postgres;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Deploy;

/// <summary>
/// The server in roles as it is deployed, as processes: each the program itself with what compose.yaml has a role run, on an address of its
/// own of loopback, all on one port. The one difference: some have two or three roles, with the command and certificate of the first, so that
/// there is a second of each kind and not fourteen processes.
/// </summary>
internal sealed class DeployedTopology : IAsyncDisposable
{
    // The program itself, which is built before these tests.
    private static readonly string Program = Path.Combine(RepositoryRoot.Directory, "tools", "Traxxs.Cli", Path.GetRelativePath(
        RepositoryRoot.PathOf("tests", "Traxxs.Server.Tests"), AppContext.BaseDirectory), "traxxs.dll");

    private static readonly Dictionary<string, (string Roles, byte Address)> Processes = new()
    {
        ["listener-1"] = ("listener", 2), ["listener-2"] = ("listener", 3), ["rules"] = ("rules", 4), ["notifications"] = ("notifications", 5),
        ["standby"] = ("rules,notifications", 6), ["front-1"] = ("api,live,page", 7), ["front-2"] = ("api,live,page", 8),
    };

    // Each question is a look at the database.
    private static readonly TimeSpan ReadyAgain = TimeSpan.FromMilliseconds(150);

    private readonly Dictionary<string, HttpClient> _inner;
    private readonly ConcurrentDictionary<string, EngineProcess> _processes = [];
    private readonly int _port = EngineProcess.FreePort([.. Processes.Keys.Select(AddressOf)]);

    private DeployedTopology()
    {
        var fronts = AddressesOf("api");
        Engines = new DeployedEngines(Files, _port, new Dictionary<string, IPAddress[]> { ["listener"] = AddressesOf("listener"), ["api"] = fronts, ["live"] = fronts, ["page"] = fronts });
        Authorities.ImportFromPemFile(Files.Authority);
        _inner = Names.ToDictionary(name => name, name => InnerClient(ServiceOf(name), AddressOf(name)));
    }

    public DeployedFiles Files { get; } = new();

    public DeployedEngines Engines { get; }

    /// <summary>What insoles trust.</summary>
    public X509Certificate2Collection Authorities { get; } = [];

    /// <summary>The names of the processes.</summary>
    public static IReadOnlyCollection<string> Names => Processes.Keys;

    /// <summary>The database as the roles reach it.</summary>
    public PostgresOptions Database => new()
    {
        Connection = string.Create(CultureInfo.InvariantCulture, $"postgres://{PostgresServer.User}@localhost:{Engines.Postgres.Port}/{PostgresServer.User}?sslmode=verify-full&sslrootcert={Files.Authority}"),
        PasswordFile = Files.At("secrets", "postgres"),
    };

    /// <summary>Everything, started and ready.</summary>
    public static async Task<DeployedTopology> StartAsync()
    {
        var topology = new DeployedTopology();
        try
        {
            // All at once: each process waits by itself for what it needs.
            var engines = topology.Engines.StartAsync();
            foreach (var name in Names) topology.Start(name);
            await engines;
            foreach (var name in Names) await topology.UntilReadyAsync(name);
            return topology;
        }
        catch
        {
            await topology.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a process, or one in the place of another that was killed.</summary>
    public void Start(string name)
    {
        var service = ServiceOf(name);
        var configuration = Files.Give("server.json", service, $"{name}/server.json", [
            .. Engines.Addresses, ("0.0.0.0", AddressOf(name).ToString()), ("8080", _port.ToString(CultureInfo.InvariantCulture)), ("\"/data\"", $"\"{Files.At(name, "data")}\""),
            ("// \"updateKey\": \"/etc/traxxs/update.public.pem\"", $"\"updateKey\": \"{Files.UpdateKey}\""),
        ]);
        var command = Files.CommandOf(service, ("/etc/traxxs/server.json", configuration));
        command[command.IndexOf("--roles") + 1] = Processes[name].Roles;
        _processes[name] = EngineProcess.Start("dotnet", [Program, .. command], Files.At(name), new Dictionary<string, string> { ["SSL_CERT_FILE"] = Files.Authority });
    }

    /// <summary>SIGKILL: it tells nobody.</summary>
    public void Kill(string name)
    {
        if (_processes.TryRemove(name, out var process)) process.Dispose();
    }

    /// <summary>Waits until a process says that it is ready; gives how long that took.</summary>
    public async Task<TimeSpan> UntilReadyAsync(string name)
    {
        var why = "it does not answer";
        try
        {
            return await ClusterBench.UntilAsync(async () =>
            {
                if (_processes[name].HasExited) throw new AssertFailedException($"{name} ended: {_processes[name].Output}");
                await Task.Delay(ReadyAgain);
                (var ready, why) = await ReadyAsync(name);
                return ready;
            }, $"{name} is ready", patienceS: 300);
        }
        catch (AssertFailedException e)
        {
            throw new AssertFailedException($"{e.Message} {name} says {why}, and wrote: {_processes[name].Output}", e);
        }
    }

    /// <summary>What a process says of itself, by TLS under its own name.</summary>
    public async Task<(bool Ready, string Said)> ReadyAsync(string name)
    {
        using var answer = await _inner[name].GetAsync("/health/ready");
        return (answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A client of the API at the front door, with the operator's token.</summary>
    public HttpClient FrontDoor() => new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => IsPublic(shown) } })
    {
        BaseAddress = Engines.Https,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token()) },
    };

    /// <summary>Somebody who watches at the front door.</summary>
    public ClusterWatcher Watch() => new(Token(), [() => Engines.Https], (_, shown, _, _) => IsPublic(shown));

    // Whether the door showed the certificate that is meant for browsers.
    private bool IsPublic(X509Certificate? shown)
    {
        using var own = X509Certificate2.CreateFromPemFile(Files.At("certificates", "public.pem"));
        return shown?.GetCertHashString() == own.GetCertHashString();
    }

    // The operator's token, which the first process to start wrote into its data folder.
    private string Token() => File.ReadAllText(Names.Select(name => Files.At(name, "data", "admin.token")).First(File.Exists)).Trim();

    /// <summary>Makes a device known at the front door, and gives its secret.</summary>
    public static async Task<string> ProvisionAsync(HttpClient frontDoor, string id)
    {
        using var answer = await frontDoor.PostAsJsonAsync("/api/v1/devices", new { id });
        Assert.AreEqual(HttpStatusCode.Created, answer.StatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
    }

    /// <summary>An insole as a process: the complete device image on a soft board, which knows the front door and the authority.</summary>
    public EngineProcess Insole(string id, string secret) =>
        EngineProcess.Start("dotnet", [Program, "sim", "board", id, "--server", $"mqtts://{secret}@localhost:{Engines.Mqtts.Port}", "--ca", Files.Authority], Files.At());

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _inner.Values) client.Dispose();
        foreach (var process in _processes.Values) process.Dispose();
        await Engines.DisposeAsync();
        Files.Dispose();
    }

    private static IPAddress[] AddressesOf(string service) => [.. Names.Where(name => ServiceOf(name) == service).Select(AddressOf)];

    private static IPAddress AddressOf(string name) => new([127, 0, 0, Processes[name].Address]);

    // The service of compose.yaml whose command and certificate it has.
    private static string ServiceOf(string name) => Processes[name].Roles.Split(',')[0];

    private HttpClient InnerClient(string service, IPAddress address) => new(new SocketsHttpHandler
    {
        SslOptions = { CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { Authorities[0] } } },
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, _port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://{service}:{_port}")),
    };
}
