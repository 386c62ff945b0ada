using System.Text.RegularExpressions;
using Traxxs.Dashboard.Tests.Support;

namespace Traxxs.Dashboard.Tests;

/// <summary>What the server sends as its page.</summary>
[TestClass]
public sealed class PageTests
{
    [TestMethod]
    public async Task The_page_runs_nothing_inline_and_loads_nothing_from_elsewhere()
    {
        await using var backend = await Backend.StartAsync();
        using var page = await backend.Api.GetAsync("/");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        StringAssert.Contains(policy, "default-src 'none'");
        Assert.DoesNotMatchRegex("unsafe|https?:|\\*|data:|blob:", policy);
        var html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotMatchRegex("""\son[a-z]+=|\sstyle=|<style|<script(?![^>]* src="/)|https?://""", html);
    }

    [TestMethod]
    public async Task Files_named_by_their_content_are_kept_and_the_page_itself_is_asked_for_again()
    {
        await using var backend = await Backend.StartAsync();
        using var page = await backend.Api.GetAsync("/");
        Assert.AreEqual("no-cache", page.Headers.CacheControl!.ToString());
        var script = Regex.Match(await page.Content.ReadAsStringAsync(), "/assets/[^\"]+\\.js").Value;
        using var plain = await backend.Api.GetAsync(script);
        Assert.IsTrue(plain.Headers.CacheControl!.MaxAge > TimeSpan.FromDays(300));
        using var request = new HttpRequestMessage(HttpMethod.Get, script);
        request.Headers.Add("Accept-Encoding", "gzip");
        using var packed = await backend.Api.SendAsync(request);
        Assert.AreEqual("gzip", packed.Content.Headers.ContentEncoding.Single());
        Assert.IsLessThan((await plain.Content.ReadAsByteArrayAsync()).Length, (await packed.Content.ReadAsByteArrayAsync()).Length);
    }

    [TestMethod]
    public async Task Tiles_from_elsewhere_are_let_through_by_name_alone()
    {
        await using var backend = await Backend.StartAsync(options => options with { Map = new() { TilesUrl = "https://tiles.example/{z}/{x}/{y}.png", Attribution = "Example" } });
        using var page = await backend.Api.GetAsync("/");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        StringAssert.Contains(policy, "connect-src 'self' https://tiles.example;");
        StringAssert.Contains(policy, "img-src 'self' https://tiles.example;");
        StringAssert.Contains(policy, "script-src 'self';");
        Assert.AreEqual("Example", (await backend.GetAsync("/api/v1/map")).GetProperty("attribution").GetString());
    }
}
