using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Traxxs.Dashboard.Tests.Support;

namespace Traxxs.Dashboard.Tests.EndToEnd;

/// <summary>What an administrator sets up, done once through the page and looked up at the server.</summary>
[TestClass]
public sealed class SetupTests
{
    [TestMethod]
    public async Task An_administrator_sets_up_people_policies_rules_channels_keys_and_devices()
    {
        await using var backend = await Backend.StartAsync();
        await using var viewer = await Viewer.OpenAsync(backend);
        var page = viewer.Page;
        await viewer.SignInAsync(backend, "#/setup/people");

        // A person, with the link they choose their password by.
        await PressAsync(page, "Add a person");
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Name").FillAsync("Rosa");
        await page.GetByLabel("E-mail").FillAsync("rosa@example.org");
        await PressAsync(page, "Create");
        var link = await page.Locator("dialog code").InnerTextAsync();
        await viewer.ShootAsync("person-link");
        await PressAsync(page, "Done");
        await page.GetByRole(AriaRole.Cell, new() { Name = "Rosa", Exact = true }).WaitForAsync();

        // A policy that tells her, and what it would do.
        await viewer.GoAsync("#/setup/policies");
        await PressAsync(page, "New policy");
        await page.GetByLabel("Name").FillAsync("Nights");
        await page.GetByLabel("Rosa").CheckAsync();
        await PressAsync(page, "Save");
        var policy = page.GetByRole(AriaRole.Region, new() { Name = "Nights" });
        await policy.GetByText("Dry run").First.ClickAsync();
        await policy.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
        await policy.GetByRole(AriaRole.Table).WaitForAsync();
        await viewer.ShootAsync("policy-dry-run");

        // A rule's number, checked where it is typed and at the server.
        await viewer.GoAsync("#/setup/rules");
        var grace = page.GetByLabel("Time a device gets beyond its own contract of silence.");
        await grace.FillAsync("300");
        await PressAsync(page, "Save");
        await page.GetByText("Saved.").First.WaitForAsync();
        var rules = (await backend.GetAsync("/api/v1/rules")).GetProperty("rules").EnumerateArray();
        Assert.AreEqual(300, rules.Single(rule => rule.GetProperty("name").GetString() == "missed-contact").GetProperty("parameters").GetProperty("graceS").GetInt32());

        // A channel, and a test that says how it went.
        await viewer.GoAsync("#/setup/channels");
        await PressAsync(page, "New channel");
        await page.GetByLabel("Kind").SelectOptionAsync("mqtt");
        await page.GetByLabel("Name").FillAsync("Control room");
        await PressAsync(page, "Save");
        await page.GetByRole(AriaRole.Button, new() { Name = "Test: Control room" }).ClickAsync();
        await page.GetByText("The test was delivered.").WaitForAsync();

        // A key, shown once.
        await viewer.GoAsync("#/setup/keys");
        await PressAsync(page, "Make a key");
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Name").FillAsync("Wallboard");
        await PressAsync(page, "Create");
        Assert.MatchesRegex("^txs\\.", await page.Locator("dialog code").InnerTextAsync());
        await PressAsync(page, "Done");

        // An insole, with its secret as text and as a code.
        await viewer.GoAsync("#/devices");
        await PressAsync(page, "Add a device");
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Id").FillAsync("insole-7");
        await PressAsync(page, "Make its secret");
        await page.GetByRole(AriaRole.Img, new() { Name = "QR code" }).WaitForAsync();
        Assert.IsEmpty(await viewer.AxeAsync());
        await viewer.ShootAsync("provisioning");
        await PressAsync(page, "Done");
        await page.GetByRole(AriaRole.Link, new() { Name = "insole-7" }).WaitForAsync();

        // Rosa opens her link, chooses a password and signs in.
        await using var rosa = await Viewer.OpenAsync(backend);
        rosa.Expect("401");
        await rosa.Page.GotoAsync(link);
        await rosa.Page.GetByLabel("A password").FillAsync("lamp-on-the-stairs");
        await PressAsync(rosa.Page, "Set the password");
        await rosa.Page.GetByLabel("E-mail").FillAsync("rosa@example.org");
        await rosa.Page.GetByLabel("Password").FillAsync("lamp-on-the-stairs");
        await PressAsync(rosa.Page, "Sign in");
        await Assertions.Expect(rosa.Page.Locator(".who")).ToContainTextAsync(new Regex("Rosa\\s*responder"));
    }

    private static Task PressAsync(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();
}
