using System.Text.Json;
using RabbitMQ.Client;
using Traxxs.Protocol;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Hosting;
using Traxxs.Server.Tests.Ingest;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>All listeners were down for ten minutes while devices went on: RabbitMQ kept what they sent, in the order it came.</summary>
[TestClass]
public sealed class CatchUpTests
{
    private const int Minutes = 10;
    private const int CallMinute = 4; // inside; from LeaveMinute until BackMinute the wearer is outside
    private const int LeaveMinute = 5;
    private const int BackMinute = 8;
    private const int InsideE5 = 5_012_345, OutsideE5 = 5_022_345; // a kilometre apart
    private const string Fence = """{"type":"Feature","geometry":{"type":"Point","coordinates":[-8.12345,50.12345]},"properties":{"name":"Works","radiusM":300,"alertOn":["leave"],"severity":"warning"}}""";

    // Batches of the first four come in one order, those of the last four in another.
    private static readonly string[] Ids = ["insole-a", "insole-b", "insole-c", "insole-d", "insole-e", "insole-f", "insole-g", "insole-h"];

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Ten_minutes_of_batches_out_of_order_are_judged_by_the_times_of_their_fixes()
    {
        var clock = new ShiftedClock();
        await using var bench = await ClusterBench.OpenAsync(clock, redis: false);
        await bench.StartAsync("listener", ServerRoles.Listener);
        var back = await bench.StartAsync("back", ServerRoles.Rules | ServerRoles.Notifications);
        await ClusterBench.UntilAsync(() => bench.IsReadyAsync("listener"), "the listener is ready");
        back.Geofences.Add(OrganisationId.First, JsonSerializer.Deserialize<JsonElement>(Fence), "test");
        foreach (var id in Ids) back.Provision(id);
        var started = clock.GetUtcNow();
        await PublishAsync(bench, Ids.Select(id => (id, Minute: 0)), started);
        await UntilTakenInAsync(bench, Ids.Length);

        await bench.StopAsync("listener");
        await ClusterBench.UntilAsync(() => back.WhyDeaf is not null, "the rules know that nobody listens");
        clock.Advance(TimeSpan.FromMinutes(Minutes));
        // Of every device each minute, in whatever order links and retries brought them.
        var order = Shuffled(Ids[..4], seed: 1).Zip(Shuffled(Ids[4..], seed: 2)).SelectMany(pair => new[] { pair.First, pair.Second }).ToArray();
        await PublishAsync(bench, order, started);
        await bench.StartAsync("listener", ServerRoles.Listener);
        await UntilTakenInAsync(bench, Ids.Length * (Minutes + 1));

        var stored = back.Store.ReadAfter(0, 1000).Skip(Ids.Length).Select(one => (one.Report.DeviceId, (int)one.Report.Sequence - 1)).ToArray();
        CollectionAssert.AreEqual(order, stored, "the queue kept the order of arrival");
        foreach (var id in Ids) RequireTrueTimes(bench, id, started, clock.GetUtcNow());

        // The newest contract counts, whichever came last: silence is told when that one is over, and not before.
        await ClusterBench.UntilAsync(() => back.WhyDeaf is null, "the rules know that devices are heard");
        await ClusterBench.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            return Array.TrueForAll(Ids, id => bench.AlertsOf(id, "missed-contact").Count == 1);
        }, "silence is told");
    }

    [TestMethod]
    public async Task A_call_behind_a_backlog_is_an_alert_before_the_rules_have_taken_that_in()
    {
        const int Backlog = 4000;
        await using var bench = await ClusterBench.OpenAsync(redis: false);
        var listener = await bench.StartAsync("listener", ServerRoles.Listener);
        await ClusterBench.UntilAsync(() => bench.IsReadyAsync("listener"), "the listener is ready");
        foreach (var id in Ids) listener.Provision(id);
        var now = DateTimeOffset.UtcNow;
        await PublishAsync(bench, Enumerable.Range(1, Backlog).Select(number => (Ids[number % 4], Plain((uint)number, now))));
        // The last that comes before the call raises an alert too: which of the two was first, the audit log says.
        await PublishAsync(bench, [(Ids[4], Plain(1, now, low: true)), (Ids[5], Plain(1, now, call: true))]);
        await ClusterBench.UntilAsync(() => listener.Store.Count() == Backlog + 2, "all are stored", patienceS: 120);

        await bench.StartAsync("back", ServerRoles.Rules | ServerRoles.Notifications);
        await ClusterBench.UntilAsync(() => bench["back"].AlertsAreUpToDate, "all are taken in", patienceS: 120);
        using var database = bench.OpenService();
        var raised = database.Read(session => session.Audit.Read(null, 0, 1000)).Where(entry => entry.Action == "alert.raised").Select(entry => entry.Who);
        Assert.AreEqual("rule:sos rule:low-battery", string.Join(' ', raised), "the call first, and each once");
    }

    private static (string Id, int Minute)[] Shuffled(string[] ids, int seed)
    {
        var order = ids.SelectMany(id => Enumerable.Range(1, Minutes).Select(minute => (Id: id, Minute: minute))).ToArray();
        new Random(seed).Shuffle(order);
        return order;
    }

    private static void RequireTrueTimes(ClusterBench bench, string id, DateTimeOffset started, DateTimeOffset now)
    {
        var call = bench.AlertsOf(id, "sos").Single();
        Assert.AreEqual(SecondsOf(started.AddMinutes(CallMinute)), SecondsOf(call.EventTime!.Value), $"{id}: the call has its true time");
        Assert.IsInRange(TimeSpan.FromMinutes(Minutes - CallMinute), now - started, call.RaisedAt - call.EventTime.Value, $"{id}: and its true age");
        var left = bench.AlertsOf(id, "geofence-leave").Single();
        Assert.AreEqual(SecondsOf(started.AddMinutes(LeaveMinute)), SecondsOf(left.EventTime!.Value), $"{id}: left when the first fix outside says so");
        Assert.AreEqual(AlertState.Resolved, left.State, $"{id}: and came back");
        Assert.IsEmpty(bench.AlertsOf(id, "missed-contact"), $"{id}: nobody heard it, it was not silent");
    }

    private static Task<TimeSpan> UntilTakenInAsync(ClusterBench bench, int reports) =>
        ClusterBench.UntilAsync(() => bench["back"].Store.Count() == reports && bench["back"].AlertsAreUpToDate, $"{reports} reports are taken in", patienceS: 180);

    private static Task PublishAsync(ClusterBench bench, IEnumerable<(string Id, int Minute)> batches, DateTimeOffset started) =>
        PublishAsync(bench, batches.Select(batch => (batch.Id, Batch(batch.Minute, started))));

    // As the MQTT plug-in hands on what a device that is let in publishes: under its key, and told when the queue has it.
    private static async Task PublishAsync(ClusterBench bench, IEnumerable<(string Id, byte[] Frame)> frames)
    {
        var factory = new ConnectionFactory { Uri = bench.Rabbit.Amqp, UserName = bench.Rabbit.User, Password = bench.Rabbit.Password };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        foreach (var some in frames.Chunk(200))
        {
            await Task.WhenAll(some.Select(one =>
                channel.BasicPublishAsync(RabbitMqTopology.Exchange, RabbitMqTopology.UpOf(one.Id), mandatory: true, new BasicProperties { Persistent = true }, one.Frame).AsTask()));
        }
    }

    private static byte[] Plain(uint sequence, DateTimeOffset closed, bool low = false, bool call = false) => Frames.Make(sequence, change: report =>
    {
        report.DeviceTimeS = (uint)SecondsOf(closed);
        if (low) (report.HasBattery, report.BatteryMv, report.BatteryPercent) = (true, 3400, 5);
        if (call) (report.EventCodes[0], report.EventTimeS[0], report.EventValue[0], report.EventCount) = (EventCode.Sos, report.DeviceTimeS, 1, 1);
    });

    private static byte[] Batch(int minute, DateTimeOffset started)
    {
        var seconds = (uint)SecondsOf(started.AddMinutes(minute));
        return Frames.Make((uint)minute + 1, fixes: 2, report =>
        {
            (report.DeviceTimeS, report.HasContract, report.NextContactS) = (seconds + 30, true, 60);
            for (var i = 0; i < report.FixCount; i++)
            {
                report.FixTimeS[i] = seconds + (uint)i * 30;
                report.LatitudeE5[i] = minute is >= LeaveMinute and < BackMinute ? OutsideE5 : InsideE5;
                report.LongitudeE5[i] = -812_345;
            }

            if (minute != CallMinute) return;
            (report.EventCodes[0], report.EventTimeS[0], report.EventValue[0], report.EventCount) = (EventCode.Sos, seconds, 1, 1);
        });
    }

    private static long SecondsOf(DateTimeOffset time) => time.ToUnixTimeSeconds();
}
