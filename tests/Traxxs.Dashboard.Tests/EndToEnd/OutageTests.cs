using Microsoft.Playwright;
using Traxxs.Dashboard.Tests.Support;

namespace Traxxs.Dashboard.Tests.EndToEnd;

/// <summary>The page says plainly what is away, and goes on by itself.</summary>
[TestClass]
public sealed class OutageTests
{
    [TestMethod]
    public async Task A_server_that_goes_is_named_and_one_that_returns_is_followed_again()
    {
        await using var backend = await Backend.StartAsync();
        await using var viewer = await Viewer.OpenAsync(backend);
        await viewer.SignInAsync(backend);
        await viewer.Page.Locator(".pill.live").WaitForAsync();

        await viewer.Page.Locator("[data-drawn]").WaitForAsync(); // what the page has not loaded yet it cannot show
        viewer.Expect("ERR_"); // what was under way ends in another way than what is asked later
        viewer.Expect("WebSocket connection");
        viewer.Expect("503"); // while it stops and starts it says itself that it is not ready
        await backend.StopAsync();
        await viewer.Page.GetByText("The server cannot be reached.").WaitForAsync();
        await viewer.ShootAsync("server-lost");

        var back = viewer.Page.GetByText("Everything works again.").WaitForAsync(); // it stands for five seconds, and a start may take longer to return
        await backend.RunAsync();
        await back;
        await viewer.Page.Locator(".pill.live").WaitForAsync();
    }
}
