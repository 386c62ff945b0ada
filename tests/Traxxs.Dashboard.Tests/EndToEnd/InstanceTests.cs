using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Traxxs.Dashboard.Tests.Support;
using Traxxs.Protocol;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Cluster.Redis;
using Traxxs.Server.Hosting;
using Traxxs.Store;
using Traxxs.Store.Postgres;
using Traxxs.Testing;
using Traxxs.Testing.Engines;

namespace Traxxs.Dashboard.Tests.EndToEnd;

/// <summary>The page in front of several processes, one of which goes.</summary>
[TestClass]
public sealed class InstanceTests
{
    private const ServerRoles Front = ServerRoles.Api | ServerRoles.Live | ServerRoles.Page;

    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-page-").FullName;
    private readonly Dictionary<string, ServerHost> _fronts = [];
    private string? _token; // the operator's, made by the first to start on an empty database
    private uint _sequence;

    [TestMethod]
    public async Task When_its_instance_goes_the_page_goes_on_at_another_and_reads_nothing_anew()
    {
        if (!Page.IsBuilt) Assert.Inconclusive("skipped: the server was built without its page; install Node 20, run 'npm ci' in backend/dashboard and build again");
        if (PostgresServer.Missing is { } missing) Assert.Inconclusive(missing);
        if (RabbitMqNode.Missing() is { } none) Assert.Inconclusive(none);
        using var redis = RedisEngine.TryStart(out var why) ?? throw new AssertInconclusiveException(why);
        using var postgres = PostgresServer.Begin();
        await using var rabbit = await RabbitMqNode.StartAsync();
        var options = new ServerOptions
        {
            Roles = Front, HttpPort = 0, MqttPort = 0, Logging = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.None)),
            Postgres = new PostgresOptions { Connection = postgres.NewDatabase(), PasswordFile = postgres.PasswordFile },
            RabbitMq = new RabbitMqOptions { Amqp = [rabbit.Amqp], Mqtt = [rabbit.Mqtt], User = rabbit.User, Password = rabbit.Password, AuthSecret = "0123456789abcdef-test" },
            Redis = new RedisOptions { Endpoints = [$"127.0.0.1:{redis.Port}"], Password = redis.Password, AnswerWithin = TimeSpan.FromSeconds(10) },
        };
        await using var door = new Relay(0);
        await StartAsync(options, "one");
        await StartAsync(options, "other");
        door.Ports = PortsOf("one", "other");
        _fronts["one"].Provision("insole-1");
        await ReportAsync("other", percent: 91);

        await using var viewer = await Viewer.OpenAsync(new Uri($"http://127.0.0.1:{door.Port}"));
        // The door of a server in roles shows nobody how its processes feel.
        await viewer.Page.RouteAsync("**/health/**", route => route.FulfillAsync(new RouteFulfillOptions { Status = 404, ContentType = "text/html", Body = "<h1>404</h1>" }));
        await viewer.SignInWithKeyAsync(_token!, "#/live");
        await viewer.Page.Locator(".pill.live").WaitForAsync();
        await viewer.Page.GetByRole(AriaRole.Tab, new() { Name = "Devices" }).ClickAsync();
        await ShowsAsync(viewer, 91);
        await ReportAsync("other", percent: 82); // it has an id from here on
        await ShowsAsync(viewer, 82);

        var read = new List<string>();
        viewer.Page.Request += (_, request) =>
        {
            if (new Uri(request.Url).AbsolutePath is "/api/v1/fleet" or "/api/v1/alerts" or "/api/v1/geofences" or "/") read.Add(request.Url);
        };
        viewer.Expect("WebSocket connection");
        viewer.Expect("ERR_");
        door.Ports = PortsOf("other");
        await _fronts["one"].DisposeAsync();
        await ReportAsync("other", percent: 73); // while nobody tells it
        await ShowsAsync(viewer, 73);
        await ReportAsync("other", percent: 64);
        await ShowsAsync(viewer, 64);
        await viewer.Page.Locator(".pill.live").WaitForAsync();
        await viewer.ShootAsync("another-instance");
        Assert.AreEqual(0, await viewer.Page.GetByText("The server cannot be reached.").CountAsync());
        Assert.IsEmpty(read, "nothing is read anew");

        // And to one that has just begun.
        await StartAsync(options, "one");
        door.Ports = PortsOf("one");
        await _fronts["other"].DisposeAsync();
        await ReportAsync("one", percent: 55);
        await ShowsAsync(viewer, 55);
        Assert.IsEmpty(read, "nor there");
    }

    [TestCleanup]
    public async Task CloseAsync()
    {
        foreach (var front in _fronts.Values) await front.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(ServerOptions options, string name)
    {
        var front = _fronts[name] = await ServerHost.StartAsync(options with { DataFolder = Path.Combine(_folder, name) });
        using var api = new HttpClient { BaseAddress = front.ApiAddress };
        api.DefaultRequestHeaders.Authorization = new("Bearer", _token ??= front.AdminToken);
        var started = Environment.TickCount64;
        while (!(await api.GetStringAsync("/health/details")).Contains("\"whole\":1", StringComparison.Ordinal))
        {
            Assert.IsLessThan(60_000, Environment.TickCount64 - started, $"{name} never shared its numbering");
            await Task.Delay(100);
        }
    }

    private int[] PortsOf(params string[] names) => [.. names.Select(name => _fronts[name].ApiAddress.Port)];

    private static Task ShowsAsync(Viewer viewer, int percent) => viewer.Page.Locator(".device-row").GetByText($"{percent} %").WaitForAsync();

    // As a listener stores it.
    private async Task ReportAsync(string front, int percent)
    {
        var now = DateTimeOffset.UtcNow;
        var report = new Report
        {
            HasIdentity = true, Epoch = 1, Sequence = ++_sequence, HasDeviceTime = true, DeviceTimeS = (uint)now.ToUnixTimeSeconds(), HasBattery = true, BatteryMv = 3900, BatteryPercent = percent,
        };
        var buffer = new byte[ReportWriter.FrameSizeMax];
        var size = new ReportWriter().Write(report, buffer, 0);
        await _fronts[front].Store.AppendAsync(new ReportRecord("insole-1", 1, _sequence, now.ToUnixTimeMilliseconds(), report.DeviceTimeS, null, null, 0, buffer.AsMemory(0, size)));
    }
}
