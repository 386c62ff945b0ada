using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using Traxxs.Dashboard.Tests.Support;
using Traxxs.Simulation.World;

namespace Traxxs.Dashboard.Tests.EndToEnd;

/// <summary>What a first visit loads and how soon it shows a device; how a fleet of ten thousand feels. Measured and told, not judged: the machine may be busy.</summary>
[TestClass]
public sealed class LoadTests
{
    private const int FleetSize = 10_000;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task The_first_visit_is_small_and_shows_a_device()
    {
        await using var backend = await Backend.StartAsync();
        using var ann = new Worker(backend.Host, "insole-ann", new Timeline().Then(Activity.Walk, TimeSpan.FromMinutes(5)).Then(Activity.Sit, TimeSpan.FromMinutes(9)), TimeSpan.FromMinutes(15));
        await ann.UntilAsync(TimeSpan.FromMinutes(12));
        await using var viewer = await Viewer.OpenAsync(backend);
        await viewer.HoldKeyAsync(backend.Host.AdminToken!);
        await viewer.Page.GotoAsync("/#/live/device/insole-ann");
        await viewer.Page.Locator(".device-row").WaitForAsync();
        var listed = await viewer.Page.EvaluateAsync<double>("performance.now()");
        await viewer.Page.Locator("[data-devices='1']").WaitForAsync();
        var timings = await viewer.Page.EvaluateAsync<JsonElement>(
            """
            () => {
              const files = performance.getEntriesByType('resource').filter(item => item.name.includes('/assets/') || item.name.endsWith('.svg'));
              const sum = list => list.reduce((total, item) => total + item.transferSize, 0);
              return { packed: sum(files.filter(item => !item.name.includes('basemap'))), basemap: sum(files.filter(item => item.name.includes('basemap'))), now: performance.now() };
            }
            """);
        var packed = timings.GetProperty("packed").GetInt64();
        TestContext.WriteLine($"first visit: {packed / 1024} KB packed, base map {timings.GetProperty("basemap").GetInt64() / 1024} KB");
        TestContext.WriteLine($"device in the list within {listed.ToString("0", CultureInfo.InvariantCulture)} ms of the navigation, drawn on the map within {timings.GetProperty("now").GetDouble().ToString("0", CultureInfo.InvariantCulture)} ms (in software here)");
        Assert.IsLessThan(600 * 1024, packed);
    }

    [TestMethod]
    public async Task Ten_thousand_devices_are_gathered_into_crowds_and_found_by_name()
    {
        await using var backend = await Backend.StartAsync();
        await using var viewer = await Viewer.OpenAsync(backend);
        // The server's part in this is measured elsewhere: here the page gets a fleet without ten thousand provisioned insoles.
        await viewer.Page.RouteAsync("**/api/v1/fleet", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = Fleet() }));
        await viewer.HoldKeyAsync(backend.Host.AdminToken!);
        await viewer.Page.GotoAsync("/#/live");
        await viewer.Page.Locator($"[data-devices='{FleetSize}']").WaitForAsync();
        await viewer.ShootAsync("fleet");
        await viewer.Page.GetByRole(AriaRole.Tab, new() { Name = "Devices" }).ClickAsync();
        await viewer.Page.GetByText("150 of 10,000").WaitForAsync();
        await viewer.Page.GetByLabel("Find").FillAsync("wearer 9999");
        await viewer.Page.GetByText("1 of 1").WaitForAsync();

        var frames = await viewer.Page.EvaluateAsync<JsonElement>(
            """
            async () => {
              const canvas = document.querySelector('.ground canvas'), box = canvas.getBoundingClientRect(), times = [];
              const at = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true };
              let last = performance.now();
              for (let i = 0; i < 20; i++) {
                canvas.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: i < 10 ? -120 : 120 }));
                await new Promise(resolve => requestAnimationFrame(resolve));
                times.push(performance.now() - last);
                last = performance.now();
              }
              times.sort((a, b) => a - b);
              return { p50: times[10], p95: times[18] };
            }
            """);
        TestContext.WriteLine($"zooming through {FleetSize} devices: a frame takes {frames.GetProperty("p50").GetDouble():0} ms in the middle, {frames.GetProperty("p95").GetDouble():0} ms at the worst but one of 20 (drawn in software here)");
    }

    private static string Fleet()
    {
        var text = new StringBuilder("""{"columns":[],"devices":[""");
        string[] states = ["moving", "still", "planned-silence", "overdue"];
        for (var i = 0; i < FleetSize; i++)
        {
            if (i > 0) text.Append(',');
            var (row, column) = (i / 100, i % 100);
            text.Append(CultureInfo.InvariantCulture, $"[\"insole-{i}\",{48 + (row * 0.06):0.#####},{6 + (column * 0.09):0.#####},\"{states[i % 50 == 0 ? 3 : i % 3]}\",1764100000,12,{i % 101},0,\"Wearer {i}\"]");
        }

        return text.Append("]}").ToString();
    }
}
