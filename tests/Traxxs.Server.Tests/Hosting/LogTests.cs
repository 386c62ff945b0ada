using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Traxxs.Engines;
using Traxxs.Server.Diagnostics;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Hosting;

/// <summary>What a run writes down, down to the finest level: no secret and no position.</summary>
[TestClass]
public sealed class LogTests
{
    [TestMethod]
    public async Task A_run_s_log_holds_no_secret_and_no_position()
    {
        var log = new Collector();
        using var logging = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        List<string> secrets = [];
        await using (var server = await TestServer.StartAsync(options => options with { Logging = logging }))
        {
            secrets.Add(server.Host.AdminToken!.Split('.')[^1]);
            secrets.Add(SecretFile.Read(Path.Combine(server.Folder, MetricsKey.FileName))!);
            var secret = server.Host.Provision("insole-1");
            secrets.Add(secret);
            using var made = await server.Api.PostAsJsonAsync("/api/v1/tokens", new { name = "ben", role = "viewer" });
            secrets.Add((await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!.Split('.')[^1]);
            using var replaced = await server.Api.PostAsync("/api/v1/devices/insole-1/secret", null);
            secrets.Add((await replaced.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!);

            using var page = await server.WatchAsync();
            await using var device = await TestDevice.ConnectAsync(server.Host, "insole-1", secrets[^1]);
            await Assert.ThrowsAsync<Exception>(() => TestDevice.ConnectAsync(server.Host, "insole-1", "guessed-secret-7"));
            secrets.Add("guessed-secret-7");
            await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => EndToEndTests.Sos(report, DateTimeOffset.UtcNow)));
            await device.SendAsync([0xff, 1, 2]);
            await TestServer.NextAsync(page, item => item.GetProperty("type").GetString() == "alert");
            server.AddWearer("ada", "Ada", "insole-1");
            foreach (var path in (string[])["/api/v1/fleet", "/api/v1/devices/insole-1/positions", "/api/v1/wearers/ada/day", "/api/v1/alerts", "/api/v1/nothing", "/metrics"])
                (await server.Api.GetAsync(path)).Dispose();
            await server.UntilAsync("/api/v1/fleet", _ => log.Lines.Any(line => line.Contains("ALERT", StringComparison.Ordinal))); // the alert is told of behind the page
        }

        Assert.IsGreaterThan(20, log.Lines.Count, "nothing was logged: this proves nothing");
        foreach (var line in log.Lines)
        {
            foreach (var secret in secrets) Assert.DoesNotContain(secret, line);
            Assert.DoesNotMatchRegex("52[.,]?12345|13[.,]?54321", line);
        }
    }

    [TestMethod]
    public async Task The_metrics_key_opens_the_metrics_from_this_machine_and_nothing_else()
    {
        await using var server = await TestServer.StartAsync();
        var key = SecretFile.Read(Path.Combine(server.Folder, MetricsKey.FileName))!;
        using var collector = new HttpClient { BaseAddress = server.Host.ApiAddress };
        collector.DefaultRequestHeaders.Add("Authorization", $"Bearer {key}");
        StringAssert.Contains(await collector.GetStringAsync("/metrics"), "traxxs_reports_accepted_total");
        foreach (var path in (string[])["/api/v1/devices", "/api/v1/counters", "/health/details"])
        {
            using var refused = await collector.GetAsync(path);
            Assert.AreEqual(401, (int)refused.StatusCode, path);
        }

        if (!OperatingSystem.IsWindows())
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.Folder, MetricsKey.FileName)));
        await server.RestartAsync();
        Assert.AreEqual(key, SecretFile.Read(Path.Combine(server.Folder, MetricsKey.FileName)), "a restart does not lock the collector out");
    }

    [TestMethod]
    public async Task Measurements_reach_a_collector_that_speaks_OTLP()
    {
        using var listener = new System.Net.HttpListener();
        var address = $"http://127.0.0.1:{EngineProcess.FreePort()}/";
        listener.Prefixes.Add(address);
        listener.Start();
        var arriving = listener.GetContextAsync();
        await using (var server = await TestServer.StartAsync(options => options with { Otlp = new Uri(address) }))
        {
            await server.GetAsync("/api/v1/devices");
        }

        var request = (await arriving.WaitAsync(TimeSpan.FromSeconds(30))).Request;
        Assert.AreEqual("/v1/metrics", request.Url!.AbsolutePath);
        Assert.AreEqual("application/x-protobuf", request.ContentType);
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body);
        StringAssert.Contains(System.Text.Encoding.Latin1.GetString(body.ToArray()), "traxxs.reports_accepted");
    }

    private sealed class Collector : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Enqueue($"scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
            // What a structured log would hold beside the words.
            if (state is IEnumerable<KeyValuePair<string, object?>> values) Lines.Enqueue(string.Join(' ', values.Select(pair => $"{pair.Key}={pair.Value}")));
        }

        public void Dispose()
        {
        }
    }
}
