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

    private static readonly string[] Ids = ["insole-a", "insole-b", "insole-c", "insole-d"];

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public async Task Ten_minutes_of_batches_out_of_order_are_judged_by_the_times_of_their_fixes(int seed)
    {
        var clock = new ShiftedClock();
        await using var bench = await ClusterBench.OpenAsync(clock);
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
        var order = Ids.SelectMany(id => Enumerable.Range(1, Minutes).Select(minute => (Id: id, Minute: minute))).ToArray();
        new Random(seed).Shuffle(order);
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

    // As the MQTT plug-in hands on what a device that is let in publishes: under its key, and told when the queue has it.
    private static async Task PublishAsync(ClusterBench bench, IEnumerable<(string Id, int Minute)> batches, DateTimeOffset started)
    {
        var factory = new ConnectionFactory { Uri = bench.Rabbit.Amqp, UserName = bench.Rabbit.User, Password = bench.Rabbit.Password };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        foreach (var (id, minute) in batches)
            await channel.BasicPublishAsync(RabbitMqTopology.Exchange, RabbitMqTopology.UpOf(id), mandatory: true, new BasicProperties { Persistent = true }, Batch(minute, started));
    }

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
