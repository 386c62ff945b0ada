using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Transport;

namespace Traxxs.Mqtt.Tests.Client;

public abstract class TransportTests<TServer>
    where TServer : ITestServer
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private sealed record Authority(X509Certificate2 Certificate)
    {
        public static Authority Create(string name)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
            return new Authority(request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)));
        }

        public X509Certificate2 Issue(string name, byte serial)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
            using var issued = request.Create(Certificate, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), [serial]);
            using var withKey = issued.CopyWithPrivateKey(key);
            return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
        }
    }

    [TestMethod]
    public async Task A_client_certificate_becomes_the_identity_and_a_strangers_never_reaches_the_handler()
    {
        var authority = Authority.Create("test authority");
        var stranger = Authority.Create("stranger");
        var subjects = new List<string?>();
        var handler = new TestHandler
        {
            Authenticate = request =>
            {
                lock (subjects) subjects.Add(request.Connection.ClientCertificate?.Subject);
                return request.Connection is { ClientCertificate: not null, IsSecure: true } ? MqttConnectDecision.Accept() : MqttConnectDecision.Refuse(MqttReasonCode.NotAuthorized);
            },
        };
        var options = new MqttServerOptions
        {
            Listeners =
            {
                new MqttListener
                {
                    Certificate = authority.Issue("localhost", 1), ClientCertificates = true, ClientCertificateAuthorities = [authority.Certificate],
                },
            },
        };
        await using var server = TServer.Make(options, handler, TimeProvider.System);
        await server.StartAsync();

        MqttClientOptions With(X509Certificate2? own, X509Certificate2 trusted) => new()
        {
            Host = "127.0.0.1",
            Port = server.Endpoints[0].Port,
            Version = MqttProtocolVersion.V500,
            Tls = new MqttClientTlsOptions { TargetHost = "localhost", CertificateAuthorities = [trusted], ClientCertificate = own },
        };

        await using (var device = new MqttClient(With(authority.Issue("device-7", 2), authority.Certificate)))
        {
            Assert.IsTrue((await device.ConnectAsync().WaitAsync(Deadline)).IsSuccess);
            Assert.AreEqual(MqttReasonCode.Success, await device.PublishAsync("t", new byte[100_000], MqttQoS.AtLeastOnce).WaitAsync(Deadline));
        }

        await using (var nobody = new MqttClient(With(null, authority.Certificate)))
        {
            Assert.AreEqual(MqttReasonCode.NotAuthorized, (await nobody.ConnectAsync().WaitAsync(Deadline)).ReasonCode);
        }

        await using (var foreign = new MqttClient(With(stranger.Issue("device-7", 3), authority.Certificate)))
        {
            await Assert.ThrowsExactlyAsync<MqttClientException>(() => foreign.ConnectAsync().WaitAsync(Deadline));
        }

        await using (var careful = new MqttClient(With(null, stranger.Certificate)))
        {
            await Assert.ThrowsExactlyAsync<MqttClientException>(() => careful.ConnectAsync().WaitAsync(Deadline));
        }

        CollectionAssert.AreEqual(new[] { "CN=device-7", null }, subjects);
        // A client that turns the server away may do so after the server took the handshake for done: that one may go uncounted.
        await Eventually.IsTrueAsync(() => server.Counters.TlsFailures >= 1, "the failed handshake is counted");
    }

    [TestMethod]
    [Normative(V311 = "6.0.0-1 6.0.0-2 4.2.0-1", V500 = "6.0.0-1 6.0.0-2 4.2.0-1")]
    public async Task MQTT_6_0_0_1_packets_pass_through_WebSocket_frames_and_a_text_frame_ends_the_connection()
    {
        await using var broker = TestBroker.Of<TServer>();
        var (client, served) = Open(broker.Server);
        using (client)
        {
            using var buffer = new PacketBuffer();
            new ConnectPacket { ClientId = "ws" }.Write(buffer);
            foreach (var b in buffer.Written.ToArray()) await client.SendAsync(new[] { b }, WebSocketMessageType.Binary, false, default); // one packet in many frames
            await client.SendAsync(Convert.FromHexString("C000C000"), WebSocketMessageType.Binary, true, default); // two packets in one
            var received = new List<byte>();
            var target = new byte[100];
            while (received.Count < 8) received.AddRange(target[..(await client.ReceiveAsync(target, default).WaitAsync(Deadline)).Count]);
            CollectionAssert.AreEqual(Convert.FromHexString("20020000D000D000"), received);
            await client.SendAsync("C0"u8.ToArray(), WebSocketMessageType.Text, true, default);
            await served.WaitAsync(Deadline);
            Assert.AreEqual(MqttDisconnectCause.ConnectionLost, broker.Handler.Disconnects.Single().Cause);
        }
    }

    private static (WebSocket Client, Task Served) Open(IMqttServer server)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var near = new Socket(SocketType.Stream, ProtocolType.Tcp);
        near.Connect(listener.LocalEndPoint!);
        var far = listener.Accept();
        var client = WebSocket.CreateFromStream(new NetworkStream(near, true), new WebSocketCreationOptions { SubProtocol = WebSocketDuplexPipe.SubProtocol });
        var socket = WebSocket.CreateFromStream(new NetworkStream(far, true), new WebSocketCreationOptions { IsServer = true, SubProtocol = WebSocketDuplexPipe.SubProtocol });
        return (client, ServeAsync(server, socket));
    }

    private static async Task ServeAsync(IMqttServer server, WebSocket socket)
    {
        await using var pipe = new WebSocketDuplexPipe(socket);
        await server.ServeAsync(pipe, new MqttConnectionInfo { Transport = "ws" });
    }
}
