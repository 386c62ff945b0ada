using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Protocol;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Tests.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>Devices on a real RabbitMQ, and the listener behind it.</summary>
[TestClass]
public sealed class RabbitMqListenerTests
{
    [TestMethod]
    public async Task A_report_is_stored_once_under_the_device_that_signed_in_and_garbage_costs_only_itself()
    {
        await using var bench = await RabbitBench.StartAsync();
        var device = await bench.ConnectAsync("in.sole-1");
        Assert.AreEqual(MqttReasonCode.Success, await RabbitBench.SendAsync(device, Frames.Make(1)));
        Assert.AreEqual(MqttReasonCode.Success, await RabbitBench.SendAsync(device, Frames.Make(1)));
        Assert.AreEqual(MqttReasonCode.Success, await RabbitBench.SendAsync(device, [1, 2, 3]));
        Assert.AreEqual(MqttReasonCode.Success, await RabbitBench.SendAsync(device, Frames.Make(2)));
        await bench.UntilAsync(() => bench.Counters is { Accepted: 2, Duplicates: 1, Rejected: 1 }, "two stored, one again, one refused");
        Assert.AreEqual("in.sole-1", bench.Store.ReadAfter(0, 10)[0].Report.DeviceId);
        Assert.AreEqual("in.sole-1", bench.Store.ReadRejected(10).Single().DeviceId);
        await EmptyAsync(bench);
    }

    [TestMethod]
    public async Task A_frame_nobody_can_be_told_of_is_kept_once_and_holds_up_nothing_behind_it()
    {
        await using var bench = await RabbitBench.StartAsync();
        var (away, fails) = (true, new InvalidOperationException("nobody can be told"));
        bench.Unread = (_, _) => throw (Volatile.Read(ref away) ? new Traxxs.Store.StoreUnavailableException("away") : fails);
        var device = await bench.ConnectAsync("insole-1");
        Assert.AreEqual(MqttReasonCode.Success, await RabbitBench.SendAsync(device, [1, 2, 3]));
        await bench.UntilAsync(() => bench.Counters.Unavailable >= 3, "while a store is away it is held, and tried again");
        Volatile.Write(ref away, false);
        Assert.AreEqual(MqttReasonCode.Success, await RabbitBench.SendAsync(device, Frames.Make(1)));
        await bench.UntilAsync(() => bench.Counters is { Rejected: 1, Accepted: 1, Untold: 1 }, "it is kept and those behind it are taken");
        Assert.HasCount(1, bench.Store.ReadRejected(10));
        await EmptyAsync(bench);
    }

    [TestMethod]
    public async Task Strangers_stay_out_and_devices_stay_below_their_own_id()
    {
        await using var bench = await RabbitBench.StartAsync();
        var other = await bench.ConnectAsync("insole-2");
        var secret = bench.Devices.Provision(OrganisationId.First, "insole-1", "test");
        Assert.IsFalse(await IsLetInAsync(bench.Client("insole-1", "wrong")), "a wrong secret");
        Assert.IsFalse(await IsLetInAsync(bench.Client("nobody", secret)), "an unknown device");
        await Assert.ThrowsAsync<BrokerUnreachableException>(async () =>
        {
            await using var _ = await new ConnectionFactory { Uri = bench.Node.Amqp, UserName = "insole-1", Password = secret }.CreateConnectionAsync();
        }, "a device over AMQP");

        var device = await bench.ConnectAsync("insole-1", secret);
        await Assert.ThrowsAsync<MqttClientException>(async () => Require(await device.PublishAsync("xsole/v1/insole-2/up", Frames.Make(1), MqttQoS.AtLeastOnce)), "another's reports");
        foreach (var filter in (string[])["xsole/v1/insole-2/down", "xsole/v1/+/down", "#", "xsole/v1/alerts/main"])
        {
            var again = await bench.ConnectAsync("insole-1", secret);
            Assert.IsFalse(await MaySubscribeAsync(again, filter), filter);
        }

        Assert.IsTrue(other.IsConnected);
        Assert.AreEqual(0, bench.Store.Count());
    }

    [TestMethod]
    public async Task While_the_store_is_away_frames_wait_and_then_go_in_in_their_order()
    {
        await using var bench = await RabbitBench.StartAsync();
        var device = await bench.ConnectAsync("insole-1");
        await RabbitBench.SendAsync(device, Frames.Make(1));
        await bench.UntilAsync(() => bench.Store.Count() == 1, "the first is stored");
        bench.Store.Fail("the disk is full");
        for (uint i = 2; i <= 100; i++) Assert.AreEqual(MqttReasonCode.Success, await RabbitBench.SendAsync(device, Frames.Make(i)), "RabbitMQ has it");
        await bench.UntilAsync(() => bench.Consumer.Trouble is not null && bench.Counters.Unavailable > 0, "the listener says so");
        bench.Store.Heal();
        await bench.UntilAsync(() => bench.Store.Count() == 100, "all are stored");
        await bench.UntilAsync(() => bench.Consumer.Trouble is null, "it is well again");
        CollectionAssert.AreEqual(Enumerable.Range(1, 100).Select(i => (long)i).ToArray(), bench.Store.ReadAfter(0, 200).Select(stored => stored.Report.Sequence).ToArray());
        await EmptyAsync(bench);
    }

    [TestMethod]
    public async Task What_a_listener_that_went_did_not_store_the_next_one_does()
    {
        await using var bench = await RabbitBench.StartAsync();
        var device = await bench.ConnectAsync("insole-1");
        bench.Store.Fail("away");
        for (uint i = 1; i <= 50; i++) await RabbitBench.SendAsync(device, Frames.Make(i));
        await bench.UntilAsync(() => bench.Counters.Unavailable > 0, "the listener has them");
        await bench.StopListenerAsync();
        for (uint i = 51; i <= 60; i++) Assert.AreEqual(MqttReasonCode.Success, await RabbitBench.SendAsync(device, Frames.Make(i)), "nobody listens, RabbitMQ keeps it");
        Assert.IsFalse(await IsLetInAsync(bench.Client("insole-9", bench.Devices.Provision(OrganisationId.First, "insole-9", "test"))), "nobody new before a listener stands");
        bench.Store.Heal();
        bench.StartListener();
        await bench.UntilAsync(() => bench.Store.Count() == 60, "all are stored");
        CollectionAssert.AreEqual(Enumerable.Range(1, 60).Select(i => (long)i).ToArray(), bench.Store.ReadAfter(0, 200).Select(stored => stored.Report.Sequence).ToArray());
    }

    [TestMethod]
    public async Task Where_RabbitMQ_says_when_it_took_a_frame_that_is_when_it_was_received()
    {
        await using var bench = await RabbitBench.StartAsync();
        var taken = DateTimeOffset.UtcNow.AddMinutes(-10).ToUnixTimeMilliseconds();
        await using var connection = await new ConnectionFactory { Uri = bench.Node.Amqp, UserName = bench.Node.User, Password = bench.Node.Password }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var (sequence, ms) in new (uint, long)[] { (1, taken), (2, taken + 3_600_000), (3, 1) })
        {
            var properties = new BasicProperties { Headers = new Dictionary<string, object?> { [FrameConsumer.TakenAtHeader] = ms } };
            await channel.BasicPublishAsync(RabbitMqTopology.Exchange, RabbitMqTopology.UpOf("insole-1"), true, properties, Frames.Make(sequence));
        }

        await bench.UntilAsync(() => bench.Store.Count() == 3, "all are stored");
        var times = bench.Store.ReadAfter(0, 10).Select(stored => stored.Report.ServerTimeMs).ToList();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Assert.AreEqual(taken, times[0]);
        Assert.IsInRange(taken + 1, now, times[1], "not in what is to come");
        Assert.IsInRange(taken + 1, now, times[2], "nor in another age");
    }

    [TestMethod]
    public async Task What_RabbitMQ_acknowledged_outlives_its_death()
    {
        await using var bench = await RabbitBench.StartAsync();
        var secret = bench.Devices.Provision(OrganisationId.First, "insole-1", "test");
        var device = await bench.ConnectAsync("insole-1", secret);
        bench.Store.Fail("away, so that they wait in RabbitMQ");
        for (uint i = 1; i <= 30; i++) Assert.AreEqual(MqttReasonCode.Success, await RabbitBench.SendAsync(device, Frames.Make(i)));
        await bench.Node.KillAsync();
        await bench.UntilAsync(() => bench.Link.Trouble is not null, "the listener notices");
        bench.Store.Heal();
        await bench.Node.StartAgainAsync();
        await bench.UntilAsync(() => bench.Store.Count() == 30, "all are stored", patienceS: 60);
        await bench.ConnectAsync("insole-1", secret);
    }

    [TestMethod]
    public async Task A_command_goes_to_a_device_that_listens_and_to_nobody_else()
    {
        await using var bench = await RabbitBench.StartAsync();
        var heard = new ConcurrentQueue<Command>();
        var command = new Command { Id = 7, Code = CommandCode.AlarmReceived, Epoch = 1, Sequence = 5 };
        var device = await bench.ConnectAsync("insole-1", lasting: false, heard: heard.Enqueue);
        await Assert.ThrowsExactlyAsync<NotListeningException>(async () => await bench.Side.SendCommandAsync("insole-1", command), "connected, not subscribed");
        await device.SubscribeAsync("xsole/v1/insole-1/down", MqttQoS.AtLeastOnce);
        await bench.Side.SendCommandAsync("insole-1", command);
        await bench.UntilAsync(() => heard.Count == 1, "it hears");
        Assert.AreEqual(7u, heard.Single().Id);
        await device.DisposeAsync();
        await bench.UntilAsync(() => Throws<NotListeningException>(() => bench.Side.SendCommandAsync("insole-1", command)), "gone with its session");
    }

    [TestMethod]
    public async Task A_command_that_is_void_when_the_device_is_back_is_not_delivered()
    {
        await using var bench = await RabbitBench.StartAsync();
        var heard = new ConcurrentQueue<Command>();
        var secret = bench.Devices.Provision(OrganisationId.First, "insole-3", "test");
        var device = await bench.ConnectAsync("insole-3", secret);
        await device.SubscribeAsync("xsole/v1/insole-3/down", MqttQoS.AtLeastOnce);
        await device.DisconnectAsync();
        await bench.Side.SendCommandAsync("insole-3", new Command { Id = 1, Code = CommandCode.CheckInReset }, TimeSpan.FromMilliseconds(1));
        await bench.Side.SendCommandAsync("insole-3", new Command { Id = 2, Code = CommandCode.AlarmReceived, Epoch = 1, Sequence = 1 }, TimeSpan.FromHours(1));
        await bench.ConnectAsync("insole-3", secret, heard: heard.Enqueue);
        await bench.UntilAsync(() => !heard.IsEmpty, "it hears what still holds");
        Assert.AreEqual(2u, heard.Single().Id);
    }

    [TestMethod]
    public async Task A_configuration_is_found_by_a_device_that_comes_later()
    {
        await using var bench = await RabbitBench.StartAsync();
        var heard = new ConcurrentQueue<Command>();
        await bench.Side.SendCommandAsync("insole-4", new Command { Id = 3, Code = CommandCode.Configure, SettingCount = 0 });
        var device = await bench.ConnectAsync("insole-4", heard: heard.Enqueue);
        await device.SubscribeAsync("xsole/v1/insole-4/down", MqttQoS.AtLeastOnce);
        await bench.UntilAsync(() => heard.Any(command => command.Code == CommandCode.Configure), "it finds its configuration");
    }

    [TestMethod]
    public async Task Who_is_shut_out_loses_the_connection_and_finds_the_door_closed()
    {
        await using var bench = await RabbitBench.StartAsync();
        var secret = bench.Devices.Provision(OrganisationId.First, "insole-5", "test");
        var device = await bench.ConnectAsync("insole-5", secret);
        bench.Devices.Revoke(OrganisationId.First, "insole-5", "test");
        bench.Side.Disconnect("insole-5");
        await bench.UntilAsync(() => !device.IsConnected, "its connection is closed");
        Assert.IsFalse(await IsLetInAsync(bench.Client("insole-5", secret)));
    }

    [TestMethod]
    public async Task A_program_with_a_key_hears_its_organisations_alerts()
    {
        await using var bench = await RabbitBench.StartAsync();
        var (text, _) = bench.Tokens.Create(OrganisationId.First, "desk", Role.Viewer, null, "test");
        var program = bench.Client("key:desk", text, lasting: false);
        var heard = 0;
        program.MessageHandler = (in MqttReceivedMessage message) => Interlocked.Add(ref heard, message.Payload.Length);
        Assert.IsTrue((await program.ConnectAsync()).IsSuccess);
        Assert.IsFalse(await MaySubscribeAsync(bench.Client("key:spy", text, lasting: false), "xsole/v1/alerts/acme", connect: true));
        await program.SubscribeAsync("xsole/v1/alerts/main", MqttQoS.AtLeastOnce);
        await bench.Side.PublishAsync("xsole/v1/alerts/main", [1, 2, 3], default);
        await bench.UntilAsync(() => Volatile.Read(ref heard) == 3, "it hears");
    }

    private static async Task EmptyAsync(RabbitBench bench)
    {
        await using var connection = await new ConnectionFactory { Uri = bench.Node.Amqp, UserName = bench.Node.User, Password = bench.Node.Password }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await bench.StopListenerAsync(); // what it left unacknowledged would be back in the queue
        Assert.AreEqual(0u, await channel.MessageCountAsync(RabbitMqTopology.Reports), "all were acknowledged");
        Assert.AreEqual(0u, await channel.MessageCountAsync(RabbitMqTopology.DeadReports));
        bench.StartListener();
    }

    private static async Task<bool> IsLetInAsync(MqttClient client)
    {
        try
        {
            return (await client.ConnectAsync()).IsSuccess;
        }
        catch (MqttClientException)
        {
            return false;
        }
    }

    // RabbitMQ answers a forbidden filter with a failure or by closing the connection.
    private static async Task<bool> MaySubscribeAsync(MqttClient client, string filter, bool connect = false)
    {
        try
        {
            if (connect) Assert.IsTrue((await client.ConnectAsync()).IsSuccess);
            return (await client.SubscribeAsync([new MqttTopicFilter(filter, MqttQoS.AtLeastOnce)])).Any(code => !code.IsFailure());
        }
        catch (MqttClientException)
        {
            return false;
        }
    }

    private static bool Throws<T>(Func<ValueTask> act)
        where T : Exception
    {
        try
        {
            act().AsTask().GetAwaiter().GetResult();
            return false;
        }
        catch (T)
        {
            return true;
        }
    }

    private static void Require(MqttReasonCode code)
    {
        if (code.IsFailure()) throw new MqttClientException("refused", code);
    }
}
