using System.Reflection;
using Microsoft.Playwright;

namespace Traxxs.Dashboard.Tests.Support;

/// <summary>One browser for all tests of the run, started by the first that needs it.</summary>
[TestClass]
public sealed class Browsing
{
    // Nothing goes out: no look-ups, no updates. WebGL is drawn in software, so that the map is there on a machine without a screen.
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
    ];

    /// <summary>How long a page may take for anything: a map is drawn without a graphics card, on cores that other tests use too.</summary>
    internal const int PatienceMs = 60_000;

    private static readonly SemaphoreSlim Starting = new(1);
    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    internal static async Task<IBrowser> BrowserAsync()
    {
        await Starting.WaitAsync();
        try
        {
            if (_browser is not null) return _browser;
            var chromium = Programs.Chromium;
            Environment.SetEnvironmentVariable("PLAYWRIGHT_NODEJS_PATH", Programs.Node);
            Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH",
                typeof(Browsing).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "PlaywrightDriver").Value);
            _playwright = await Playwright.CreateAsync();
            Assertions.SetDefaultExpectTimeout(PatienceMs); // a context's own limit is not theirs
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = Flags });
            return _browser;
        }
        finally
        {
            Starting.Release();
        }
    }

    [AssemblyCleanup]
    public static async Task CloseAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
    }
}
