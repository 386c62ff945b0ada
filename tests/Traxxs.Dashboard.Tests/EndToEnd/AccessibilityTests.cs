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
        ("#/setup/firmware", "h1"),
        ("#/setup/deliveries", "h1"),
        ("#/setup/audit", "table"),
        ("#/account", "h1"),
    ];

    // Contrast alone changes with the colours; everything else is looked at once.
    [TestMethod]
    [DataRow(ColorScheme.Light, 1280, "")]
    [DataRow(ColorScheme.Dark, 1280, "color-contrast")]
    [DataRow(ColorScheme.Light, 390, "color-contrast")]
    public async Task No_view_has_a_serious_finding(ColorScheme scheme, int width, string rule)
    {
        var backend = await Shared.Value;
        await using var viewer = await Viewer.OpenAsync(backend, scheme, width, width < 600 ? 844 : 800);
        var name = $"{scheme.ToString().ToLowerInvariant()}-{width}";
        var findings = new List<string>();

        await viewer.Page.GotoAsync("/#/live");
        await viewer.Page.GetByRole(AriaRole.Heading).First.WaitForAsync();
        await LookAsync("sign-in");
        await viewer.SignInAsync(backend);
        await viewer.Page.Locator(".alerts .alert").GetByRole(AriaRole.Link, new() { Name = "Details" }).ClickAsync();
        await viewer.Page.GetByText("What happened since").WaitForAsync();
        await viewer.Page.Locator("[data-drawn]").WaitForAsync();
        await LookAsync("alert");
        // On a phone the views that people use on the way.
        foreach (var (hash, ready) in width < 600 ? Views.Take(4) : Views)
        {
            await viewer.GoAsync(hash);
            await viewer.Page.Locator(ready).First.WaitForAsync();
            await LookAsync(hash[2..].Replace('/', '-'));
        }

        Assert.IsEmpty(findings, string.Join(Environment.NewLine, findings.Distinct()));

        async Task LookAsync(string view)
        {
            findings.AddRange((await viewer.AxeAsync(rule)).Select(finding => $"{view}: {finding}"));
            await viewer.ShootAsync($"{view}-{name}");
        }
    }

    private static readonly Lazy<Task<Backend>> Shared = new(async () =>
    {
        var backend = await Backend.StartAsync();
        using var eva = new Worker(backend.Host, "insole-eva", new Timeline().Then(Activity.Walk, TimeSpan.FromMinutes(12)).Do(Deed.PressSos).Then(Activity.Sit, TimeSpan.FromMinutes(10)), TimeSpan.FromMinutes(20));
        await eva.UntilAsync(TimeSpan.FromMinutes(16));
        return backend;
    });

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (Shared.IsValueCreated) await (await Shared.Value).DisposeAsync();
    }
}
