using System.Security.Cryptography.X509Certificates;
using Traxxs.Engines;
using Traxxs.Mqtt.Client;
using Traxxs.Server.Hosting;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Hosting;

[TestClass]
public sealed class TlsTests
{
    [TestMethod]
    public async Task With_a_certificate_both_listeners_speak_TLS_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        using var certificate = X509Certificate2.CreateFromPem(DayCertificate.WriteSelfSigned(folder.Path));
        await using var host = await ServerHost.StartAsync(new ServerOptions
        {
            DataFolder = folder.File("data"), MqttPort = 0, HttpPort = 0, Tls = new TlsOptions(folder.File("cert.pem"), folder.File("key.pem")),
        });
        Assert.AreEqual("https", host.ApiAddress.Scheme);
        Assert.AreEqual("mqtts", host.MqttAddress.Scheme);

        using var trusting = new HttpClient(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, presented, _, _) => presented!.Thumbprint == certificate.Thumbprint,
        });
        using var live = await trusting.GetAsync(new Uri(host.ApiAddress, "/health/live"));
        Assert.IsTrue(live.IsSuccessStatusCode);
        Assert.IsTrue(live.Headers.Contains("Strict-Transport-Security"));

        var options = new MqttClientOptions
        {
            Host = "127.0.0.1", Port = host.MqttEndpoint.Port, ClientId = "insole-1", UserName = "insole-1", Password = host.Provision("insole-1"), AutoReconnect = false,
            Tls = new MqttClientTlsOptions { TargetHost = "localhost", CertificateAuthorities = [certificate] },
        };
        await using var device = new MqttClient(options);
        Assert.IsTrue((await device.ConnectAsync()).IsSuccess);

        options.Tls = null;
        options.ConnectTimeout = TimeSpan.FromSeconds(5);
        await using var plain = new MqttClient(options);
        await Assert.ThrowsExactlyAsync<MqttClientException>(async () => await plain.ConnectAsync());
    }

    [TestMethod]
    public async Task A_certificate_that_is_none_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("cert.pem"), "nothing");
        File.WriteAllText(folder.File("key.pem"), "nothing");
        var options = new ServerOptions { DataFolder = folder.File("data"), MqttPort = 0, HttpPort = 0, Tls = new TlsOptions(folder.File("cert.pem"), folder.File("key.pem")) };
        var error = await Assert.ThrowsExactlyAsync<ConfigurationException>(() => ServerHost.StartAsync(options));
        StringAssert.StartsWith(error.Errors[0], "tls:");
    }
}
