using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using Traxxs.Server.Api;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Identity;

[TestClass]
public sealed class SignInTests
{
    private const string Email = "ada@example.org";
    private const string Password = "tyres under the bridge";

    [TestMethod]
    public async Task A_user_signs_in_by_cookie_and_out_again()
    {
        await using var server = await StartAsync();
        using var browser = new Browser(server.Host.ApiAddress);
        Assert.AreEqual(401, (await browser.AskAsync("GET", "/api/v1/me")).Status);
        using var answer = await browser.SignInAsync(Email, Password);
        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        StringAssert.Contains(cookie, "httponly");
        StringAssert.Contains(cookie, "samesite=strict");
        StringAssert.Contains(cookie, "path=/");
        var me = (await browser.AskAsync("GET", "/api/v1/me")).Body;
        Assert.AreEqual("user Ada ada@example.org admin main True", string.Join(' ', me.GetProperty("kind"), me.GetProperty("name"), me.GetProperty("email"), me.GetProperty("role"),
            me.GetProperty("organisation").GetProperty("id"), me.GetProperty("csrf")));

        var old = browser.Cookie!;
        Assert.AreEqual(204, (await browser.AskAsync("POST", "/api/v1/sign-out")).Status);
        Assert.IsNull(browser.Cookie);
        Assert.IsNull(server.Host.Identity.SignIns.Authenticate(old));
        Assert.AreEqual(401, (await browser.AskAsync("GET", "/api/v1/me")).Status);
    }

    [TestMethod]
    public async Task Nobody_learns_from_the_answer_whether_an_address_has_an_account()
    {
        await using var server = await StartAsync();
        var answers = new HashSet<string>();
        foreach (var (email, password) in ((string, string)[])[(Email, "wrong-wrong-wrong"), ("nobody@example.org", "wrong-wrong-wrong"), (Email, "")])
        {
            using var browser = new Browser(server.Host.ApiAddress);
            using var answer = await browser.SignInAsync(email, password.Length == 0 ? new string('x', 200) : password);
            answers.Add($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }

        Assert.HasCount(1, answers);
        StringAssert.StartsWith(answers.Single(), "401");
    }

    [TestMethod]
    public async Task A_user_who_is_shut_out_or_whose_organisation_is_closed_signs_in_nowhere()
    {
        await using var server = await StartAsync();
        server.AddOrganisation("other");
        Add(server, "other", "Ben", "ben@example.org", Role.Viewer);
        using var ben = new Browser(server.Host.ApiAddress);
        (await ben.SignInAsync("ben@example.org", Password)).Dispose();
        Assert.AreEqual(200, (await ben.AskAsync("GET", "/api/v1/me")).Status);
        server.Host.Identity.Organisations.Change("other", new OrganisationChange { Closed = true }, "test");
        Assert.AreEqual(401, (await ben.AskAsync("GET", "/api/v1/me")).Status);
        using (var answer = await ben.SignInAsync("ben@example.org", Password)) Assert.AreEqual(HttpStatusCode.Unauthorized, answer.StatusCode);
        server.Host.Identity.Organisations.Change("other", new OrganisationChange { Closed = false }, "test");
        (await ben.SignInAsync("ben@example.org", Password)).Dispose();
        Assert.AreEqual(200, (await ben.AskAsync("GET", "/api/v1/me")).Status);
    }

    [TestMethod]
    public async Task Guessing_is_slowed_for_accounts_that_exist_and_for_those_that_do_not_alike()
    {
        var clock = new ManualClock();
        await using var server = await StartAsync(options => options with { Clock = clock });
        foreach (var email in (string[])[Email, "nobody@example.org"])
        {
            using var guesser = new Browser(server.Host.ApiAddress);
            for (var i = 0; i < SignInThrottle.FreeFailures; i++)
            {
                using var wrong = await guesser.SignInAsync(email, "wrong-wrong-wrong");
                Assert.AreEqual(HttpStatusCode.Unauthorized, wrong.StatusCode);
            }

            using var slowed = await guesser.SignInAsync(email, Password);
            Assert.AreEqual(HttpStatusCode.TooManyRequests, slowed.StatusCode, email);
            Assert.AreEqual("1", slowed.Headers.GetValues("Retry-After").Single());
            clock.Advance(TimeSpan.FromHours(1));
        }

        using var ada = new Browser(server.Host.ApiAddress);
        using var answer = await ada.SignInAsync(Email, Password);
        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        Assert.AreEqual(0, server.Host.Database.Read(session => session.Users.FindByEmail(Email))!.Failed);
    }

    [TestMethod]
    public async Task What_changes_something_by_cookie_must_come_from_our_own_page()
    {
        await using var server = await StartAsync();
        using var browser = await SignedInAsync(server);
        Assert.AreEqual((403, "not-from-our-page"), await AskAsync(browser, "POST", "/api/v1/wearers", header: false, origin: null));
        Assert.AreEqual((403, "not-from-our-page"), await AskAsync(browser, "POST", "/api/v1/wearers", header: true, origin: "https://evil.example"));
        Assert.AreEqual((403, "not-from-our-page"), await AskAsync(browser, "POST", "/api/v1/sign-out", header: false, origin: null));
        Assert.AreEqual((403, "not-from-our-page"), await AskAsync(browser, "DELETE", "/api/v1/tokens/none", header: false, origin: null));
        Assert.AreEqual((400, "bad-parameter"), await AskAsync(browser, "POST", "/api/v1/wearers", header: true, origin: browser.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)));
        Assert.AreEqual((400, "bad-parameter"), await AskAsync(browser, "POST", "/api/v1/wearers", header: true, origin: null));
        Assert.AreEqual((200, null), await AskAsync(browser, "GET", "/api/v1/wearers", header: false, origin: null));
        Assert.AreEqual((403, "not-from-our-page"), await AskAsync(browser, "POST", "/api/v1/sign-in", header: true, origin: "https://evil.example"));
    }

    [TestMethod]
    public async Task The_live_feed_by_cookie_is_open_to_our_own_page_alone()
    {
        await using var server = await StartAsync();
        using var browser = await SignedInAsync(server);
        using (var own = await browser.WatchAsync()) Assert.AreEqual(WebSocketState.Open, own.State);
        await Assert.ThrowsExactlyAsync<WebSocketException>(() => browser.WatchAsync("https://evil.example"));
    }

    [TestMethod]
    public async Task A_sign_in_gets_a_cookie_of_its_own_and_the_one_before_it_ends()
    {
        await using var server = await StartAsync();
        using var browser = await SignedInAsync(server);
        var first = browser.Cookie!;
        (await browser.SignInAsync(Email, Password)).Dispose();
        Assert.AreNotEqual(first, browser.Cookie);
        Assert.IsNull(server.Host.Identity.SignIns.Authenticate(first));

        // A cookie somebody else planted is nobody's, before the sign-in and after.
        Assert.IsNull(server.Host.Identity.SignIns.Authenticate("planted.value"));
        Assert.IsNull(server.Host.Identity.SignIns.Authenticate($"{browser.Cookie!.Split('.')[0]}.{first.Split('.')[1]}"));
    }

    [TestMethod]
    public async Task A_sign_in_ends_after_twelve_hours_without_use_and_after_thirty_days_in_any_case()
    {
        var clock = new ManualClock();
        await using var server = await StartAsync(options => options with { Clock = clock });
        var signIns = server.Host.Identity.SignIns;
        var user = server.Host.Database.Read(session => session.Users.FindByEmail(Email))!;
        var idle = signIns.Begin(user, null);
        var used = signIns.Begin(user, null);
        for (var hours = 0; hours < 12; hours += 6)
        {
            Assert.IsNotNull(signIns.Authenticate(used));
            clock.Advance(TimeSpan.FromHours(6));
        }

        Assert.IsNull(signIns.Authenticate(idle));
        for (var hours = 12; hours < 30 * 24; hours += 6)
        {
            Assert.IsNotNull(signIns.Authenticate(used), $"after {hours} h");
            clock.Advance(TimeSpan.FromHours(6));
        }

        Assert.IsNull(signIns.Authenticate(used));
    }

    [TestMethod]
    public async Task Sign_ins_are_listed_and_one_that_is_ended_elsewhere_stops_listening_at_once()
    {
        await using var server = await StartAsync();
        using var lost = await SignedInAsync(server);
        using var here = await SignedInAsync(server);
        using var listening = await lost.WatchAsync();
        using var token = await server.WatchAsync();
        var list = (await here.AskAsync("GET", "/api/v1/me/sign-ins")).Body.GetProperty("signIns").EnumerateArray().ToList();
        Assert.HasCount(2, list);
        Assert.AreEqual("Test/1", list[0].GetProperty("client").GetString());
        var other = list.Single(item => !item.GetProperty("current").GetBoolean()).GetProperty("id").GetString();
        Assert.AreEqual(204, (await here.AskAsync("DELETE", $"/api/v1/me/sign-ins/{other}")).Status);
        Assert.AreEqual(404, (await here.AskAsync("DELETE", $"/api/v1/me/sign-ins/{other}")).Status);
        Assert.AreEqual(WebSocketCloseStatus.PolicyViolation, await ClosedAsync(listening));
        Assert.AreEqual(401, (await lost.AskAsync("GET", "/api/v1/me")).Status);
        Assert.AreEqual(200, (await here.AskAsync("GET", "/api/v1/me")).Status);
        Assert.AreEqual(WebSocketState.Open, token.State);
    }

    [TestMethod]
    public async Task A_revoked_token_stops_listening_at_once()
    {
        await using var server = await StartAsync();
        var (text, token) = server.Host.Tokens.Create("main", "gateway", Role.Viewer, null, "test");
        using var listening = await server.WatchAsync(token: text);
        (await server.Api.DeleteAsync($"/api/v1/tokens/{token.Id}")).Dispose();
        Assert.AreEqual(WebSocketCloseStatus.PolicyViolation, await ClosedAsync(listening));
    }

    [TestMethod]
    public async Task A_new_password_wants_the_old_one_and_ends_every_other_sign_in()
    {
        await using var server = await StartAsync();
        using var elsewhere = await SignedInAsync(server);
        using var here = await SignedInAsync(server);
        const string Next = "four other words, then";
        Assert.AreEqual((403, "password-wrong"), Short(await here.AskAsync("POST", "/api/v1/me/password", new Dictionary<string, string> { ["current"] = "wrong", ["new"] = Next })));
        Assert.AreEqual((400, "bad-parameter"), Short(await here.AskAsync("POST", "/api/v1/me/password", new Dictionary<string, string> { ["current"] = Password, ["new"] = "password123" })));
        Assert.AreEqual(204, (await here.AskAsync("POST", "/api/v1/me/password", new Dictionary<string, string> { ["current"] = Password, ["new"] = Next })).Status);
        Assert.AreEqual(200, (await here.AskAsync("GET", "/api/v1/me")).Status);
        Assert.AreEqual(401, (await elsewhere.AskAsync("GET", "/api/v1/me")).Status);
        using (var old = await elsewhere.SignInAsync(Email, Password)) Assert.AreEqual(HttpStatusCode.Unauthorized, old.StatusCode);
        using (var fresh = await elsewhere.SignInAsync(Email, Next)) Assert.AreEqual(HttpStatusCode.OK, fresh.StatusCode);
    }

    [TestMethod]
    public async Task No_password_cookie_or_code_stands_in_the_database_or_the_audit_log()
    {
        await using var server = await StartAsync();
        using var browser = await SignedInAsync(server);
        var link = server.Host.Identity.Accounts.NewLink("main", server.Host.Database.Read(session => session.Users.FindByEmail(Email))!.Id, "test")!.Value.Text;
        string[] secrets = [Password, browser.Cookie!.Split('.')[1], link.Split('.')[1]];
        var audit = (await server.GetAsync("/api/v1/audit")).ToString();
        server.Host.Database.Checkpoint();
        foreach (var file in Directory.GetFiles(server.Folder, "service.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes);
            foreach (var secret in secrets)
            {
                Assert.IsLessThan(0, bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)), file);
                Assert.DoesNotContain(secret, audit);
            }
        }
    }

    internal static async Task<TestServer> StartAsync(Func<ServerOptions, ServerOptions>? change = null)
    {
        var server = await TestServer.StartAsync(change);
        Add(server, "main", "Ada", Email, Role.Admin);
        return server;
    }

    internal static User Add(TestServer server, string org, string name, string email, Role role)
    {
        var accounts = server.Host.Identity.Accounts;
        var user = accounts.Add(org, new UserChange { Name = name, Email = email, Role = Roles.WordOf(role), Now = server.Host.Options.Clock.GetUtcNow() }, "test");
        Assert.IsTrue(accounts.SetPassword(user, Password, null));
        return user;
    }

    internal static async Task<Browser> SignedInAsync(TestServer server, string email = Email)
    {
        var browser = new Browser(server.Host.ApiAddress);
        using var answer = await browser.SignInAsync(email, Password);
        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        return browser;
    }

    internal static (int, string?) Short((int Status, string? Code, System.Text.Json.JsonElement Body) answer) => (answer.Status, answer.Code);

    private static async Task<(int Status, string? Code)> AskAsync(Browser browser, string method, string path, bool header, string? origin)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST") request.Content = JsonContent.Create(new { });
        if (origin is not null) request.Headers.Add("Origin", origin);
        request.Headers.Add("Cookie", $"{Doorkeeper.Cookie}={browser.Cookie}");
        if (header) request.Headers.Add(Doorkeeper.RequestHeader, "1");
        using var plain = new HttpClient { BaseAddress = browser.Client.BaseAddress };
        using var answer = await plain.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? null : System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(body).GetProperty("code").GetString());
    }

    private static async Task<WebSocketCloseStatus?> ClosedAsync(WebSocket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[64 * 1024];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), limit.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        return socket.CloseStatus;
    }
}
