using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests.Server;

public abstract class ConnectTests<TServer>
    where TServer : ITestServer
{
    [TestMethod]
    [Normative(V311 = "3.1.0-1", V500 = "3.1.0-1 3.14.0-1")]
    public async Task MQTT_3_1_0_1_anything_before_CONNECT_is_closed_without_a_word()
    {
        await using var broker = TestBroker.Of<TServer>();
        foreach (var hex in new[] { "C0 00", "30 03 00 01 74", "E0 00", "82 06 00 01 00 01 74 00", "00 00", "F0 00", "20 02 00 00", "16 03 01 02 00 01" })
        {
            await using var peer = broker.Open();
            await peer.SendHexAsync(hex);
            Assert.IsNull(await peer.TryReadAsync(), hex);
        }

        Assert.AreEqual(8, broker.Server.Counters.MalformedPackets);
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    [Normative(V311 = "3.1.0-2 4.8.0-1", V500 = "3.1.0-2 3.2.0-2")]
    public async Task MQTT_3_1_0_2_a_second_CONNECT_is_a_protocol_error(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c", version);
        await peer.SendAsync(new ConnectPacket { Version = version, ClientId = "c" }.Write);
        await peer.ExpectDisconnectAsync(MqttReasonCode.ProtocolError);
    }

    [TestMethod]
    [Normative(V311 = "3.1.2-1", V500 = "3.1.2-1")]
    public async Task MQTT_3_1_2_1_a_wrong_protocol_name_is_closed()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = broker.Open();
        await peer.SendHexAsync("10 0D 00 04 4D 51 54 55 04 02 00 3C 00 01 61");
        Assert.IsNull(await peer.TryReadAsync());
    }

    [TestMethod]
    [Normative(V311 = "3.1.2-2 3.2.2-4 3.2.2-5", V500 = "3.1.2-2 3.2.2-6 3.2.2-7")]
    public async Task MQTT_3_1_2_2_a_version_not_spoken_is_refused_by_name()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using (var low = broker.Open(MqttProtocolVersion.V311))
        {
            await low.SendHexAsync("10 0D 00 04 4D 51 54 54 02 02 00 3C 00 01 61");
            CollectionAssert.AreEqual(new byte[] { 0, 1 }, (await low.ReadAsync()).Body);
            Assert.IsNull(await low.TryReadAsync());
        }

        await using var high = broker.Open();
        await high.SendHexAsync("10 0E 00 04 4D 51 54 54 06 02 00 3C 00 00 01 61");
        var connack = await high.ReadAsync();
        CollectionAssert.AreEqual(new byte[] { 0, 0x84 }, connack.Body[..2]);
        Assert.IsNull(await high.TryReadAsync());
    }

    [TestMethod]
    [DataRow("10 0D 00 04 4D 51 54 54 04 03 00 3C 00 01 61", DisplayName = "reserved flag")]
    [DataRow("10 0D 00 04 4D 51 54 54 04 0A 00 3C 00 01 61", DisplayName = "will QoS without will")]
    [DataRow("10 0D 00 04 4D 51 54 54 04 22 00 3C 00 01 61", DisplayName = "will retain without will")]
    [DataRow("10 13 00 04 4D 51 54 54 04 1E 00 3C 00 01 61 00 01 77 00 01 78", DisplayName = "will QoS 3")]
    [DataRow("10 10 00 04 4D 51 54 54 04 42 00 3C 00 01 61 00 01 70", DisplayName = "password without user name")]
    [DataRow("10 0D 00 04 4D 51 54 54 04 82 00 3C 00 01 61", DisplayName = "user name flag without user name")]
    [DataRow("10 10 00 04 4D 51 54 54 04 02 00 3C 00 01 61 00 01 70", DisplayName = "password without its flag")]
    [DataRow("10 0D 00 04 4D 51 54 54 04 02 00 3C 00 01 FF", DisplayName = "identifier not UTF-8")]
    [DataRow("10 0D 00 04 4D 51 54 54 04 02 00 3C 00 01 00", DisplayName = "identifier with U+0000")]
    [DataRow("10 0F 00 04 4D 51 54 54 04 02 00 3C 00 03 ED A0 80", DisplayName = "identifier with a surrogate")]
    [DataRow("10 10 00 04 4D 51 54 54 04 82 00 3C 00 01 61 00 01 FF", DisplayName = "user name not UTF-8")]
    [DataRow("10 13 00 04 4D 51 54 54 04 06 00 3C 00 01 61 00 01 FF 00 01 78", DisplayName = "will topic not UTF-8")]
    [DataRow("11 0D 00 04 4D 51 54 54 04 02 00 3C 00 01 61", DisplayName = "reserved bit of the fixed header")]
    [DataRow("10 8D 00 00 04 4D 51 54 54 04 02 00 3C 00 01 61", DisplayName = "remaining length longer than needed")]
    [Normative(V311 = "1.5.3-1 1.5.3-2 2.2.2-1 2.2.2-2 3.1.2-3 3.1.2-11 3.1.2-13 3.1.2-14 3.1.2-15 3.1.2-18 3.1.2-19 3.1.2-20 3.1.2-21 3.1.2-22 3.1.3-4 3.1.3-10 3.1.3-11 3.1.4-1 3.2.2-6",
        V500 = "1.5.4-1 1.5.4-2 1.5.5-1 2.1.3-1 3.1.2-3 3.1.2-11 3.1.2-12 3.1.2-13 3.1.2-16 3.1.2-17 3.1.2-18 3.1.2-19 3.1.3-4 3.1.3-11 3.1.3-12 3.1.4-1")]
    public async Task MQTT_3_1_4_1_a_CONNECT_that_breaks_its_format_is_closed_and_makes_no_session(string hex)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = broker.Open(MqttProtocolVersion.V311);
        await peer.SendHexAsync(hex);
        Assert.IsNull(await peer.TryReadAsync());
        await peer.Served.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.AreEqual(0, broker.Server.Counters.Sessions);
        Assert.AreEqual(1, broker.Server.Counters.MalformedPackets + broker.Server.Counters.ProtocolErrors);
    }

    [TestMethod]
    [Normative(V311 = "3.1.3-2 3.1.3-3 3.1.3-5 3.1.3-6 3.1.3-7 3.1.3-8 3.1.3-9", V500 = "3.1.3-2 3.1.3-3 3.1.3-5 3.1.3-6 3.1.3-7 3.1.3-8 3.2.2-16")]
    public async Task MQTT_3_1_3_6_an_empty_identifier_is_replaced_and_told_in_5_0_and_refused_in_3_1_1_if_the_session_is_to_be_kept()
    {
        await using var narrow = TestBroker.Of<TServer>(options => options.ClientIdLengthMax = 40);
        Assert.AreEqual(MqttReasonCode.ClientIdentifierNotValid, (await TryAsync(narrow, MqttProtocolVersion.V500, new string('x', 41))).ReasonCode);
        await using var roomy = TestBroker.Of<TServer>();
        await using var peer = roomy.Open();
        Assert.IsFalse(string.IsNullOrEmpty((await peer.ConnectAsync("", cleanStart: false)).Properties!.AssignedClientIdentifier));
        Assert.AreEqual(MqttReasonCode.Success, (await TryAsync(roomy, MqttProtocolVersion.V311, "", clean: true)).ReasonCode);
        Assert.AreEqual(MqttReasonCode.ClientIdentifierNotValid, (await TryAsync(roomy, MqttProtocolVersion.V311, "", clean: false)).ReasonCode);
        Assert.AreEqual(MqttReasonCode.Success, (await TryAsync(roomy, MqttProtocolVersion.V311, "0123456789ABCDEFGHIJklm")).ReasonCode);
    }

    private static async Task<ConnackPacket> TryAsync(TestBroker broker, MqttProtocolVersion version, string clientId, bool clean = true)
    {
        await using var peer = broker.Open(version);
        return await peer.TryConnectAsync(clientId, clean);
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    [Normative(V311 = "3.1.4-2 3.1.2-8", V500 = "3.1.4-3 3.1.2-8")]
    public async Task MQTT_3_1_4_2_a_newer_connection_takes_the_session_over_and_the_older_is_told(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var watcher = await broker.ConnectAsync("w");
        await watcher.SubscribeAsync(new MqttTopicFilter("will"));
        await using var older = await broker.ConnectAsync("c", version, configure: connect => connect.Will = new MqttWill("will", "gone"u8.ToArray()));
        await using var newer = await broker.ConnectAsync("c", version);
        await older.ExpectDisconnectAsync(MqttReasonCode.SessionTakenOver);
        Assert.AreEqual("gone", (await watcher.ReadMessageAsync()).Payload);
        await newer.ExpectNothingAsync();
        CollectionAssert.AreEqual(new[] { "+w", "+c", "-c TakenOver", "+c" }, broker.Handler.Events);
        Assert.AreEqual(1, broker.Server.Counters.Takeovers);
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311)]
    [DataRow(MqttProtocolVersion.V500)]
    [Normative(V311 = "3.1.2-23 3.1.2-24", V500 = "3.1.2-20 3.1.2-22 3.2.2-22")]
    public async Task MQTT_3_1_2_24_silence_of_one_and_a_half_keep_alives_closes(MqttProtocolVersion version)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c", version, configure: connect => connect.KeepAliveSeconds = 10);
        broker.Time.AdvanceSeconds(14);
        await peer.ExpectNothingAsync(); // a PINGREQ, which counts
        broker.Time.AdvanceSeconds(14.9);
        Assert.IsFalse(peer.Served.IsCompleted);
        broker.Time.AdvanceSeconds(0.6);
        await peer.ExpectDisconnectAsync(MqttReasonCode.KeepAliveTimeout);
        Assert.AreEqual(1, broker.Server.Counters.KeepAliveTimeouts);
    }

    [TestMethod]
    public async Task A_connection_without_keep_alive_may_be_silent_for_a_day()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.HeartbeatInterval = TimeSpan.FromMinutes(5));
        await using var peer = await broker.ConnectAsync("c");
        broker.Time.AdvanceSeconds(86400);
        await peer.ExpectNothingAsync();
    }

    [TestMethod]
    [Normative(V500 = "3.1.2-21 3.2.2-21")]
    public async Task MQTT_3_2_2_21_a_server_keep_alive_is_told_and_enforced()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.ServerKeepAliveSeconds = 20);
        await using var peer = broker.Open();
        Assert.AreEqual((ushort)20, (await peer.ConnectAsync("c", configure: connect => connect.KeepAliveSeconds = 100)).Properties!.ServerKeepAlive);
        broker.Time.AdvanceSeconds(31);
        await peer.ExpectDisconnectAsync(MqttReasonCode.KeepAliveTimeout);
        await using var shorter = broker.Open();
        Assert.IsNull((await shorter.ConnectAsync("d", configure: connect => connect.KeepAliveSeconds = 5)).Properties!.ServerKeepAlive);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(9)]
    public async Task A_CONNECT_that_does_not_come_or_stops_half_way_is_closed_in_time(int bytes)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = broker.Open();
        await peer.SendAsync(Convert.FromHexString("100D00044D51545404")[..bytes]);
        broker.Time.AdvanceSeconds(9.5);
        Assert.IsFalse(peer.Served.IsCompleted);
        broker.Time.AdvanceSeconds(1);
        Assert.IsNull(await peer.TryReadAsync());
        Assert.AreEqual(1, broker.Server.Counters.ConnectTimeouts);
    }

    [TestMethod]
    public async Task A_CONNECT_larger_than_allowed_is_closed_from_its_header_alone()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.ConnectBytesMax = 1000);
        await using var peer = broker.Open();
        await peer.SendHexAsync("10 E9 07");
        Assert.IsNull(await peer.TryReadAsync());
    }

    [TestMethod]
    [DataRow("10 0D 00 04", DisplayName = "inside CONNECT")]
    public async Task End_of_stream_inside_the_first_packet_ends_at_once(string hex)
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = broker.Open();
        await peer.SendHexAsync(hex);
        await peer.DropAsync();
        Assert.AreEqual(1, broker.Server.Counters.MalformedPackets);
    }

    [TestMethod]
    public async Task End_of_stream_inside_a_later_packet_ends_at_once_and_counts_as_malformed()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = await broker.ConnectAsync("c");
        await peer.SendHexAsync("30 0A 00");
        await peer.DropAsync();
        Assert.AreEqual(1, broker.Server.Counters.MalformedPackets);
        await using var clean = await broker.ConnectAsync("d");
        await clean.DropAsync();
        Assert.AreEqual(1, broker.Server.Counters.MalformedPackets);
        CollectionAssert.Contains(broker.Handler.Events, "-d ConnectionLost");
    }

    [TestMethod]
    [Normative(V500 = "3.1.2-30 4.12.0-1")]
    public async Task MQTT_4_12_0_1_enhanced_authentication_is_refused_cleanly()
    {
        await using var broker = TestBroker.Of<TServer>();
        await using var peer = broker.Open();
        var connack = await peer.TryConnectAsync("c", configure: connect => connect.Properties!.AuthenticationMethod = "SCRAM-SHA-256");
        Assert.AreEqual(MqttReasonCode.BadAuthenticationMethod, connack.ReasonCode);
        Assert.IsNull(await peer.TryReadAsync());
        await using var other = await broker.ConnectAsync("d");
        await other.SendHexAsync("F0 00");
        await other.ExpectDisconnectAsync(MqttReasonCode.ProtocolError);
    }

    [TestMethod]
    [DataRow(MqttProtocolVersion.V311, (byte)4)]
    [DataRow(MqttProtocolVersion.V500, (byte)0x86)]
    [Normative(V311 = "3.1.4-4 3.1.4-5 3.2.0-1 3.2.2-4 3.2.2-5", V500 = "3.1.4-2 3.1.4-6 3.2.0-1 3.2.2-6 3.2.2-7 3.2.2-8")]
    public async Task MQTT_3_2_2_4_a_refused_client_is_told_and_closed_and_nothing_it_sent_is_handled(MqttProtocolVersion version, byte code)
    {
        await using var broker = TestBroker.Of<TServer>();
        broker.Handler.Authenticate = _ => MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword);
        await using var peer = broker.Open(version);
        await peer.SendAsync(buffer =>
        {
            new ConnectPacket { Version = version, ClientId = "c" }.Write(buffer);
            new PublishFields { Topic = "t"u8 }.TryWrite(buffer, version);
        });
        CollectionAssert.AreEqual(new byte[] { 0, code }, (await peer.ReadAsync()).Body[..2]);
        Assert.IsNull(await peer.TryReadAsync());
        Assert.AreEqual(0, broker.Server.Counters.PublishesReceived);
        Assert.IsEmpty(broker.Handler.Events);
    }

    [TestMethod]
    public async Task A_failing_authentication_turns_the_client_away_and_the_server_goes_on()
    {
        await using var broker = TestBroker.Of<TServer>();
        broker.Handler.Authenticate = request => request.ClientId == "bad" ? throw new InvalidOperationException("test") : MqttConnectDecision.Accept();
        Assert.AreEqual(MqttReasonCode.ServerUnavailable, (await TryAsync(broker, MqttProtocolVersion.V500, "bad")).ReasonCode);
        await using var good = await broker.ConnectAsync("good");
        Assert.AreEqual(1, broker.Server.Counters.HandlerErrors);
    }

    [TestMethod]
    public async Task A_flapping_client_waits_for_its_answer_and_others_do_not()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.FlappingConnectsMax = 3);
        for (var i = 0; i < 3; i++) await using (var peer = await broker.ConnectAsync("flap")) await peer.DropAsync();
        await using var slowed = broker.Open();
        var waiting = slowed.TryConnectAsync("flap");
        await using var other = await broker.ConnectAsync("other");
        Assert.IsFalse(waiting.IsCompleted);
        await Eventually.IsTrueAsync(() => broker.Server.Counters.SlowedConnects == 1, "the fourth CONNECT is slowed");
        broker.Time.AdvanceSeconds(4.9);
        Assert.IsFalse(waiting.IsCompleted);
        broker.Time.AdvanceSeconds(0.2);
        Assert.AreEqual(MqttReasonCode.Success, (await waiting).ReasonCode);
    }

    [TestMethod]
    public async Task At_the_limit_of_sessions_a_new_client_is_refused_and_a_known_one_returns()
    {
        await using var broker = TestBroker.Of<TServer>(options => options.SessionsMax = 2);
        await using var first = await broker.ConnectAsync("a", sessionExpiry: 100);
        await using var second = await broker.ConnectAsync("b");
        Assert.AreEqual(MqttReasonCode.QuotaExceeded, (await TryAsync(broker, MqttProtocolVersion.V500, "c")).ReasonCode);
        await first.DropAsync();
        await using var back = await broker.ConnectAsync("a", cleanStart: false);
        await back.ExpectNothingAsync();
    }
}
