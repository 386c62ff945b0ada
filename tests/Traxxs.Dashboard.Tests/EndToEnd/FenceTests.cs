using Microsoft.Playwright;
using Traxxs.Dashboard.Tests.Support;
using Traxxs.Simulation.World;

namespace Traxxs.Dashboard.Tests.EndToEnd;

/// <summary>A zone is drawn on the map, and somebody leaves it.</summary>
[TestClass]
public sealed class FenceTests
{
    [TestMethod]
    public async Task A_zone_drawn_on_the_map_alerts_when_its_wearer_leaves_it()
    {
        // Somebody drew the zone an hour ago: only what happens after that can cross its edge.
        var clock = new MovableClock { Behind = TimeSpan.FromMinutes(69) };
        await using var backend = await Backend.StartAsync(options => options with { Clock = clock });
        await using var viewer = await Viewer.OpenAsync(backend);
        var timeline = new Timeline().Then(Activity.Walk, TimeSpan.FromMinutes(1)).Then(Activity.Sit, TimeSpan.FromMinutes(4)).Then(Activity.Walk, TimeSpan.FromMinutes(8)).Then(Activity.Sit, TimeSpan.FromMinutes(60));
        using var cleo = new Worker(backend.Host, "insole-cleo", timeline, TimeSpan.FromMinutes(75));
        await cleo.UntilAsync(TimeSpan.FromMinutes(5));
        await viewer.SignInAsync(backend, "#/setup/fences");

        var map = viewer.Page.Locator(".day-map");
        await viewer.Page.Locator(".day-map[data-drawn]").WaitForAsync();
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Circle" }).ClickAsync();
        await Assertions.Expect(viewer.Page.Locator(".scale")).ToHaveTextAsync("50 m");
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Zoom out" }).ClickAsync();
        await Assertions.Expect(viewer.Page.Locator(".scale")).ToHaveTextAsync("100 m");
        var box = (await map.BoundingBoxAsync())!;
        // Fitted around the one device there is: it sits in the middle.
        await viewer.Page.Mouse.ClickAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await viewer.Page.Mouse.MoveAsync(box.X + (box.Width / 2) + 120, box.Y + (box.Height / 2));
        await viewer.Page.Mouse.ClickAsync(box.X + (box.Width / 2) + 180, box.Y + (box.Height / 2));
        await viewer.Page.GetByLabel("Name").FillAsync("Yard");
        await viewer.ShootAsync("fence-drawn");
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Save the zone" }).ClickAsync();
        await viewer.Page.GetByRole(AriaRole.Cell, new() { Name = "leaves", Exact = true }).WaitForAsync();
        var fence = (await backend.GetAsync("/api/v1/geofences")).GetProperty("features")[0];
        var radius = fence.GetProperty("properties").GetProperty("radiusM").GetDouble();
        Assert.IsGreaterThan(20, radius);
        Assert.IsLessThan(600, radius);

        clock.Behind = TimeSpan.Zero;
        await cleo.UntilAsync(TimeSpan.FromMinutes(40));
        await viewer.GoAsync("#/live");
        var alert = viewer.Page.Locator(".alerts .alert", new() { HasText = "Left a zone" });
        await alert.WaitForAsync();
        await viewer.ShootAsync("fence-left");
    }
}
