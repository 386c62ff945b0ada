using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Protocol;
using Traxxs.Server.Tests.Support;
using Traxxs.Store;

namespace Traxxs.Server.Tests.Hosting;

/// <summary>Through real sockets: MQTT in, HTTP and WebSocket out.</summary>
[TestClass]
public sealed class EndToEndTests
{
    [TestMethod]
    public async Task A_press_in_a_dead_zone_reaches_the_page_with_its_age_and_the_answer_reaches_the_foot()
    {
        await using var server = await TestServer.StartAsync();
        using var page = await server.WatchAsync();
        await using var device = await server.ConnectAsync("insole-1");
        var pressed = DateTimeOffset.UtcNow.AddMinutes(-20);

        Assert.AreEqual(MqttReasonCode.Success, await device.SendAsync(device.Frame(pressed.AddSeconds(3), report => Sos(report, pressed))));

        var seen = (await TestServer.NextAsync(page, item => TypeOf(item) == "alert")).GetProperty("data").GetProperty("alert");
        Assert.AreEqual("sos", seen.GetProperty("rule").GetString());
        Assert.AreEqual(1200, seen.GetProperty("ageS").GetDouble(), 30);
        Assert.AreEqual(52.12345, seen.GetProperty("position").GetProperty("latitude").GetDouble());

        var received = await device.NextCommandAsync();
        Assert.AreEqual(CommandCode.AlarmReceived, received.Code);
        Assert.AreEqual(1u, received.Sequence);

        var id = seen.GetProperty("id").GetString();
        using var answer = await server.Api.PostAsJsonAsync($"/api/v1/alerts/{id}/acknowledge", new { comment = "on my way" });
        Assert.IsTrue(answer.IsSuccessStatusCode);
        Assert.AreEqual(CommandCode.AlarmAcknowledged, (await device.NextCommandAsync()).Code);

        var one = await server.UntilAsync($"/api/v1/alerts/{id}", alert => Deliveries(alert, "sent") >= 3);
        Assert.AreEqual("acknowledged", one.GetProperty("alert").GetProperty("state").GetString());
        Assert.AreEqual("on my way", one.GetProperty("comments")[0].GetProperty("text").GetString());
        Assert.IsNotNull(one.GetProperty("alert").GetProperty("notifiedAt").GetDouble());
    }

    [TestMethod]
    public async Task As_many_devices_connect_from_one_address_as_the_configuration_says()
    {
        await using var server = await TestServer.StartAsync(options => options with { MqttConnectionsPerAddress = 2 });
        await using var first = await server.ConnectAsync("insole-1");
        await using (await server.ConnectAsync("insole-2")) await Assert.ThrowsAsync<MqttClientException>(() => server.ConnectAsync("insole-3"));
        Assert.IsTrue(first.IsConnected);
        await using var next = await WhenThereIsRoomAsync();

        async Task<TestDevice> WhenThereIsRoomAsync()
        {
            for (var tries = 0; ; tries++)
            {
                try
                {
                    return await server.ConnectAsync("insole-4");
                }
                catch (MqttClientException) when (tries < 500)
                {
                    await Task.Delay(20);
                }
            }
        }
    }

    [TestMethod]
    public async Task The_same_report_sent_twice_is_stored_and_alerted_once()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await server.ConnectAsync("insole-1");
        var frame = device.Frame(DateTimeOffset.UtcNow, report => Sos(report, DateTimeOffset.UtcNow));
        await device.SendAsync(frame);
        await device.SendAsync(frame);
        var counters = await server.UntilAsync("/api/v1/counters", all => all.GetProperty("reports_duplicate_total").GetInt64() == 1);
        Assert.AreEqual(1, counters.GetProperty("reports_stored").GetInt64());
        await server.UntilAsync("/api/v1/alerts", all => all.GetProperty("alerts").GetArrayLength() == 1);
        Assert.AreEqual(1, (await server.GetAsync("/api/v1/alerts")).GetProperty("alerts").GetArrayLength());
    }

    [TestMethod]
    public async Task Positions_come_back_as_they_were_sent_page_by_page_and_after_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        var start = DateTimeOffset.FromUnixTimeSeconds(1_772_352_000);
        var sent = new List<(long Time, double Latitude, double Longitude)>();
        await using (var device = await server.ConnectAsync("insole-1"))
        {
            for (var r = 0; r < 9; r++)
            {
                await device.SendAsync(device.Frame(start.AddSeconds((r * 600) + 599), report =>
                {
                    for (var i = 0; i < 20; i++)
                    {
                        var time = start.AddSeconds((r * 600) + (i * 30)).ToUnixTimeSeconds();
                        AddFix(report, time, 5212345 + (r * 100) + (i * 7), -1305432 - (i * 13));
                        sent.Add((time, (5212345 + (r * 100) + (i * 7)) / 1e5, (-1305432 - (i * 13)) / 1e5));
                    }
                }));
            }
        }

        CollectionAssert.AreEqual(sent, await ReadAllAsync(server, ""));
        CollectionAssert.AreEqual(sent, await ReadAllAsync(server, "&limit=25"));
        CollectionAssert.AreEqual(sent.Where(item => item.Time is >= 1_772_352_600 and <= 1_772_353_290).ToList(),
            await ReadAllAsync(server, "&from=2026-03-01T08:10:00Z&to=1772353290"));
        var geo = await server.GetAsync("/api/v1/devices/insole-1/positions?format=geojson&limit=1");
        Assert.AreEqual(-13.05432, geo.GetProperty("features")[0].GetProperty("geometry").GetProperty("coordinates")[0].GetDouble());

        await server.RestartAsync();
        CollectionAssert.AreEqual(sent, await ReadAllAsync(server, "&limit=64"));
        var latest = (await server.GetAsync("/api/v1/positions/latest")).GetProperty("positions")[0];
        Assert.AreEqual("insole-1", latest.GetProperty("deviceId").GetString());
        Assert.AreEqual(sent[^1].Latitude, latest.GetProperty("position").GetProperty("latitude").GetDouble());
    }

    [TestMethod]
    public async Task What_cannot_be_stored_is_not_acknowledged_and_the_server_says_so()
    {
        var store = new FaultyStore();
        await using var server = await TestServer.StartAsync(store: store);
        await using var device = await server.ConnectAsync("insole-1");
        var frame = device.Frame(DateTimeOffset.UtcNow, report => Sos(report, DateTimeOffset.UtcNow));
        store.Broken = true;
        var sending = device.SendAsync(frame);
        await server.UntilAsync("/api/v1/counters", all => all.GetProperty("reports_unavailable_total").GetInt64() == 1);
        Assert.IsFalse(sending.IsCompletedSuccessfully && sending.Result == MqttReasonCode.Success);
        using (var ready = await server.Api.GetAsync("/health/ready"))
        {
            Assert.AreEqual(System.Net.HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            StringAssert.Contains(await ready.Content.ReadAsStringAsync(), "disk full");
        }

        store.Broken = false;
        await using var again = await server.ConnectAsync("insole-1");
        Assert.AreEqual(MqttReasonCode.Success, await again.SendAsync(frame));
        await server.UntilAsync("/api/v1/alerts", all => all.GetProperty("alerts").GetArrayLength() == 1);
        await server.GetAsync("/health/ready");
    }

    [TestMethod]
    public async Task A_stranger_a_wrong_secret_and_a_foreign_topic_are_kept_out()
    {
        await using var server = await TestServer.StartAsync();
        var secret = server.Host.Provision("insole-1");
        var refused = await Assert.ThrowsExactlyAsync<MqttClientException>(() => TestDevice.ConnectAsync(server.Host, "insole-2", secret));
        Assert.AreEqual(MqttReasonCode.BadUserNameOrPassword, refused.Reason);
        await Assert.ThrowsExactlyAsync<MqttClientException>(() => TestDevice.ConnectAsync(server.Host, "insole-1", "wrong"));

        await using var device = await TestDevice.ConnectAsync(server.Host, "insole-1", secret);
        _ = device.PublishAsync("xsole/v1/insole-2/up", [1, 2, 3]);
        await server.UntilAsync("/api/v1/counters", all => all.GetProperty("mqtt_forbidden_publishes_total").GetInt64() == 1);
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/counters")).GetProperty("reports_stored").GetInt64());
    }

    [TestMethod]
    public async Task A_revoked_device_is_cut_off_at_once()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await server.ConnectAsync("insole-1");
        using var answer = await server.Api.DeleteAsync("/api/v1/devices/insole-1");
        Assert.AreEqual(System.Net.HttpStatusCode.NoContent, answer.StatusCode);
        await server.UntilAsync("/api/v1/devices/insole-1", one => !one.GetProperty("device").GetProperty("status").GetProperty("connected").GetBoolean());
    }

    [TestMethod]
    public async Task A_frame_that_is_none_costs_itself_and_can_be_looked_at()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await server.ConnectAsync("insole-1");
        await device.SendAsync([0xff, 1, 2, 3]);
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => Sos(report, DateTimeOffset.UtcNow)));
        await server.UntilAsync("/api/v1/counters", all => all.GetProperty("reports_accepted_total").GetInt64() == 1);
        var frame = (await server.GetAsync("/api/v1/rejected")).GetProperty("frames")[0];
        Assert.AreEqual("ff010203", frame.GetProperty("payloadHex").GetString());
        Assert.AreEqual("insole-1", frame.GetProperty("deviceId").GetString());
        var alerts = await server.UntilAsync("/api/v1/alerts?device=insole-1", all => all.GetProperty("alerts").GetArrayLength() == 2);
        Assert.AreEqual("critical device-fault,critical sos", string.Join(',', alerts.GetProperty("alerts").EnumerateArray()
            .Select(alert => $"{alert.GetProperty("severity").GetString()} {alert.GetProperty("rule").GetString()}").Order()), "garbage may have been a call too");
    }

    [TestMethod]
    public async Task A_proof_for_a_device_that_left_reaches_it_when_it_is_back_even_after_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        var secret = server.Host.Provision("insole-1");
        await using (var device = await TestDevice.ConnectAsync(server.Host, "insole-1", secret))
        {
            await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => Sos(report, DateTimeOffset.UtcNow)));
            await device.NextCommandAsync();
        }

        await server.UntilAsync("/api/v1/devices/insole-1", one => !one.GetProperty("device").GetProperty("status").GetProperty("connected").GetBoolean());
        var alert = (await server.GetAsync("/api/v1/alerts")).GetProperty("alerts")[0].GetProperty("id").GetString();
        (await server.Api.PostAsJsonAsync($"/api/v1/alerts/{alert}/acknowledge", new { })).Dispose();
        await server.RestartAsync();
        await using var back = await TestDevice.ConnectAsync(server.Host, "insole-1", secret);
        var command = await back.NextCommandAsync();
        if (command.Code == CommandCode.AlarmReceived) command = await back.NextCommandAsync(); // it left before it had acknowledged this one
        Assert.AreEqual(CommandCode.AlarmAcknowledged, command.Code);
    }

    [TestMethod]
    public async Task A_page_that_was_cut_off_goes_on_where_it_stopped_and_is_told_when_it_cannot()
    {
        await using var server = await TestServer.StartAsync();
        string? last;
        await using var device = await server.ConnectAsync("insole-1");
        using (var page = await server.WatchAsync())
        {
            await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => AddFix(report, 1_772_352_000, 1, 2)));
            last = (await TestServer.NextAsync(page, item => TypeOf(item) == "device" && item.GetProperty("data").GetProperty("fixes").GetArrayLength() == 1)).GetProperty("id").GetString();
        }

        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => Sos(report, DateTimeOffset.UtcNow)));
        await server.UntilAsync("/api/v1/alerts", all => all.GetProperty("alerts").GetArrayLength() == 1);
        using (var page = await server.WatchAsync(last))
        {
            await TestServer.NextAsync(page, item => TypeOf(item) == "alert");
        }

        using (var page = await server.WatchAsync("another-run-17"))
        {
            await TestServer.NextAsync(page, item => TypeOf(item) == "reset");
        }
    }

    internal static void Sos(Report report, DateTimeOffset pressed)
    {
        report.EventCodes[0] = EventCode.Sos;
        report.EventTimeS[0] = (uint)pressed.ToUnixTimeSeconds();
        report.EventValue[0] = 1;
        report.EventCount = 1;
        AddFix(report, pressed.ToUnixTimeSeconds(), 5212345, 1354321);
    }

    internal static void AddFix(Report report, long time, int latitudeE5, int longitudeE5)
    {
        var i = report.FixCount++;
        (report.FixTimeS[i], report.LatitudeE5[i], report.LongitudeE5[i]) = ((uint)time, latitudeE5, longitudeE5);
    }

    private static async Task<List<(long Time, double Latitude, double Longitude)>> ReadAllAsync(TestServer server, string query)
    {
        var all = new List<(long, double, double)>();
        string? cursor = null;
        do
        {
            var page = await server.GetAsync($"/api/v1/devices/insole-1/positions?{query}{(cursor is null ? "" : $"&cursor={cursor}")}");
            all.AddRange(page.GetProperty("positions").EnumerateArray().Select(item =>
                (item.GetProperty("time").GetInt64(), item.GetProperty("latitude").GetDouble(), item.GetProperty("longitude").GetDouble())));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        return all;
    }

    private static string? TypeOf(JsonElement item) => item.GetProperty("type").GetString();

    private static int Deliveries(JsonElement alert, string state) =>
        alert.GetProperty("deliveries").EnumerateArray().Count(item => item.GetProperty("state").GetString() == state);

    /// <summary>A store whose disk is full when told so.</summary>
    private sealed class FaultyStore : IReportStore
    {
        private readonly MemoryReportStore _inner = new();

        public volatile bool Broken;

        public long LastPosition => _inner.LastPosition;

        public StoreHealth Health => Broken ? new StoreHealth(false, "disk full", 0) : _inner.Health;

        public bool TryAppend(ReportRecord report, Action<object?, AppendResult, Exception?> completed, object? state)
        {
            if (!Broken) return _inner.TryAppend(report, completed, state);
            completed(state, default, new StoreUnavailableException("disk full"));
            return true;
        }

        public ValueTask<AppendResult> AppendAsync(ReportRecord report, CancellationToken cancellationToken = default) => _inner.AppendAsync(report, cancellationToken);

        public ValueTask AppendRejectedAsync(string deviceId, long serverTimeMs, string reason, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default) =>
            _inner.AppendRejectedAsync(deviceId, serverTimeMs, reason, payload, cancellationToken);

        public ValueTask<EraseProgress> EraseAsync(ReportErasure what, string? after, int limit, CancellationToken cancellationToken = default) =>
            _inner.EraseAsync(what, after, limit, cancellationToken);

        public IReadOnlyList<StoredReport> ReadAfter(long position, int limit) => _inner.ReadAfter(position, limit);

        public IReadOnlyList<StoredReport> ReadByFixTime(string deviceId, long fromS, long toS, (long FirstFixTimeS, long Position)? after, int limit) =>
            _inner.ReadByFixTime(deviceId, fromS, toS, after, limit);

        public IReadOnlyList<StoredReport> ReadNewest(string deviceId, int limit) => _inner.ReadNewest(deviceId, limit);

        public IReadOnlyList<StoredReport> ReadBySequence(string deviceId, int epoch, long fromSequence, int limit) =>
            _inner.ReadBySequence(deviceId, epoch, fromSequence, limit);

        public IReadOnlyList<Numbering> ReadNumberings(string deviceId) => _inner.ReadNumberings(deviceId);

        public IReadOnlyList<StoredReport> ReadNewestOfEachDevice() => _inner.ReadNewestOfEachDevice();

        public IReadOnlyList<RejectedFrame> ReadRejected(int limit) => _inner.ReadRejected(limit);

        public long Count() => _inner.Count();

        public ValueTask DisposeAsync() => _inner.DisposeAsync();
    }
}
