using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Traxxs.Core.Ports;
using Traxxs.Dashboard.Tests.Support;
using Traxxs.Simulation.World;
using Activity = Traxxs.Simulation.World.Activity;

namespace Traxxs.Dashboard.Tests.EndToEnd;

/// <summary>The page's purpose: somebody falls, and a person sees it and takes it.</summary>
[TestClass]
public sealed class FallTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task A_fall_appears_is_acknowledged_and_the_wearer_feels_it()
    {
        await using var backend = await Backend.StartAsync();
        await using var viewer = await Viewer.OpenAsync(backend);
        using var ann = new Worker(backend.Host, "insole-ann", new Timeline().Then(Activity.Walk, TimeSpan.FromMinutes(4)).ThenFall(TimeSpan.FromMinutes(20)), TimeSpan.FromMinutes(25));
        await viewer.Page.AddInitScriptAsync(
            "globalThis.tones = 0; const make = AudioContext.prototype.createOscillator; AudioContext.prototype.createOscillator = function () { globalThis.tones++; return make.call(this); };");
        await viewer.SignInAsync(backend);
        await ann.UntilAsync(TimeSpan.FromMinutes(4));
        await viewer.Page.GetByText("No open alerts.").WaitForAsync();

        var alert = viewer.Page.Locator(".alerts .alert.critical");
        var seen = alert.WaitForAsync().ContinueWith(_ => Stopwatch.GetTimestamp(), TaskScheduler.Default);
        await ann.UntilAsync(worker => worker.Felt(IndicatorPattern.AlarmReceived), "the fall is received");
        var took = Stopwatch.GetElapsedTime(ann.SentAt, await seen);
        TestContext.WriteLine($"from the frame to the alert on the page: {took.TotalMilliseconds:0} ms");

        Assert.Contains("Man down", await alert.InnerTextAsync());
        await Assertions.Expect(viewer.Page).ToHaveTitleAsync(new Regex("Man down"));
        Assert.IsGreaterThan(0, await viewer.Page.EvaluateAsync<int>("globalThis.tones"), "it sounds, once the page was clicked");
        await viewer.ShootAsync("fall");
        await viewer.Page.Locator(".alarm-bar").GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await viewer.Page.Locator(".alarm-bar").WaitForAsync(new() { State = WaitForSelectorState.Hidden });

        await ann.UntilAsync(worker => worker.Felt(IndicatorPattern.AlarmAcknowledged), "the wearer feels that somebody has it");
        await alert.GetByRole(AriaRole.Link, new() { Name = "Details" }).ClickAsync();
        await viewer.Page.GetByText("Acknowledged: the wearer felt that somebody has it").WaitForAsync();
        await viewer.ShootAsync("fall-acknowledged");
    }
}
