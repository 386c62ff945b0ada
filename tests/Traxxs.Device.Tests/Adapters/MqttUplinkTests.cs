using Traxxs.Core.Ports;
using Traxxs.Device.Adapters;
using Traxxs.Engines;
using Traxxs.NanoHost;

namespace Traxxs.Device.Tests.Adapters;

/// <summary>The uplink against a real server on loopback, through NanoHost's M2Mqtt.</summary>
[TestClass]
public sealed class MqttUplinkTests
{
    private readonly AutoResetEvent _attention = new(false);
    private readonly List<MqttUplink> _uplinks = [];

    [TestInitialize]
    public void PowerOn() => NanoBoard.Current = new NanoBoard();

    [TestCleanup]
    public void PowerOff()
    {
        foreach (var uplink in _uplinks) uplink.Dispose();
        NanoBoard.Current.CutPower();
    }

    [TestMethod]
    public async Task A_frame_is_published_and_its_token_comes_back_when_the_server_has_it()
    {
        await using var server = await TestServer.StartAsync();
        var uplink = Open(server);
        Assert.IsTrue(uplink.TryPublish(77, [0, 1, 2, 3, 4], 1, 3));
        Assert.AreEqual(77, TakeToken(uplink));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, server.Reports.Single());
        Assert.AreEqual("online", server.State);
    }

    [TestMethod]
    public async Task Without_an_acknowledgement_no_token_comes_back_and_no_more_than_the_bound_is_under_way()
    {
        await using var server = await TestServer.StartAsync();
        server.HoldAcknowledgements = true;
        var uplink = Open(server);
        for (var token = 0; token < InFlight.FramesMax; token++) Assert.IsTrue(uplink.TryPublish(token, [(byte)token], 0, 1));
        Assert.IsFalse(uplink.TryPublish(99, [9], 0, 1), "a frame beyond the bound must be refused");
        Eventually.True(() => server.Held.Count == InFlight.FramesMax, "the server has the frames");
        Assert.IsFalse(uplink.TryTakeAcknowledged(out _));
        foreach (var acknowledgement in server.Held) acknowledgement.Complete();
        for (var token = 0; token < InFlight.FramesMax; token++) Assert.AreEqual(token, TakeToken(uplink));
        Assert.IsTrue(uplink.TryPublish(99, [9], 0, 1));
    }

    [TestMethod]
    public async Task A_wrong_secret_fails_the_link_and_says_so()
    {
        await using var server = await TestServer.StartAsync();
        var config = Config(server.Port);
        config.Secret = "wrong";
        var uplink = Track(new MqttUplink(config, null, new WifiStation(), _attention));
        uplink.Open();
        Eventually.True(() => uplink.State == LinkState.Failed, "the link has failed");
        Assert.IsFalse(uplink.TryPublish(1, [1], 0, 1));
    }

    [TestMethod]
    public async Task Without_a_network_the_link_fails_and_with_one_it_opens()
    {
        await using var server = await TestServer.StartAsync();
        NanoBoard.Current.Wifi = (_, _) => false;
        var uplink = Track(new MqttUplink(Config(server.Port), null, new WifiStation(), _attention));
        uplink.Open();
        Eventually.True(() => uplink.State == LinkState.Failed, "the link has failed");
        NanoBoard.Current.Wifi = (ssid, psk) => ssid == "factory" && psk == "hall 7";
        uplink.Open();
        Eventually.True(() => uplink.State == LinkState.Open, "the link is open");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_join_in_vain_leaves_no_radio_on(bool throws)
    {
        NanoBoard.Current.Wifi = (_, _) => throws ? throw new InvalidOperationException("no adapter") : false;
        var uplink = Track(new MqttUplink(Config(1), null, new WifiStation(), _attention));
        uplink.Open();
        Eventually.True(() => uplink.State == LinkState.Failed, "the link has failed");
        Assert.IsFalse(NanoBoard.Current.WifiOn, "the radio goes on searching though nobody waits for it");
        uplink.Close();
        Eventually.True(() => uplink.IsQuiet, "the worker has left");
        Assert.IsFalse(NanoBoard.Current.WifiOn);
    }

    [TestMethod]
    public void A_server_that_is_not_there_fails_the_link()
    {
        var uplink = Track(new MqttUplink(Config(1), null, new WifiStation(), _attention));
        uplink.Open();
        Eventually.True(() => uplink.State == LinkState.Failed, "the link has failed");
    }

    [TestMethod]
    public async Task Opening_and_closing_do_not_wait_for_the_network()
    {
        await using var server = await TestServer.StartAsync();
        using var letIn = new ManualResetEventSlim(false);
        using var knocked = new ManualResetEventSlim(false);
        NanoBoard.Current.Wifi = (_, _) =>
        {
            knocked.Set();
            return letIn.Wait(TimeSpan.FromSeconds(30));
        };
        var uplink = Track(new MqttUplink(Config(server.Port), null, new WifiStation(), _attention));
        uplink.Open();
        Assert.AreEqual(LinkState.Opening, uplink.State);
        Assert.IsTrue(knocked.Wait(TimeSpan.FromSeconds(30)), "the worker asks to be let in");
        uplink.Close();
        Assert.AreEqual(LinkState.Closed, uplink.State);
        Assert.IsFalse(uplink.IsQuiet, "the worker is still in the network: the chip must not sleep");
        letIn.Set();
        Eventually.True(() => uplink.IsQuiet, "the worker has left the network");
        Assert.AreEqual(LinkState.Closed, uplink.State, "an attempt that was overtaken must not open the link");
        Assert.IsFalse(NanoBoard.Current.WifiJoined);
        Assert.IsFalse(NanoBoard.Current.WifiOn);
    }

    [TestMethod]
    public void How_long_a_join_has_not_returned_is_known_however_often_another_is_asked_for()
    {
        const long HourMs = 3_600_000;
        using var letIn = new ManualResetEventSlim(false);
        using var knocked = new ManualResetEventSlim(false);
        NanoBoard.Current.Wifi = (_, _) =>
        {
            knocked.Set();
            letIn.Wait();
            return false;
        };
        var uplink = Track(new MqttUplink(Config(1), null, new WifiStation(), _attention));
        Assert.AreEqual(0, uplink.BusyMs(0));
        Assert.AreEqual(0, uplink.BusyMs(HourMs), "nothing is asked of it");
        uplink.Open();
        Assert.IsTrue(knocked.Wait(TimeSpan.FromSeconds(30)), "the worker asks to be let in");
        for (var minute = 1; minute <= 6; minute++)
        {
            uplink.Close();
            uplink.Open();
            Assert.AreEqual(60_000 * minute, uplink.BusyMs(HourMs + 60_000 * minute));
        }

        uplink.Close();
        letIn.Set();
        Eventually.True(() => uplink.IsQuiet, "the worker has left");
        Assert.AreEqual(0, uplink.BusyMs(2 * HourMs), "who waits is not busy");
    }

    [TestMethod]
    public void Joins_that_end_one_after_the_other_are_no_join_that_never_ends()
    {
        using var turn = new SemaphoreSlim(0);
        using var knocks = new SemaphoreSlim(0);
        NanoBoard.Current.Wifi = (_, _) =>
        {
            knocks.Release();
            return turn.Wait(TimeSpan.FromSeconds(30)) && false;
        };
        var uplink = Track(new MqttUplink(Config(1), null, new WifiStation(), _attention));
        Assert.AreEqual(0, uplink.BusyMs(0));
        for (var minute = 1; minute <= 8; minute++)
        {
            uplink.Open();
            Assert.IsTrue(knocks.Wait(TimeSpan.FromSeconds(30)), "the worker asks to be let in");
            Assert.IsLessThanOrEqualTo(120_000, uplink.BusyMs(60_000 * minute));
            uplink.Close();     // overtakes the join under way
            uplink.Open();
            turn.Release();
            Assert.IsTrue(knocks.Wait(TimeSpan.FromSeconds(30)), "the worker asks again, without a pause");
            uplink.Close();
            turn.Release();
        }

        Eventually.True(() => uplink.IsQuiet, "the worker has left");
    }

    [TestMethod]
    public async Task A_planned_end_says_offline_and_a_cut_lets_the_server_say_it()
    {
        await using var server = await TestServer.StartAsync();
        var uplink = Open(server);
        uplink.Close();
        Eventually.True(() => server.State == "offline", "the state is offline");
        Assert.AreEqual(Traxxs.Mqtt.Server.MqttDisconnectCause.ByClient, WaitForEnd(server).Cause);

        Eventually.True(() => uplink.IsQuiet, "the worker has left");
        uplink.Open();
        Eventually.True(() => server.State == "online" && uplink.State == LinkState.Open, "the state is online again");
        NanoBoard.Current.CutPower();
        Eventually.True(() => server.LastEnd?.Cause == Traxxs.Mqtt.Server.MqttDisconnectCause.ConnectionLost, "the server has seen the cut");
    }

    [TestMethod]
    public async Task A_connection_the_server_ends_fails_the_link_and_forgets_what_was_under_way()
    {
        await using var server = await TestServer.StartAsync();
        server.HoldAcknowledgements = true;
        var uplink = Open(server);
        Assert.IsTrue(uplink.TryPublish(5, [5], 0, 1));
        Eventually.True(() => server.Held.Count == 1, "the server has the frame");
        server.Kick();
        Eventually.True(() => uplink.State == LinkState.Failed, "the link has failed");
        server.HoldAcknowledgements = false;
        uplink.Open();
        Eventually.True(() => uplink.State == LinkState.Open, "the link is open again");
        Assert.IsFalse(uplink.TryTakeAcknowledged(out _), "a frame without acknowledgement is the queue's to send again");
        Assert.IsTrue(uplink.TryPublish(6, [6], 0, 1));
        Assert.AreEqual(6, TakeToken(uplink));
    }

    [TestMethod]
    public async Task Downlink_frames_come_in_order_and_a_frame_too_long_for_the_buffer_is_gone()
    {
        await using var server = await TestServer.StartAsync();
        var uplink = Open(server);
        var buffer = new byte[4];
        Assert.AreEqual(0, uplink.TakeDownlink(buffer));
        Eventually.True(() => server.State == "online", "the device is there");
        await server.SendDownAsync([1, 2], retain: true);
        Eventually.True(() => uplink.TakeDownlink(buffer) == 2, "the first frame came");
        CollectionAssert.AreEqual(new byte[] { 1, 2 }, buffer[..2]);
        await server.SendDownAsync([1, 2, 3, 4, 5]);
        await server.SendDownAsync([7]);
        var first = 0;
        Eventually.True(() => (first = uplink.TakeDownlink(buffer)) != 0, "a frame came");
        Assert.AreEqual(-1, first);
        Eventually.True(() => (first = uplink.TakeDownlink(buffer)) != 0, "another frame came");
        Assert.AreEqual(1, first);
        Assert.AreEqual(7, buffer[0]);
    }

    [TestMethod]
    public async Task A_command_sent_while_the_device_is_away_waits_for_it()
    {
        await using var server = await TestServer.StartAsync();
        var uplink = Open(server);
        var buffer = new byte[64];
        await server.SendDownAsync([1], retain: true);
        Eventually.True(() => uplink.TakeDownlink(buffer) == 1, "the device listens");
        await server.SendDownAsync([], retain: true);
        uplink.Close();
        Eventually.True(() => uplink.IsQuiet, "the device is away");
        await server.SendDownAsync([42]);
        uplink.Open();
        Eventually.True(() => uplink.TakeDownlink(buffer) == 1 && buffer[0] == 42, "the command came");
    }

    [TestMethod]
    public async Task TLS_is_used_with_the_CA_of_the_configuration_and_no_other_server_is_believed()
    {
        var (authority, certificate) = DayCertificate.Signed();
        await using var server = await TestServer.StartAsync(certificate);
        var config = Config(server.Port);
        config.CaFile = "ca.der";
        var uplink = Track(new MqttUplink(config, authority, new WifiStation(), _attention));
        uplink.Open();
        Eventually.True(() => uplink.State == LinkState.Open, "the link is open");
        Assert.IsTrue(uplink.TryPublish(1, [1], 0, 1));
        Assert.AreEqual(1, TakeToken(uplink));

        var (otherAuthority, _) = DayCertificate.Signed();
        var doubter = Track(new MqttUplink(config, otherAuthority, new WifiStation(), _attention));
        doubter.Open();
        Eventually.True(() => doubter.State == LinkState.Failed, "a server with a foreign certificate is refused");
    }

    [TestMethod]
    public async Task Everything_that_happens_on_the_link_raises_attention()
    {
        await using var server = await TestServer.StartAsync();
        var uplink = Open(server);
        Drain();
        uplink.TryPublish(1, [1], 0, 1);
        Assert.IsTrue(_attention.WaitOne(30_000), "an acknowledgement");
        Assert.AreEqual(1, TakeToken(uplink));
        Drain();
        server.Kick();
        Assert.IsTrue(_attention.WaitOne(30_000), "a broken link");
    }

    private static DeviceConfig Config(int port) => new()
    {
        Id = TestServer.DeviceId,
        Secret = TestServer.Secret,
        Ssid = "factory",
        Psk = "hall 7",
        Host = "localhost",
        Port = port,
    };

    private static int TakeToken(MqttUplink uplink)
    {
        var token = 0;
        Eventually.True(() => uplink.TryTakeAcknowledged(out token), "a frame is acknowledged");
        return token;
    }

    private static Traxxs.Mqtt.Server.MqttDisconnectReason WaitForEnd(TestServer server)
    {
        Eventually.True(() => server.LastEnd is not null, "the connection has ended");
        return server.LastEnd!.Value;
    }

    private MqttUplink Open(TestServer server)
    {
        var uplink = Track(new MqttUplink(Config(server.Port), null, new WifiStation(), _attention));
        uplink.Open();
        Eventually.True(() => uplink.State == LinkState.Open, "the link is open");
        return uplink;
    }

    private MqttUplink Track(MqttUplink uplink)
    {
        _uplinks.Add(uplink);
        return uplink;
    }

    private void Drain()
    {
        while (_attention.WaitOne(100))
        {
        }
    }
}
