using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Traxxs.Engines;
using Traxxs.Server.Tests.Support;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Deploy;

/// <summary>What the deployed HAProxy does about a process that is not ready, or that goes before it answers.</summary>
[TestClass]
public sealed class DoorRefusalTests
{
    private int _questions;
    private int _changes;

    [TestMethod]
    public async Task A_process_that_is_not_ready_is_asked_where_no_other_is_and_only_questions_are_asked_twice()
    {
        var program = EngineProcess.Find("haproxy") ?? throw new AssertInconclusiveException("skipped: there is no haproxy here; Debian's package of that name has it, and .ci/run installs it");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("server.pem"), DayCertificate.Pem("localhost"));
        await using var process = await StartProcessAsync(folder.File("server.pem"));
        var (https, address) = (EngineProcess.FreePort(), $"127.0.0.1:{new Uri(process.Urls.First()).Port}");
        using var door = EngineProcess.Start(program, ["-db", "-f", RepositoryRoot.PathOf("deploy", "haproxy", "haproxy.cfg")], folder.Path, new Dictionary<string, string>
        {
            ["TRAXXS_BIND"] = "127.0.0.1", ["TRAXXS_CONNECTIONS"] = "100", ["TRAXXS_HTTPS_PORT"] = $"{https}", ["TRAXXS_MQTT_PORT"] = $"{EngineProcess.FreePort()}", ["TRAXXS_STATE_PORT"] = $"{EngineProcess.FreePort()}",
            ["TRAXXS_CERTIFICATE"] = folder.File("server.pem"), ["TRAXXS_CA"] = folder.File("server.pem"), ["TRAXXS_RABBITMQ"] = "127.0.0.1:1",
            ["TRAXXS_API"] = address, ["TRAXXS_LIVE"] = address, ["TRAXXS_PAGE"] = address, ["TRAXXS_API_NAME"] = "localhost", ["TRAXXS_LIVE_NAME"] = "localhost", ["TRAXXS_PAGE_NAME"] = "localhost",
        });
        using var client = ClientOf(https);
        door.WaitUntil(() => door.Output.Contains("api/api1 is DOWN", StringComparison.Ordinal) && door.Output.Contains("page/page1 is DOWN", StringComparison.Ordinal), TimeSpan.FromSeconds(60));

        Assert.AreEqual("the page", await client.GetStringAsync("/"));
        using var why = await client.GetAsync("/api/v1/fleet");
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, why.StatusCode);
        Assert.AreEqual("the database is away", await why.Content.ReadAsStringAsync(), "who could not answer says why");

        using var question = await client.GetAsync("/api/v1/goes");
        Assert.IsGreaterThan(1, _questions, "what is only asked is asked again");
        using var other = ClientOf(https); // whose connection is new: of one that was used before HAProxy leaves it to the client to ask again
        using var change = await other.PostAsync("/api/v1/goes", new StringContent("{}"));
        Assert.AreEqual(HttpStatusCode.BadGateway, change.StatusCode);
        Assert.AreEqual(1, _changes, "what changes something is not done twice");
    }

    private static HttpClient ClientOf(int https) =>
        new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } }) { BaseAddress = new Uri($"https://localhost:{https}") };

    // A process that is not ready, knows why, and on one address goes before it has answered.
    private async Task<WebApplication> StartProcessAsync(string pem)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        using var certificate = X509Certificate2.CreateFromPemFile(pem, pem);
        var shown = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(shown)));
        var app = builder.Build();
        app.MapGet("/", () => "the page");
        app.MapGet("/health/ready", () => Results.Text("not ready", statusCode: 503));
        app.MapGet("/api/v1/fleet", () => Results.Text("the database is away", statusCode: 503));
        app.MapGet("/api/v1/goes", (HttpContext context) => Go(context, ref _questions));
        app.MapPost("/api/v1/goes", (HttpContext context) => Go(context, ref _changes));
        await app.StartAsync();
        return app;
    }

    private static void Go(HttpContext context, ref int count)
    {
        Interlocked.Increment(ref count);
        context.Abort();
    }
}
