using System.Collections.Concurrent;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Simulation.Links;
using Traxxs.Simulation.Run;
using Traxxs.Simulation.Scenarios;

namespace Traxxs.Simulation.Tests.Links;

[TestClass]
public sealed class MqttServerPathTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task A_day_over_a_real_socket_delivers_every_report_and_the_same_bytes_as_without()
    {
        var handler = new Collector();
        await using var server = await StartAsync(handler);
        var scenario = ScenarioFile.Load("working-day");
        using var direct = ScenarioRunner.Run(scenario, 5);
        using var finished = ScenarioRunner.Run(scenario, 5, device => PathTo(server, device.Id), cancellation: TestContext.CancellationToken);
        Assert.IsTrue(finished.Result.ExpectationsFailed == 0, string.Join("; ", finished.Result.Expectations.Where(e => e.Passed == false)));
        Assert.AreEqual(direct.Result.Hash, finished.Result.Hash);
        var accepted = finished.Run.Rigs[0].Accepted;
        var told = handler.Reports.DistinctBy(Convert.ToHexString).ToList();
        Assert.HasCount(accepted.Count, told);
        Assert.IsTrue(accepted.All(frame => told.Any(frame.IsStoredAs)), "an accepted report is not among those that came");
        Assert.IsTrue(handler.Topics.All(topic => topic.StartsWith("xsole/v1/insole-ann/", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task A_server_that_refuses_leaves_everything_on_the_device()
    {
        await using var server = await StartAsync(new Refuser());
        using var path = PathTo(server, "a");
        Assert.IsFalse(path.Connect());
        Assert.Contains("refused", path.Problem!);
        Assert.IsFalse(path.Send(1, new byte[] { 1 }));
        Assert.IsFalse(path.WaitAcknowledged(1));
    }

    [TestMethod]
    public async Task A_frame_to_a_device_that_is_away_waits_for_it()
    {
        await using var server = await StartAsync(new MqttOpenHandler());
        using var path = PathTo(server, "a");
        Assert.IsTrue(path.Connect());
        path.Disconnect(abrupt: false);
        await server.PublishAsync("xsole/v1/a/down", new byte[] { 7, 8 }, MqttQoS.AtLeastOnce, cancellationToken: TestContext.CancellationToken);
        Assert.IsTrue(path.Connect());
        Assert.IsTrue(SpinWait.SpinUntil(() => path.HasDownlink, TimeSpan.FromSeconds(20)));
        Assert.IsTrue(path.TryTakeDownlink(out var frame));
        CollectionAssert.AreEqual(new byte[] { 7, 8 }, frame);
    }

    private static async Task<MqttServer> StartAsync(IMqttServerHandler handler)
    {
        var options = new MqttServerOptions();
        options.Listeners.Add(new MqttListener());
        var server = new MqttServer(options, handler);
        await server.StartAsync();
        return server;
    }

    private static MqttServerPath PathTo(MqttServer server, string deviceId)
        => new(new MqttServerAddress(server.Endpoints[0].Address.ToString(), server.Endpoints[0].Port, deviceId, null));

    private sealed class Collector : MqttOpenHandler
    {
        public ConcurrentQueue<byte[]> Reports { get; } = new();

        public ConcurrentQueue<string> Topics { get; } = new();

        public override MqttPublishDisposition OnPublish(in MqttInboundPublish publish)
        {
            Topics.Enqueue(publish.Topic);
            if (publish.Topic.EndsWith("/up", StringComparison.Ordinal)) Reports.Enqueue(publish.Payload.ToArray());
            return MqttPublishDisposition.Acknowledge();
        }
    }

    private sealed class Refuser : MqttServerHandler
    {
        public override ValueTask<MqttConnectDecision> AuthenticateAsync(MqttConnectRequest request, CancellationToken cancellationToken)
            => new(MqttConnectDecision.Refuse(MqttReasonCode.NotAuthorized));
    }
}
