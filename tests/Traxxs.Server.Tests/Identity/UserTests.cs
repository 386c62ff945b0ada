using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using static Traxxs.Server.Tests.Identity.SignInTests;

namespace Traxxs.Server.Tests.Identity;

[TestClass]
public sealed class UserTests
{
    [TestMethod]
    public async Task What_is_wrong_with_an_account_is_named()
    {
        await using var server = await StartAsync();
        using var admin = await SignedInAsync(server);
        foreach (var (body, field) in (IEnumerable<(object, string)>)
        [
            (new { name = "", email = "ben@example.org", role = "viewer" }, "name"),
            (new { name = "a:b", email = "ben@example.org", role = "viewer" }, "name"),
            (new { name = "Operator", email = "ben@example.org", role = "viewer" }, "name"),
            (new { name = "ada", email = "ben@example.org", role = "viewer" }, "name"),
            (new { name = "Ben", email = "ben", role = "viewer" }, "email"),
            (new { name = "Ben", email = "ADA@example.org", role = "viewer" }, "email"),
            (new { name = "Ben", email = "ben@example.org", role = "operator" }, "role"),
            (new { name = "Ben", email = "ben@example.org", role = "viewer", phone = "call me" }, "phone"),
            (new { name = "Ben", email = "ben@example.org", role = "viewer", wearerId = "nobody" }, "wearerId"),
        ])
        {
            var (status, code, problem) = await admin.AskAsync("POST", "/api/v1/users", body);
            Assert.AreEqual((400, "bad-parameter", field), (status, code, problem.GetProperty("parameter").GetString()), body.ToString());
        }
    }

    [TestMethod]
    public async Task A_changed_role_holds_at_once_and_a_deleted_account_is_nobody_but_a_name_in_the_log()
    {
        await using var server = await StartAsync();
        using var admin = await SignedInAsync(server);
        var ben = Add(server, "main", "Ben", "ben@example.org", Role.Viewer);
        using var browser = await SignedInAsync(server, "ben@example.org");
        Assert.AreEqual(403, (await browser.AskAsync("POST", "/api/v1/wearers", new { name = "Cy" })).Status);
        Assert.AreEqual(200, (await admin.AskAsync("PATCH", $"/api/v1/users/{ben.Id}", new { role = "supervisor", phone = "+49 30 1234" })).Status);
        Assert.AreEqual(201, (await browser.AskAsync("POST", "/api/v1/wearers", new { name = "Cy" })).Status);

        var token = server.Host.Tokens.Create("main", "ben's script", Role.Admin, null, "test", ben.Id).Text;
        Assert.AreEqual(Role.Supervisor, server.Host.Tokens.Authenticate(token)!.Role);
        Assert.AreEqual(204, (await admin.AskAsync("DELETE", $"/api/v1/users/{ben.Id}")).Status);
        Assert.AreEqual(401, (await browser.AskAsync("GET", "/api/v1/me")).Status);
        Assert.IsNull(server.Host.Tokens.Authenticate(token));
        Assert.AreEqual(404, (await admin.AskAsync("GET", $"/api/v1/users/{ben.Id}")).Status);
        Assert.AreEqual("Ada", string.Join(' ', (await admin.AskAsync("GET", "/api/v1/users")).Body.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("name").GetString())));
        Assert.IsNull(server.Host.Database.Read(session => session.Users.FindByEmail("ben@example.org")));
        Assert.AreEqual(400, (await admin.AskAsync("POST", "/api/v1/users", new { name = "Ben", email = "ben@example.org", role = "viewer" })).Status, "the name stays his in the log");
        Assert.AreEqual(201, (await admin.AskAsync("POST", "/api/v1/users", new { name = "Ben the second", email = "ben@example.org", role = "viewer" })).Status);
    }

    [TestMethod]
    public async Task Nobody_takes_away_their_own_rights_or_the_last_admins()
    {
        await using var server = await StartAsync();
        using var admin = await SignedInAsync(server);
        var ada = (await admin.AskAsync("GET", "/api/v1/me")).Body.GetProperty("id").GetString();
        Assert.AreEqual(400, (await admin.AskAsync("PATCH", $"/api/v1/users/{ada}", new { role = "viewer" })).Status);
        Assert.AreEqual(400, (await admin.AskAsync("PATCH", $"/api/v1/users/{ada}", new { disabled = true })).Status);
        Assert.AreEqual(400, (await admin.AskAsync("DELETE", $"/api/v1/users/{ada}")).Status);
        using var key = server.As(Role.Admin);
        using var answer = await key.DeleteAsync($"/api/v1/users/{ada}");
        Assert.AreEqual(400, (int)answer.StatusCode, "the last admin");
    }

    [TestMethod]
    public async Task Those_who_may_hand_over_an_alert_see_names_and_not_addresses()
    {
        await using var server = await StartAsync();
        using var responder = server.As(Role.Responder);
        using var answer = await responder.GetAsync("/api/v1/users");
        var text = await answer.Content.ReadAsStringAsync();
        StringAssert.Contains(text, "Ada");
        Assert.DoesNotContain("ada@example.org", text);
    }

    [TestMethod]
    public async Task Accounts_page_by_id()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 4; i++)
        {
            server.Host.Identity.Accounts.Add("main", new UserChange { Name = $"User {i}", Email = $"u{i}@example.org", Role = "viewer", Now = server.Host.Options.Clock.GetUtcNow() }, "test");
        }

        using var admin = await SignedInAsync(server);
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await admin.AskAsync("GET", $"/api/v1/users?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Body;
            names.AddRange(page.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("name").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        Assert.HasCount(5, names.Distinct().ToList());
    }
}
