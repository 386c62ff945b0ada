using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Protocol;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Store;

namespace Traxxs.Server.Tests.Ingest;

/// <summary>
/// Real clients on real sockets against the gateway; the store is in memory where it must fail on demand. Every MQTT server passes
/// it: a new one inherits this class and says how it is made.
/// </summary>
public abstract class DeviceGatewayContract
{
    private const string Device = "insole-1";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    public async Task A_report_is_acknowledged_when_it_is_stored(MqttProtocolVersion version)
    {
        await using var rig = await StartAsync();
        await using var client = await rig.ConnectAsync(version);
        for (uint sequence = 1; sequence <= 20; sequence++)
        {
            Assert.AreEqual(MqttReasonCode.Success, await client.PublishAsync(Up, Frames.Make(sequence), MqttQoS.AtLeastOnce).WaitAsync(Limit));
            Assert.AreEqual(sequence, rig.Store.Count());
        }

        Assert.AreEqual(MqttReasonCode.Success, await client.PublishAsync(Up, Frames.Make(7), MqttQoS.AtLeastOnce).WaitAsync(Limit));
        Assert.AreEqual((20L, 1L), (rig.Counters.Accepted, rig.Counters.Duplicates));
    }

    [TestMethod]
    public async Task Only_a_known_device_with_its_secret_and_its_own_name_gets_in()
    {
        await using var rig = await StartAsync();
        foreach (var (client, user, password) in new[] { (Device, Device, "wrong"), ("nobody", "nobody", "secret"), (Device, "other", "secret"), ("other", Device, "secret"), (Device, null, null) })
        {
            await using var stranger = rig.Client(MqttProtocolVersion.V311, options => (options.ClientId, options.UserName, options.Password) = (client, user, password));
            Assert.IsFalse((await stranger.ConnectAsync()).IsSuccess, $"{client} as {user}");
        }
    }

    [TestMethod]
    public async Task A_device_publishes_and_subscribes_only_below_its_own_id()
    {
        await using var rig = await StartAsync();
        await using var client = await rig.ConnectAsync(MqttProtocolVersion.V500);
        Assert.AreEqual(MqttReasonCode.NotAuthorized, await client.PublishAsync("xsole/v1/other/up", Frames.Make(1), MqttQoS.AtLeastOnce).WaitAsync(Limit));
        Assert.AreEqual(MqttReasonCode.NotAuthorized, await client.PublishAsync("xsole/v1/insole-1/down", Frames.Make(1), MqttQoS.AtLeastOnce).WaitAsync(Limit));
        foreach (var filter in new[] { "#", "xsole/v1/+/down", "xsole/v1/other/down", "xsole/v1/insole-1/up", "$SYS/#" })
            Assert.IsTrue((await client.SubscribeAsync(filter)).IsFailure(), filter);
        Assert.AreEqual(MqttReasonCode.GrantedQoS1, await client.SubscribeAsync("xsole/v1/insole-1/down", MqttQoS.AtLeastOnce));
        Assert.AreEqual(0, rig.Store.Count());
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311, MqttReasonCode.Success)]
    [DataRow(MqttProtocolVersion.V500, MqttReasonCode.PayloadFormatInvalid)]
    public async Task A_bad_frame_nobody_can_be_told_of_is_kept_once_and_holds_up_nothing_behind_it(MqttProtocolVersion version, MqttReasonCode expected)
    {
        await using var rig = await StartAsync(unread: (_, _) => throw new InvalidOperationException("nobody can be told"));
        await using var client = await rig.ConnectAsync(version);
        Assert.AreEqual(expected, await client.PublishAsync(Up, Encoding.ASCII.GetBytes("garbage"), MqttQoS.AtLeastOnce).WaitAsync(Limit));
        Assert.AreEqual(MqttReasonCode.Success, await client.PublishAsync(Up, Frames.Make(1), MqttQoS.AtLeastOnce).WaitAsync(Limit));
        Assert.HasCount(1, rig.Store.ReadRejected(10));
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311, MqttReasonCode.Success)]
    [DataRow(MqttProtocolVersion.V500, MqttReasonCode.PayloadFormatInvalid)]
    public async Task A_bad_frame_is_kept_and_not_asked_for_again_and_the_connection_goes_on(MqttProtocolVersion version, MqttReasonCode expected)
    {
        await using var rig = await StartAsync();
        await using var client = await rig.ConnectAsync(version);
        Assert.AreEqual(expected, await client.PublishAsync(Up, Encoding.ASCII.GetBytes("garbage"), MqttQoS.AtLeastOnce).WaitAsync(Limit));
        Assert.AreEqual("garbage", Encoding.ASCII.GetString(rig.Store.ReadRejected(1).Single().Payload));
        Assert.AreEqual(MqttReasonCode.Success, await client.PublishAsync(Up, Frames.Make(1), MqttQoS.AtLeastOnce).WaitAsync(Limit));
        Assert.AreEqual(1, rig.Store.Count());
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    public async Task What_cannot_be_stored_is_not_acknowledged_and_comes_again_until_it_can(MqttProtocolVersion version)
    {
        await using var rig = await StartAsync();
        var lost = new TaskCompletionSource();
        await using var client = await rig.ConnectAsync(version);
        client.ConnectionLost += (_, _) => lost.TrySetResult();
        ((MemoryReportStore)rig.Store).Fail("the disk is full");
        var publish = client.PublishAsync(Up, Frames.Make(1), MqttQoS.AtLeastOnce);
        await lost.Task.WaitAsync(Limit);
        Assert.IsFalse(publish.IsCompleted);
        ((MemoryReportStore)rig.Store).Heal();
        Assert.AreEqual(MqttReasonCode.Success, await publish.WaitAsync(Limit));
        Assert.AreEqual(1, rig.Store.Count());
        Assert.IsGreaterThanOrEqualTo(1, rig.Counters.Unavailable);
    }

    [TestMethod]
    public async Task Consumers_hear_of_connection_reports_and_loss()
    {
        await using var rig = await StartAsync();
        var client = await rig.ConnectAsync(MqttProtocolVersion.V311);
        // One after the other: a contact has no place among reports that are told at the same time.
        Assert.AreEqual("insole-1 connected", await rig.Heard.NextAsync());
        await client.PublishAsync(Up, Frames.Make(1), MqttQoS.AtLeastOnce).WaitAsync(Limit);
        Assert.AreEqual("report 1", await rig.Heard.NextAsync());
        Assert.IsTrue(rig.Gateway.IsConnected(Device));
        await client.DisposeAsync();
        Assert.AreEqual("insole-1 gone", await rig.Heard.NextAsync());
        Assert.IsFalse(rig.Gateway.IsConnected(Device));
    }

    [TestMethod]
    public async Task A_command_reaches_the_device_and_no_other()
    {
        await using var rig = await StartAsync();
        var received = new TaskCompletionSource<byte[]>();
        await using var client = await rig.ConnectAsync(MqttProtocolVersion.V311);
        client.MessageHandler = (in MqttReceivedMessage message) => received.TrySetResult(message.Payload.ToArray());
        await client.SubscribeAsync("xsole/v1/insole-1/down", MqttQoS.AtLeastOnce);
        await rig.Gateway.SendCommandAsync("insole-2", new Command { Id = 8, Code = CommandCode.FindMe });
        await rig.Gateway.SendCommandAsync(Device, new Command { Id = 9, Code = CommandCode.LocateNow });
        var frame = await received.Task.WaitAsync(Limit);
        var command = new Command();
        Assert.AreEqual(DecodeResult.Ok, CommandFrame.TryRead(frame, 0, frame.Length, command));
        Assert.AreEqual((9u, CommandCode.LocateNow), (command.Id, command.Code));
    }

    [TestMethod]
    public async Task A_device_is_reachable_from_its_subscription_to_its_end_and_not_between_connecting_and_subscribing()
    {
        await using var rig = await StartAsync();
        await using var client = await rig.ConnectAsync(MqttProtocolVersion.V311);
        Assert.AreEqual((true, false), (rig.Gateway.IsConnected(Device), rig.Gateway.IsListening(Device)));
        await client.SubscribeAsync("xsole/v1/insole-1/down", MqttQoS.AtLeastOnce);
        Assert.IsTrue(rig.Gateway.IsListening(Device));
        var lost = new TaskCompletionSource();
        client.ConnectionLost += (_, _) => lost.TrySetResult();
        rig.Gateway.Disconnect(Device);
        await lost.Task.WaitAsync(Limit);
        Assert.AreEqual("insole-1 connected", await rig.Heard.NextAsync());
        Assert.AreEqual("insole-1 gone", await rig.Heard.NextAsync());
    }

    [TestMethod]
    public async Task A_configuration_waits_for_a_device_that_has_never_been_seen()
    {
        await using var rig = await StartAsync();
        await rig.Gateway.SendCommandAsync(Device, new Command { Id = 3, Code = CommandCode.Configure });
        var received = new TaskCompletionSource<byte[]>();
        await using var client = await rig.ConnectAsync(MqttProtocolVersion.V311);
        client.MessageHandler = (in MqttReceivedMessage message) => received.TrySetResult(message.Payload.ToArray());
        await client.SubscribeAsync("xsole/v1/insole-1/down", MqttQoS.AtLeastOnce);
        var frame = await received.Task.WaitAsync(Limit);
        var command = new Command();
        Assert.AreEqual(DecodeResult.Ok, CommandFrame.TryRead(frame, 0, frame.Length, command));
        Assert.AreEqual((3u, CommandCode.Configure), (command.Id, command.Code));
    }

    [TestMethod]
    public async Task A_full_store_queue_ends_in_unacknowledged_reports_none_lost_none_doubled()
    {
        using var folder = new Support.TemporaryFolder();
        await using var store = Traxxs.Store.Sqlite.SqliteReportStore.Open(new Traxxs.Store.Sqlite.SqliteReportStoreOptions { Folder = folder.Path, QueueMax = 3 });
        await using var rig = await StartAsync(store);
        await using var client = await rig.ConnectAsync(MqttProtocolVersion.V311);
        var publishes = Enumerable.Range(1, 300).Select(i => client.PublishAsync(Up, Frames.Make((uint)i, 1), MqttQoS.AtLeastOnce)).ToList();
        foreach (var publish in publishes) Assert.AreEqual(MqttReasonCode.Success, await publish.WaitAsync(Limit));
        CollectionAssert.AreEqual(Enumerable.Range(1, 300).Select(i => (long)i).ToList(), store.ReadAfter(0, 1000).Select(stored => stored.Report.Sequence).Order().ToList());
    }

    /// <summary>A server that is not started yet.</summary>
    protected abstract IMqttServer Make(MqttServerOptions options, IMqttServerHandler handler);

    private async Task<Rig> StartAsync(IReportStore? store = null, Action<string, string>? unread = null)
    {
        var rig = new Rig(store ?? new MemoryReportStore(), Make, unread);
        await rig.StartAsync();
        return rig;
    }

    private static string Up => DeviceTopics.Of(Device).Up;

    private sealed class Rig : IAsyncDisposable, IDeviceCredentials
    {
        private readonly ReportDispatcher _dispatcher;
        private readonly IMqttServer _server;

        public Rig(IReportStore store, Func<MqttServerOptions, IMqttServerHandler, IMqttServer> make, Action<string, string>? unread)
        {
            Store = store;
            _dispatcher = new ReportDispatcher(store, [Heard], 0, NullLogger.Instance);
            Gateway = new DeviceGateway(this, new ReportIngest(store, TimeProvider.System, Counters, _dispatcher.ReportStored, unread), _dispatcher, TimeProvider.System);
            // The flapping brake would make the tests that lose connections on purpose slow.
            _server = make(new MqttServerOptions { Listeners = { new MqttListener() }, FlappingConnectsMax = 0 }, Gateway);
            Gateway.Attach(_server);
        }

        public IReportStore Store { get; }

        public IngestCounters Counters { get; } = new();

        public DeviceGateway Gateway { get; }

        public Listener Heard { get; } = new();

        public Task StartAsync()
        {
            _dispatcher.Start();
            return _server.StartAsync();
        }

        public bool Verify(string deviceId, ReadOnlySpan<byte> secret) => deviceId is Device or "insole-2" && secret.SequenceEqual("secret"u8);

        public MqttClient Client(MqttProtocolVersion version, Action<MqttClientOptions>? change = null)
        {
            var options = new MqttClientOptions
            {
                Host = "127.0.0.1",
                Port = _server.Endpoints[0].Port,
                Version = version,
                ClientId = Device,
                UserName = Device,
                Password = "secret",
                ReconnectDelayMin = TimeSpan.FromMilliseconds(5),
                ReconnectDelayMax = TimeSpan.FromMilliseconds(20),
            };
            change?.Invoke(options);
            return new MqttClient(options);
        }

        public async Task<MqttClient> ConnectAsync(MqttProtocolVersion version)
        {
            var client = Client(version);
            Assert.IsTrue((await client.ConnectAsync().WaitAsync(Limit)).IsSuccess);
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            await _server.DisposeAsync();
            await _dispatcher.DisposeAsync();
        }
    }

    private sealed class Listener : IReportConsumer
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public Task<string> NextAsync() => _lines.Reader.ReadAsync().AsTask().WaitAsync(Limit);

        public void Accept(AcceptedReport report) => _lines.Writer.TryWrite($"report {report.Sequence}");

        public void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime) => _lines.Writer.TryWrite($"{deviceId} {(connected ? "connected" : "gone")}");
    }
}
