using System.Net;
using System.Net.Http.Json;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Identity;

[TestClass]
public sealed class FirstSetupTests
{
    private const string Password = "tyres under the bridge";

    [TestMethod]
    public async Task The_first_account_is_made_with_the_code_in_the_data_folder_and_then_no_other()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new Browser(server.Host.ApiAddress);
        Assert.IsTrue((await browser.AskAsync("GET", "/api/v1/setup")).Body.GetProperty("needed").GetBoolean());
        var path = server.Host.SetupCodeFile!;
        if (!OperatingSystem.IsWindows()) Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var code = File.ReadAllText(path).Trim();
        Assert.AreEqual(23, code.Length);

        Assert.AreEqual((403, "setup-code-wrong"), SignInTests.Short(await browser.AskAsync("POST", "/api/v1/setup", Body("00000-00000-00000-00000"))));
        Assert.AreEqual((403, "setup-code-wrong"), SignInTests.Short(await browser.AskAsync("POST", "/api/v1/setup", Body(null))));
        Assert.AreEqual((400, "bad-parameter"), SignInTests.Short(await browser.AskAsync("POST", "/api/v1/setup", Body(code, password: "password123"))));
        Assert.AreEqual((400, "bad-parameter"), SignInTests.Short(await browser.AskAsync("POST", "/api/v1/setup", Body(code, email: "no address"))));
        var (status, _, made) = await browser.AskAsync("POST", "/api/v1/setup", Body(code.ToLowerInvariant().Replace("-", " ")));
        Assert.AreEqual(201, status);
        Assert.AreEqual("admin", made.GetProperty("user").GetProperty("role").GetString());

        // Signed in by it, in an organisation of the name given; the code is gone, here and after a restart.
        var me = (await browser.AskAsync("GET", "/api/v1/me")).Body;
        Assert.AreEqual("Lone Works", me.GetProperty("organisation").GetProperty("name").GetString());
        Assert.IsFalse(File.Exists(path));
        Assert.IsFalse((await browser.AskAsync("GET", "/api/v1/setup")).Body.GetProperty("needed").GetBoolean());
        Assert.AreEqual((409, "set-up-already"), SignInTests.Short(await browser.AskAsync("POST", "/api/v1/setup", Body(code, email: "eve@example.org"))));
        await server.RestartAsync();
        Assert.IsNull(server.Host.SetupCodeFile);
        Assert.IsFalse(File.Exists(path));
    }

    [TestMethod]
    public async Task A_restart_keeps_the_code_until_it_is_used()
    {
        await using var server = await TestServer.StartAsync();
        var code = File.ReadAllText(server.Host.SetupCodeFile!);
        await server.RestartAsync();
        Assert.AreEqual(code, File.ReadAllText(server.Host.SetupCodeFile!));
    }

    [TestMethod]
    public async Task Guessing_the_code_is_slowed()
    {
        await using var server = await TestServer.StartAsync(options => options with { Clock = new ManualClock() });
        using var browser = new Browser(server.Host.ApiAddress);
        for (var i = 0; i < SignInThrottle.FreeFailures; i++) Assert.AreEqual(403, (await browser.AskAsync("POST", "/api/v1/setup", Body("wrong"))).Status);
        Assert.AreEqual((429, "too-many-attempts"), SignInTests.Short(await browser.AskAsync("POST", "/api/v1/setup", Body("wrong"))));
    }

    [TestMethod]
    public async Task A_link_lets_a_user_choose_a_password_once()
    {
        await using var server = await SignInTests.StartAsync();
        using var admin = await SignInTests.SignedInAsync(server);
        var (status, _, made) = await admin.AskAsync("POST", "/api/v1/users", new { name = "Ben", email = "ben@example.org", role = "responder" });
        Assert.AreEqual(201, status);
        var link = made.GetProperty("link").GetString()!;
        StringAssert.StartsWith(link, server.Host.ApiAddress + "#password=");

        using var ben = new Browser(server.Host.ApiAddress);
        using (var without = await ben.SignInAsync("ben@example.org", "")) Assert.AreEqual(HttpStatusCode.BadRequest, without.StatusCode);
        Assert.AreEqual((400, "bad-parameter"), SignInTests.Short(await ben.AskAsync("POST", "/api/v1/password-by-link", new { link, password = "ben@example.org" })));
        Assert.AreEqual(204, (await ben.AskAsync("POST", "/api/v1/password-by-link", new { link = link.Split("password=")[1], password = Password })).Status);
        Assert.AreEqual((400, "link-invalid"), SignInTests.Short(await ben.AskAsync("POST", "/api/v1/password-by-link", new { link, password = Password })));
        using (var answer = await ben.SignInAsync("BEN@example.org", Password)) Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);

        // A newer link voids the one before it, and using it ends the sign-ins of before.
        var id = made.GetProperty("id").GetString();
        var older = (await admin.AskAsync("POST", $"/api/v1/users/{id}/password-link")).Body.GetProperty("link").GetString();
        var newer = (await admin.AskAsync("POST", $"/api/v1/users/{id}/password-link")).Body.GetProperty("link").GetString();
        Assert.AreEqual((400, "link-invalid"), SignInTests.Short(await ben.AskAsync("POST", "/api/v1/password-by-link", new { link = older, password = Password })));
        Assert.AreEqual(204, (await ben.AskAsync("POST", "/api/v1/password-by-link", new { link = newer, password = Password })).Status);
        Assert.AreEqual(401, (await ben.AskAsync("GET", "/api/v1/me")).Status);
    }

    [TestMethod]
    public async Task A_link_lets_the_owner_in_whom_a_guesser_keeps_out()
    {
        await using var server = await SignInTests.StartAsync();
        async Task<int> TryAsync(string password, int from)
        {
            using var client = new HttpClient { BaseAddress = server.Host.ApiAddress };
            client.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{from}"); // each from an address of its own
            using var answer = await client.PostAsJsonAsync("/api/v1/sign-in", new { email = "ada@example.org", password });
            return (int)answer.StatusCode;
        }

        for (var i = 1; i <= SignInThrottle.FreeFailures; i++) Assert.AreEqual(401, await TryAsync("wrong-wrong-wrong", i));
        server.Host.Identity.Throttle.Failed("ada@example.org", null, DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.AreEqual(429, await TryAsync(Password, 100));
        var ada = server.Host.Database.Read(session => session.Users.FindByEmail("ada@example.org"))!;
        var link = server.Host.Identity.Accounts.NewLink("main", ada.Id, "test")!.Value.Text;
        using var browser = new Browser(server.Host.ApiAddress);
        Assert.AreEqual(204, (await browser.AskAsync("POST", "/api/v1/password-by-link", new { link, password = Password })).Status);
        Assert.AreEqual(200, await TryAsync(Password, 101));
    }

    [TestMethod]
    public async Task A_link_is_void_after_a_day_and_for_an_account_that_is_shut()
    {
        var clock = new ManualClock();
        await using var server = await SignInTests.StartAsync(options => options with { Clock = clock });
        var accounts = server.Host.Identity.Accounts;
        var ben = SignInTests.Add(server, "main", "Ben", "ben@example.org", Role.Viewer);
        var link = accounts.NewLink("main", ben.Id, "test")!.Value.Text;
        Assert.IsNotNull(accounts.FindByLink(link));
        clock.Advance(UserAccounts.LinkLife);
        Assert.IsNull(accounts.FindByLink(link));

        link = accounts.NewLink("main", ben.Id, "test")!.Value.Text;
        accounts.Change("main", ben.Id, new UserChange { Disabled = true, Now = clock.GetUtcNow() }, new Actor(ActorKind.Operator, "op", "operator", Role.Operator, "main"));
        Assert.IsNull(accounts.FindByLink(link));
        Assert.IsNull(accounts.NewLink("main", ben.Id, "test"));
        Assert.IsNull(accounts.NewLink("other", ben.Id, "test"));
    }

    private static object Body(string? setupCode, string email = "ada@example.org", string password = Password) =>
        new { organisation = "Lone Works", name = "Ada", email, password, setupCode };
}
