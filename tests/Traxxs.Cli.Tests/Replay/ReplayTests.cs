using Traxxs.Cli.Server;
using Traxxs.Store.Sqlite;
using Traxxs.Testing;

namespace Traxxs.Cli.Tests.Replay;

/// <summary>The whole line as a user runs it: processes, sockets, files.</summary>
[TestClass]
public sealed class ReplayTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-replay-test-").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task Without_a_server_one_is_started_and_everything_reads_back_the_same_and_twice_is_stored_once()
    {
        var tracks = SyntheticTracks.Write(Path.Combine(_folder, "tracks"), seed: 1, count: 3, points: 1010, intervalS: 5);
        for (var run = 0; run < 2; run++)
        {
            using var replay = TraxxsProcess.Start(["replay", .. tracks, "--data", Path.Combine(_folder, "data"), "--json"]);
            var summary = await replay.ReadJsonAsync();
            Assert.AreEqual(0, await replay.ExitAsync(), replay.Errors);
            Assert.AreEqual((3, 3030, 153), (summary.GetProperty("tracks").GetInt32(), summary.GetProperty("fixes").GetInt32(), summary.GetProperty("reports").GetInt32()));
            foreach (var key in new[] { "acknowledged", "storedReports" }) Assert.AreEqual(153, summary.GetProperty(key).GetInt32(), key);
            Assert.AreEqual(3030, summary.GetProperty("readBackFixes").GetInt32());
            Assert.AreEqual(0, summary.GetProperty("mismatches").GetInt32());
            Assert.IsGreaterThan(0, summary.GetProperty("seconds").GetDouble());
        }
    }

    /// <summary>Broker and store of the server; the others where they were built in.</summary>
    public static IEnumerable<(string Broker, string Store)> Engines =>
#if CARD_PACKAGES
        [(BrokerChoice.BuiltIn, StoreChoice.Sqlite), (BrokerChoice.BuiltIn, StoreChoice.LiteDb), (BrokerChoice.MqttNet, StoreChoice.Sqlite), (BrokerChoice.MqttNet, StoreChoice.LiteDb)];
#else
        [(BrokerChoice.BuiltIn, StoreChoice.Sqlite)];
#endif

    [TestMethod]
    [DynamicData(nameof(Engines))]
    public async Task A_server_killed_again_and_again_in_the_middle_loses_nothing_and_doubles_nothing(string broker, string engine)
    {
        const int seed = 1;
        const int trackCount = 8, points = 6000, block = 20, kills = 4;
        var random = new Random(seed);
        var tracks = SyntheticTracks.Write(Path.Combine(_folder, "tracks"), seed, trackCount, points, intervalS: 10);
        var data = Path.Combine(_folder, "data");
        var server = await Server.StartAsync(data, broker, engine, mqttPort: 0, httpPort: 0);
        // Some half a minute when nothing happens: what a restart misses is sent at once behind it, so that all four must fit in before the end.
        using var replay = TraxxsProcess.Start(["replay", .. tracks, "--broker", server.Mqtt, "--api", server.Api, "--token-file", server.TokenFile, "--speed", "20000", "--json"]);
        var summary = replay.ReadJsonAsync();
        for (var kill = 0; kill < kills; kill++)
        {
            await server.GrowsAsync(bytes: random.Next(4_000, 40_000), replay);
            Assert.IsFalse(summary.IsCompleted, $"kill {kill + 1} came too late: {replay.Errors}");
            server = await server.KillAndRestartAsync();
        }

        var result = await summary;
        Assert.AreEqual(0, await replay.ExitAsync(), $"seed {seed}: {result} {replay.Errors}");
        Assert.AreEqual(0, result.GetProperty("mismatches").GetInt32());
        Assert.IsGreaterThanOrEqualTo(kills, result.GetProperty("connectionsLost").GetInt32());
        await server.StopAsync();
        await RequireStoredOnce(data, engine, trackCount * points / block, trackCount * points, seed);
    }

    [TestMethod]
    public async Task Recorded_walks_read_back_to_the_metre_and_second()
    {
        if (Recordings.Find("gps_geolife", out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        var tracks = Directory.GetFiles(folder, "*.csv.gz").Order(StringComparer.Ordinal).Where((_, i) => i % 30 == 0);
        using var replay = TraxxsProcess.Start(["replay", .. tracks, "--json"]);
        var summary = await replay.ReadJsonAsync();
        Assert.AreEqual(0, await replay.ExitAsync(), $"{summary} {replay.Errors}");
        Assert.AreEqual(0, summary.GetProperty("mismatches").GetInt32());
        Assert.AreEqual(summary.GetProperty("fixes").GetInt32(), summary.GetProperty("readBackFixes").GetInt32());
    }

    [TestMethod]
    [DataRow("replay")]
    [DataRow("replay", "no-such-file.csv")]
    [DataRow("replay", "x.csv", "--block", "0")]
    [DataRow("replay", "x.csv", "--block", "65")]
    [DataRow("replay", "x.csv", "--speed", "-1")]
    [DataRow("replay", "x.csv", "--broker", "mqtt://127.0.0.1:1")]
    [DataRow("replay", "x.csv", "--broker", "http://127.0.0.1:1", "--credentials", "c")]
    [DataRow("replay", "x.csv", "--api", "http://127.0.0.1:1")]
    public async Task Wrong_usage_is_told_and_is_exit_code_2(params string[] arguments)
    {
        using var replay = TraxxsProcess.Start(arguments);
        Assert.AreEqual(2, await replay.ExitAsync());
        Assert.AreNotEqual("", replay.Errors.Trim());
    }

    [TestMethod]
    public async Task A_server_that_never_answers_is_given_up_with_exit_code_1()
    {
        var track = SyntheticTracks.Write(_folder, seed: 2, count: 1, points: 5, intervalS: 5)[0];
        var credentials = Path.Combine(_folder, "credentials");
        await File.WriteAllTextAsync(credentials, "replay-walk-1 secret\n");
        using var replay = TraxxsProcess.Start("replay", track, "--broker", "mqtt://127.0.0.1:1", "--credentials", credentials, "--patience", "1");
        Assert.AreEqual(1, await replay.ExitAsync());
        StringAssert.Contains(replay.Errors, "nothing was acknowledged");
    }

    private static async Task RequireStoredOnce(string data, string engine, int reports, int fixes, int seed)
    {
        if (engine == StoreChoice.Sqlite) Assert.IsEmpty(StoreCheck.Run(data), $"seed {seed}");
        await using var store = StoreChoice.Of(engine)(data);
        var stored = store.ReadAfter(0, int.MaxValue).Select(one => one.Report).ToList();
        Assert.HasCount(reports, stored, $"seed {seed}");
        Assert.AreEqual(reports, stored.Select(report => (report.DeviceId, report.Epoch, report.Sequence)).Distinct().Count(), $"seed {seed}");
        Assert.AreEqual(fixes, stored.Sum(report => report.FixCount));
        foreach (var device in stored.GroupBy(report => report.DeviceId))
            CollectionAssert.AreEqual(Enumerable.Range(0, device.Count()).Select(i => (long)i).ToList(), device.Select(report => report.Sequence).Order().ToList(), $"seed {seed}: {device.Key}");
        Assert.IsEmpty(store.ReadRejected(10));
    }

    private sealed record Server(TraxxsProcess Process, string Data, string Broker, string Engine, string Mqtt, string Api, string TokenFile)
    {
        public static async Task<Server> StartAsync(string data, string broker, string engine, int mqttPort, int httpPort)
        {
            var process = TraxxsProcess.Start("server", "--data", data, "--broker", broker, "--store", engine, "--mqtt-port", $"{mqttPort}", "--http-port", $"{httpPort}", "--json");
            var ready = await process.ReadJsonAsync();
            return new Server(process, data, broker, engine, ready.GetProperty("mqtt").GetString()!, ready.GetProperty("page").GetString()!, ready.GetProperty("adminTokenFile").GetString()!);
        }

        /// <summary>Waits until the log on disk has grown: reports are being committed right now.</summary>
        public async Task GrowsAsync(long bytes, TraxxsProcess replay)
        {
            var before = Committed();
            while (Math.Abs(Committed() - before) < bytes && !replay.HasExited) await Task.Delay(5);
        }

        public async Task<Server> KillAndRestartAsync()
        {
            await Process.KillAsync();
            Process.Dispose();
            return await StartAsync(Data, Broker, Engine, new Uri(Mqtt).Port, new Uri(Api).Port);
        }

        public async Task StopAsync()
        {
            await Process.KillAsync();
            Process.Dispose();
        }

        private long Committed() => Directory.GetFiles(Data, "reports*").Sum(path => new FileInfo(path).Length);
    }
}
