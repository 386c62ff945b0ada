using System.Collections.Concurrent;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Simulation.Fleet;
using Traxxs.Simulation.Links;

namespace Traxxs.Simulation.Tests.Fleet;

[TestClass]
public sealed class LiveServerPathTests
{
    private readonly FleetTraffic _traffic = new();

    [TestMethod]
    public async Task What_is_not_answered_is_not_known_and_waits_for_nobody()
    {
        var keeper = new Keeper();
        await using var server = await StartAsync(keeper);
        using var path = PathTo(server);
        Answers(path.TryConnect, PathAnswer.Yes, "connected");
        Assert.IsTrue(path.Send(7, new byte[] { 1, 2, 3 }));
        Assert.IsTrue(SpinWait.SpinUntil(() => !keeper.Kept.IsEmpty, TimeSpan.FromSeconds(20)), "the frame is at the server");
        Assert.AreEqual(PathAnswer.NotYet, path.AskAcknowledged(7));
        Assert.AreEqual(0, _traffic.Reports);
        Assert.IsTrue(keeper.Kept.TryDequeue(out var kept));
        kept.Complete();
        Answers(() => path.AskAcknowledged(7), PathAnswer.Yes, "acknowledged");
        Assert.AreEqual(1, _traffic.Reports);
        Assert.AreEqual(PathAnswer.No, path.AskAcknowledged(7), "an answer is taken once");
    }

    [TestMethod]
    public async Task A_connection_that_breaks_answers_no_and_says_so()
    {
        var keeper = new Keeper();
        await using var server = await StartAsync(keeper);
        using var path = PathTo(server);
        Answers(path.TryConnect, PathAnswer.Yes, "connected");
        Assert.IsTrue(path.Send(1, new byte[] { 1 }));
        Assert.IsFalse(path.IsBroken);
        server.DisconnectClient("a");
        Answers(() => path.AskAcknowledged(1), PathAnswer.No, "nobody knows");
        Assert.IsTrue(path.IsBroken);
        path.Disconnect(abrupt: true);
        Assert.IsFalse(path.IsBroken, "one that was left is not broken");
        Answers(path.TryConnect, PathAnswer.Yes, "connected again");
        Assert.AreEqual(2, _traffic.Connects);
    }

    [TestMethod]
    public async Task Nobody_there_is_a_no_and_the_reason_is_kept()
    {
        var server = await StartAsync(new MqttOpenHandler());
        using var path = PathTo(server);
        await server.DisposeAsync();
        Answers(path.TryConnect, PathAnswer.No, "refused");
        Assert.AreEqual(1, _traffic.Failures);
        Assert.Contains("cannot connect", _traffic.Problem!);
        Assert.AreEqual(0, _traffic.Connections);
    }

    [TestMethod]
    public async Task Leaving_in_order_says_offline_and_ends_the_count()
    {
        var keeper = new Keeper();
        await using var server = await StartAsync(keeper);
        using var path = PathTo(server);
        Answers(path.TryConnect, PathAnswer.Yes, "connected");
        path.Disconnect(abrupt: false);
        await path.LeftAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.AreEqual("online offline", string.Join(' ', keeper.States));
        Assert.AreEqual(0, _traffic.Connections);
        Assert.AreEqual(0, _traffic.Failures);
    }

    private LiveServerPath PathTo(MqttServer server) => new(new MqttServerAddress("127.0.0.1", server.Endpoints[0].Port, "a", null), _traffic);

    private static void Answers(Func<PathAnswer> ask, PathAnswer expected, string what)
    {
        var answer = PathAnswer.NotYet;
        SpinWait.SpinUntil(() => (answer = ask()) != PathAnswer.NotYet, TimeSpan.FromSeconds(20));
        Assert.AreEqual(expected, answer, what);
    }

    private static async Task<MqttServer> StartAsync(IMqttServerHandler handler)
    {
        var options = new MqttServerOptions();
        options.Listeners.Add(new MqttListener());
        var server = new MqttServer(options, handler);
        await server.StartAsync();
        return server;
    }

    /// <summary>Keeps the acknowledgements of reports back.</summary>
    private sealed class Keeper : MqttOpenHandler
    {
        public ConcurrentQueue<MqttPublishAcknowledgement> Kept { get; } = new();

        public ConcurrentQueue<string> States { get; } = new();

        public override MqttPublishDisposition OnPublish(in MqttInboundPublish publish)
        {
            if (publish.Topic.EndsWith("/state", StringComparison.Ordinal)) States.Enqueue(System.Text.Encoding.ASCII.GetString(publish.Payload.ToArray()));
            if (!publish.Topic.EndsWith("/up", StringComparison.Ordinal)) return MqttPublishDisposition.Acknowledge();
            Kept.Enqueue(publish.Acknowledgement);
            return MqttPublishDisposition.Deferred();
        }
    }
}
