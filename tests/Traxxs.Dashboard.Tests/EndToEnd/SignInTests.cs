using Microsoft.Playwright;
using Traxxs.Dashboard.Tests.Support;

namespace Traxxs.Dashboard.Tests.EndToEnd;

/// <summary>From an empty server to a person who is signed in, out, and in again.</summary>
[TestClass]
public sealed class SignInTests
{
    private const string Email = "ines@example.org", Password = "walk-softly-22";

    [TestMethod]
    public async Task The_first_run_makes_an_administrator_who_signs_out_and_in_again()
    {
        await using var backend = await Backend.StartAsync();
        await using var viewer = await Viewer.OpenAsync(backend);
        var page = viewer.Page;
        viewer.Expect("401"); // nobody is signed in yet, and once with a wrong password
        await page.GotoAsync("/");
        await page.GetByLabel("Name of the organisation").FillAsync("Night watch");
        await page.GetByLabel("Your name").FillAsync("Ines");
        await page.GetByLabel("Your e-mail").FillAsync(Email);
        await page.GetByLabel("A password").FillAsync(Password);
        await page.GetByLabel("The password again").FillAsync(Password + "!");
        await page.GetByLabel("Set-up code").FillAsync(await backend.SetupCodeAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        await page.GetByText("The two passwords differ.").WaitForAsync();
        await viewer.ShootAsync("first-run");
        await page.GetByLabel("The password again").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        await page.Locator(".pill.live").WaitForAsync();
        Assert.Contains("Ines", await page.Locator(".who").InnerTextAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GetByText("You signed out.").WaitForAsync();
        await page.GetByLabel("E-mail").FillAsync(Email);
        await page.GetByLabel("Password").FillAsync("not the password");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.GetByText("do not belong together").WaitForAsync();
        await page.GetByLabel("Password").FillAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".pill.live").WaitForAsync();
        Assert.DoesNotContain("secret", await page.EvaluateAsync<string>("JSON.stringify(sessionStorage) + document.cookie"), "nothing a script could read signs anybody in");
        Assert.AreEqual("", await page.EvaluateAsync<string>("document.cookie"));

        // Somebody else ends the sign-in: the page says so.
        await backend.EndSignInsAsync(Email);
        await page.GetByText("You were signed out:").WaitForAsync();
        await viewer.ShootAsync("signed-out");
    }
}
