using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Playwright;
using Traxxs.Dashboard.Tests.Support;
using Traxxs.Server.Identity;
using Traxxs.Simulation.World;

namespace Traxxs.Dashboard.Tests.EndToEnd;

/// <summary>The page offers what a role may do, and the server refuses the rest whatever the page offers.</summary>
[TestClass]
public sealed class RoleTests
{
    [TestMethod]
    public async Task Each_role_is_offered_what_it_may_do_and_refused_what_it_may_not()
    {
        await using var backend = await Backend.StartAsync();
        using var ben = new Worker(backend.Host, "insole-ben", new Timeline().Then(Activity.Walk, TimeSpan.FromMinutes(1)).Do(Deed.PressSos).Then(Activity.Sit, TimeSpan.FromMinutes(10)), TimeSpan.FromMinutes(12));
        await ben.UntilAsync(TimeSpan.FromMinutes(3));

        foreach (var (role, acknowledges, setsUp, administers) in new[] { (Role.Viewer, false, false, false), (Role.Responder, true, false, false), (Role.Supervisor, true, true, false), (Role.Admin, true, true, true) })
        {
            await using var viewer = await Viewer.OpenAsync(backend);
            var key = backend.Key(role);
            await viewer.SignInWithKeyAsync(key, "#/live");
            var alert = viewer.Page.Locator(".alerts .alert");
            await alert.WaitForAsync();
            Assert.AreEqual(acknowledges, await alert.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).IsVisibleAsync(), $"{role}");
            Assert.AreEqual(setsUp, await viewer.Page.GetByRole(AriaRole.Link, new() { Name = "Set-up" }).IsVisibleAsync(), $"{role}");
            await viewer.GoAsync("#/setup/audit");
            if (administers) await viewer.Page.GetByRole(AriaRole.Cell, new() { Name = "device.provisioned" }).First.WaitForAsync();
            else await viewer.Page.GetByText("may not see this").WaitForAsync();

            // What the page hides, the server refuses.
            using var api = new HttpClient { BaseAddress = backend.Host.ApiAddress };
            api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var fence = await api.PostAsJsonAsync("/api/v1/geofences", new { });
            Assert.AreEqual(setsUp ? HttpStatusCode.BadRequest : HttpStatusCode.Forbidden, fence.StatusCode, $"{role}");
            using var audit = await api.GetAsync("/api/v1/audit");
            Assert.AreEqual(administers ? HttpStatusCode.OK : HttpStatusCode.Forbidden, audit.StatusCode, $"{role}");
        }
    }
}
