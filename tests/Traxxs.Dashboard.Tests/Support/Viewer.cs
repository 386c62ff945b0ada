using System.Text.Json;
using Microsoft.Playwright;
using Traxxs.Testing;

namespace Traxxs.Dashboard.Tests.Support;

/// <summary>Somebody at the page, in a browser of their own; whatever the browser complains of fails the test at the end.</summary>
internal sealed class Viewer : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];
    private readonly List<string> _expected = [];

    private Viewer(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _complaints.Add(message.Text);
        };
    }

    public IPage Page { get; }

    public static Task<Viewer> OpenAsync(Backend backend, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 800) =>
        OpenAsync(backend.Host.ApiAddress, scheme, width, height);

    public static async Task<Viewer> OpenAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 800)
    {
        var browser = await Browsing.BrowserAsync();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(), ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = height }, TimezoneId = "Europe/Berlin",
        });
        context.SetDefaultTimeout(Browsing.PatienceMs);
        return new Viewer(context, await context.NewPageAsync());
    }

    /// <summary>Signs in as somebody who may do everything.</summary>
    public Task SignInAsync(Backend backend, string hash = "") => SignInWithKeyAsync(backend.Host.AdminToken!, hash);

    /// <summary>Opens the page and signs in with a key, as a person would.</summary>
    public async Task SignInWithKeyAsync(string key, string hash = "")
    {
        // The page asks who is there before it knows: an answer of 401 is the browser's complaint, not ours.
        Expect("401");
        Expect("404");
        await Page.GotoAsync("/" + hash);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Use an access key instead" }).ClickAsync();
        await Page.GetByLabel("Access key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Page.GetByRole(AriaRole.Link, new() { Name = "Live", Exact = false }).First.WaitForAsync();
    }

    /// <summary>The page finds a key as if its person had signed in before.</summary>
    public Task HoldKeyAsync(string key) => Page.AddInitScriptAsync($"sessionStorage.setItem('traxxs.token', '{key}')");

    public async Task GoAsync(string hash)
    {
        await Page.EvaluateAsync("hash => { location.hash = hash; }", hash);
    }

    /// <summary>The browser may complain of this; anything else fails the test.</summary>
    public void Expect(string complaint) => _expected.Add(complaint);

    /// <summary>A picture for people to look at, outside the repository.</summary>
    public async Task ShootAsync(string name)
    {
        var folder = Environment.GetEnvironmentVariable("TRAXXS_SCREENSHOTS") ?? Path.Combine(Path.GetTempPath(), "traxxs-screenshots");
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }

    /// <summary>Serious and critical findings of axe on what is shown now, by all its rules or by one.</summary>
    public async Task<IReadOnlyList<string>> AxeAsync(string rule = "")
    {
        var source = RepositoryRoot.PathOf("backend", "dashboard", "node_modules", "axe-core", "axe.min.js");
        if (!File.Exists(source)) Assert.Inconclusive("skipped: no axe-core here; run 'npm ci' in backend/dashboard");
        await Page.EvaluateAsync(await File.ReadAllTextAsync(source) + "; undefined");
        var result = await Page.EvaluateAsync<JsonElement>("rule => axe.run(document, { resultTypes: ['violations'], ...(rule ? { runOnly: [rule] } : {}) })", rule);
        return [.. result.GetProperty("violations").EnumerateArray()
            .Where(violation => violation.GetProperty("impact").GetString() is "serious" or "critical")
            .Select(violation => $"{violation.GetProperty("id").GetString()}: {violation.GetProperty("help").GetString()}: "
                + string.Join(" | ", violation.GetProperty("nodes").EnumerateArray().Take(3).Select(node => node.GetProperty("html").GetString())))];
    }

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        var unexpected = _complaints.Where(complaint => !_expected.Any(part => complaint.Contains(part, StringComparison.Ordinal))).Distinct().ToList();
        if (unexpected.Count > 0) Assert.Fail($"the browser complained: {string.Join("; ", unexpected)}");
    }
}
