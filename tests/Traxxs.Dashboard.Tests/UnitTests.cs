using System.Diagnostics;
using Traxxs.Dashboard.Tests.Support;
using Traxxs.Testing;

namespace Traxxs.Dashboard.Tests;

/// <summary>The page's pure functions, tested in their own language (backend/dashboard/tests).</summary>
[TestClass]
public sealed class UnitTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task The_pages_own_tests_pass()
    {
        var folder = RepositoryRoot.PathOf("backend", "dashboard");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "esbuild"))) Assert.Inconclusive($"skipped: run 'npm ci' in {folder}");
        using var process = Process.Start(new ProcessStartInfo(Programs.Node, "tests/run.mjs") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("the page's tests did not end");
        }

        TestContext.WriteLine(await output);
        Assert.AreEqual(0, process.ExitCode, await output + await errors);
    }
}
