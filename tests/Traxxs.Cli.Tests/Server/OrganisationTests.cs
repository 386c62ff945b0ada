using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Cli.Tests.Flash;
using Traxxs.Cli.Tests.Replay;

namespace Traxxs.Cli.Tests.Server;

/// <summary>Organisations and their first accounts from the command line, with the server they are made for.</summary>
[TestClass]
public sealed class OrganisationTests
{
    private readonly string _data = Directory.CreateTempSubdirectory("traxxs-org-").FullName;

    public required TestContext TestContext { get; set; }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_data, recursive: true);

    [TestMethod]
    public async Task An_organisation_gets_its_admin_its_device_and_its_way_in()
    {
        Assert.AreEqual(0, (await RunAsync("org", "add", "north", "--name", "Northern works")).Exit);
        Assert.AreEqual(1, (await RunAsync("org", "add", "north")).Exit);
        Assert.AreEqual(2, (await RunAsync("org", "add", "North!")).Exit);
        var list = JsonDocument.Parse((await RunAsync("org", "list", "--json")).Output).RootElement.GetProperty("organisations");
        Assert.AreEqual("main north", string.Join(' ', list.EnumerateArray().Select(one => one.GetProperty("id").GetString())));

        // Beside the running server: what the command line makes holds at once.
        using var server = TraxxsProcess.Start("server", "--data", _data, "--mqtt-port", "0", "--http-port", "0", "--json");
        var started = await server.ReadJsonAsync();
        Assert.IsTrue(File.Exists(started.GetProperty("setupCodeFile").GetString()));
        using var page = new HttpClient { BaseAddress = new Uri(started.GetProperty("page").GetString()!) };
        var added = await RunAsync("user", "add", "ada@example.org", "--name", "Ada", "--org", "north", "--page", page.BaseAddress.AbsoluteUri, "--json");
        Assert.AreEqual(0, added.Exit, added.Errors);
        var link = JsonDocument.Parse(added.Output).RootElement.GetProperty("link").GetString()!;
        StringAssert.StartsWith(link, page.BaseAddress + "#password=");
        Assert.AreEqual(0, (await RunAsync("provision", "shoe-1", "--org", "north")).Exit);
        Assert.AreEqual(1, (await RunAsync("provision", "shoe-1")).Exit, "the device is another organisation's");

        using (var chosen = await page.PostAsJsonAsync("/api/v1/password-by-link", new { link, password = "tyres under the bridge" }, TestContext.CancellationToken))
            Assert.AreEqual(HttpStatusCode.NoContent, chosen.StatusCode);
        using (var signedIn = await page.PostAsJsonAsync("/api/v1/sign-in", new { email = "ada@example.org", password = "tyres under the bridge" }, TestContext.CancellationToken))
            Assert.AreEqual(HttpStatusCode.OK, signedIn.StatusCode);
        var devices = await page.GetFromJsonAsync<JsonElement>("/api/v1/devices", TestContext.CancellationToken);
        Assert.AreEqual("shoe-1", devices.GetProperty("devices")[0].GetProperty("device").GetProperty("id").GetString());
        Assert.IsFalse((await page.GetFromJsonAsync<JsonElement>("/api/v1/setup", TestContext.CancellationToken)).GetProperty("needed").GetBoolean());
        await server.KillAsync();
    }

    [TestMethod]
    public async Task What_is_wrong_with_an_account_is_said_and_a_lost_password_has_a_new_link()
    {
        Assert.AreEqual(1, (await RunAsync("user", "add", "ada@example.org", "--org", "nowhere")).Exit);
        var wrong = await RunAsync("user", "add", "ada@example.org", "--role", "operator");
        Assert.AreEqual(1, wrong.Exit);
        StringAssert.Contains(wrong.Errors, "role");
        Assert.AreEqual(0, (await RunAsync("user", "add", "ada@example.org")).Exit);
        var again = await RunAsync("user", "add", "ADA@example.org", "--name", "Other");
        Assert.AreEqual(1, again.Exit);
        StringAssert.Contains(again.Errors, "email");
        StringAssert.Contains((await RunAsync("user", "link", "ada@example.org")).Output, "#password=");
        Assert.AreEqual(1, (await RunAsync("user", "link", "nobody@example.org")).Exit);
    }

    private Task<Tool.Result> RunAsync(params IEnumerable<string> arguments) => Tool.RunAsync(TestContext, [.. arguments, "--data", _data]);
}
