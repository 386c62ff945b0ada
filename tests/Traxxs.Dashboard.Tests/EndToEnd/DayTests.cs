using System.Globalization;
using Microsoft.Playwright;
using Traxxs.Dashboard.Tests.Support;
using Traxxs.Simulation.World;

namespace Traxxs.Dashboard.Tests.EndToEnd;

/// <summary>A day is read and played back.</summary>
[TestClass]
public sealed class DayTests
{
    [TestMethod]
    public async Task A_day_is_played_back_on_the_map_with_its_charts_beside_it()
    {
        var clock = new MovableClock { Behind = TimeSpan.FromMinutes(151) };
        await using var backend = await Backend.StartAsync(options => options with { Clock = clock });
        await using var viewer = await Viewer.OpenAsync(backend, height: 1400);
        var timeline = new Timeline()
            .Then(Activity.Sit, TimeSpan.FromMinutes(20)).Then(Activity.Walk, TimeSpan.FromMinutes(25)).Then(Activity.Sit, TimeSpan.FromMinutes(50))
            .Then(Activity.Run, TimeSpan.FromMinutes(10)).Then(Activity.Sit, TimeSpan.FromMinutes(40));
        using var dora = new Worker(backend.Host, "insole-dora", timeline, TimeSpan.FromMinutes(150));
        var id = await backend.WearerAsync("Dora", "insole-dora");
        clock.Behind = TimeSpan.Zero;
        await dora.UntilAsync(TimeSpan.FromMinutes(140));
        await viewer.SignInAsync(backend, $"#/wearers/{id}/{await DayOfAsync(backend, DateTimeOffset.UtcNow.AddMinutes(-120)):yyyy-MM-dd}");

        var slider = viewer.Page.GetByLabel("Time of the day");
        await slider.WaitForAsync();
        await viewer.Page.Locator(".day-map[data-drawn]").WaitForAsync();
        await viewer.Page.GetByRole(AriaRole.Img, new() { Name = "Steps an hour" }).WaitForAsync();
        await viewer.Page.GetByRole(AriaRole.Img, new() { Name = "Speed" }).WaitForAsync();
        var before = await ValueOfAsync(slider);
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        var played = viewer.Page.Locator(".player output");
        await Assertions.Expect(slider).Not.ToHaveValueAsync(before.ToString(CultureInfo.InvariantCulture));
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        Assert.IsGreaterThan(before, await ValueOfAsync(slider));
        Assert.IsFalse(string.IsNullOrWhiteSpace(await played.InnerTextAsync()));

        // By keyboard too.
        var paused = await ValueOfAsync(slider);
        await slider.FocusAsync();
        await viewer.Page.Keyboard.PressAsync("ArrowRight");
        Assert.AreEqual(paused + 1, await ValueOfAsync(slider));
        await viewer.ShootAsync("day");
    }

    // The day, by the organisation's clock, of the first walk: midnight may have passed since.
    private static async Task<DateTime> DayOfAsync(Backend backend, DateTimeOffset time) =>
        TimeZoneInfo.ConvertTime(time, TimeZoneInfo.FindSystemTimeZoneById((await backend.GetAsync("/api/v1/organisation")).GetProperty("timeZone").GetString()!)).Date;

    private static async Task<long> ValueOfAsync(ILocator slider) => long.Parse(await slider.InputValueAsync(), CultureInfo.InvariantCulture);
}
