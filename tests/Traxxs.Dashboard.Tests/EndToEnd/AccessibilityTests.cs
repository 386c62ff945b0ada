using Microsoft.Playwright;
using Traxxs.Dashboard.Tests.Support;
using Traxxs.Simulation.World;

namespace Traxxs.Dashboard.Tests.EndToEnd;

/// <summary>Every view, in light and dark, without a serious finding of axe; and a picture of each for people.</summary>
[TestClass]
public sealed class AccessibilityTests
{
    private static readonly (string Hash, string Ready)[] Views =
    [
        ("#/live", ".alerts .alert"),
        ("#/history", "table"),
        ("#/devices", "table"),
        ("#/devices/insole-eva", ".plot"),
        ("#/wearers", "h1"),
        ("#/setup/fences", ".day-map"),
        ("#/setup/policies", ".panel"),
        ("#/setup/rules", ".panel"),
        ("#/setup/channels", "table"),
        ("#/setup/people", "h1"),
        ("#/setup/keys", "h1"),
        ("#/setup/deliveries", "h1"),
        ("#/setup/audit", "table"),
        ("#/account", "h1"),
    ];

    [TestMethod]
    [DataRow(ColorScheme.Light, 1280)]
    [DataRow(ColorScheme.Dark, 1280)]
    [DataRow(ColorScheme.Light, 390)]
    public async Task No_view_has_a_serious_finding(ColorScheme scheme, int width)
    {
        await using var backend = await Backend.StartAsync();
        await using var viewer = await Viewer.OpenAsync(backend, scheme, width, width < 600 ? 844 : 800);
        using var eva = new Worker(backend.Host, "insole-eva", new Timeline().Then(Activity.Walk, TimeSpan.FromMinutes(12)).Do(Deed.PressSos).Then(Activity.Sit, TimeSpan.FromMinutes(10)), TimeSpan.FromMinutes(20));
        await eva.UntilAsync(TimeSpan.FromMinutes(16));
        var name = $"{scheme.ToString().ToLowerInvariant()}-{width}";
        var findings = new List<string>();

        await viewer.Page.GotoAsync("/");
        await viewer.Page.GetByRole(AriaRole.Heading).First.WaitForAsync();
        findings.AddRange((await viewer.AxeAsync()).Select(finding => $"sign-in: {finding}"));
        await viewer.ShootAsync($"sign-in-{name}");
        await viewer.SignInAsync(backend);
        foreach (var (hash, ready) in Views)
        {
            await viewer.GoAsync(hash);
            await viewer.Page.Locator(ready).First.WaitForAsync();
            if (hash == "#/live") await viewer.Page.Locator("[data-drawn]").WaitForAsync();
            findings.AddRange((await viewer.AxeAsync()).Select(finding => $"{hash}: {finding}"));
            await viewer.ShootAsync($"{hash[2..].Replace('/', '-')}-{name}");
        }

        await viewer.GoAsync("#/live");
        await viewer.Page.Locator(".alerts .alert").GetByRole(AriaRole.Link, new() { Name = "Details" }).ClickAsync();
        await viewer.Page.GetByText("What happened since").WaitForAsync();
        findings.AddRange((await viewer.AxeAsync()).Select(finding => $"alert: {finding}"));
        await viewer.ShootAsync($"alert-{name}");
        Assert.IsEmpty(findings, string.Join(Environment.NewLine, findings.Distinct()));
    }
}
