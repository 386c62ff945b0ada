using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Traxxs.Engines;
using Traxxs.Mqtt.Client;
using Traxxs.Server.Hosting;
using Traxxs.Server.Tests.Support;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Deploy;

/// <summary>The one door, a real HAProxy with the configuration that is deployed, in front of a server that speaks TLS on both ports.</summary>
[TestClass]
public sealed class DoorTests
{
    [TestMethod]
    public async Task People_and_insoles_come_through_the_door_by_TLS_and_what_is_inside_stays_inside()
    {
        var program = EngineProcess.Find("haproxy") ?? throw new AssertInconclusiveException("skipped: there is no haproxy here; Debian's package of that name has it, and .ci/run installs it");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("server.pem"), DayCertificate.Pem("localhost")); // certificate and key in one file serve as both
        using var certificate = X509Certificate2.CreateFromPemFile(folder.File("server.pem"), folder.File("server.pem"));
        await using var host = await ServerHost.StartAsync(new ServerOptions
        {
            DataFolder = folder.File("data"), MqttPort = 0, HttpPort = 0, Tls = new TlsOptions(folder.File("server.pem"), folder.File("server.pem")),
        });
        var (https, mqtts) = (EngineProcess.FreePort(), EngineProcess.FreePort());
        using var door = EngineProcess.Start(program, ["-db", "-f", RepositoryRoot.PathOf("deploy", "haproxy", "haproxy.cfg")], folder.Path, Environment(folder, host, https, mqtts));
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString() } })
        {
            BaseAddress = new Uri($"https://localhost:{https}"),
        };
        door.WaitUntil(() => StatusOf(client, "/api/v1/openapi.json") != HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(60));

        Assert.AreEqual(HttpStatusCode.OK, StatusOf(client, "/"));
        Assert.AreEqual(HttpStatusCode.Unauthorized, StatusOf(client, "/api/v1/devices"));
        foreach (var inside in new[] { "/metrics", "/health/ready", "/health/details", "/internal/rabbitmq/secret/user" })
            Assert.AreEqual(HttpStatusCode.NotFound, StatusOf(client, inside), inside);

        using var watcher = new ClientWebSocket();
        watcher.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        watcher.Options.SetRequestHeader("Authorization", $"Bearer {host.AdminToken}");
        await watcher.ConnectAsync(new Uri($"wss://localhost:{https}/api/v1/live"), CancellationToken.None);
        Assert.AreEqual(WebSocketState.Open, watcher.State);

        await using var device = new MqttClient(new MqttClientOptions
        {
            Host = "127.0.0.1", Port = mqtts, ClientId = "insole-1", UserName = "insole-1", Password = host.Provision("insole-1"), AutoReconnect = false,
            Tls = new MqttClientTlsOptions { TargetHost = "localhost", CertificateAuthorities = [certificate] },
        });
        Assert.IsTrue((await device.ConnectAsync()).IsSuccess);
    }

    private static Dictionary<string, string> Environment(TemporaryFolder folder, ServerHost host, int https, int mqtts)
    {
        var web = $"127.0.0.1:{host.ApiAddress.Port}";
        return new()
        {
            ["TRAXXS_BIND"] = "127.0.0.1", ["TRAXXS_CONNECTIONS"] = "100", ["TRAXXS_HTTPS_PORT"] = $"{https}", ["TRAXXS_MQTT_PORT"] = $"{mqtts}", ["TRAXXS_STATE_PORT"] = $"{EngineProcess.FreePort()}",
            ["TRAXXS_CERTIFICATE"] = folder.File("server.pem"), ["TRAXXS_CA"] = folder.File("server.pem"), ["TRAXXS_RABBITMQ"] = $"127.0.0.1:{host.MqttEndpoint.Port}",
            ["TRAXXS_API"] = web, ["TRAXXS_LIVE"] = web, ["TRAXXS_PAGE"] = web,
            ["TRAXXS_API_NAME"] = "localhost", ["TRAXXS_LIVE_NAME"] = "localhost", ["TRAXXS_PAGE_NAME"] = "localhost",
        };
    }

    private static HttpStatusCode StatusOf(HttpClient client, string path)
    {
        try
        {
            using var answer = client.Send(new HttpRequestMessage(HttpMethod.Get, path));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return HttpStatusCode.ServiceUnavailable; // the door itself is not open yet
        }
    }
}
