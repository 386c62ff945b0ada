using System.Diagnostics;
using System.Text.Json;

namespace Traxxs.Cli.Tests.Sim;

[TestClass]
public sealed class SimViewTests
{
    private static string _folder = "";

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task RunTwice(TestContext context)
    {
        _folder = Directory.CreateTempSubdirectory("traxxs-view-").FullName;
        Assert.AreEqual(0, (await RunAsync(context.CancellationToken, "sim", "run", "sos-twice")).Exit);
        Assert.AreEqual(0, (await RunAsync(context.CancellationToken, "sim", "run", "sos-twice", "--seed", "2", "--out", "elsewhere")).Exit);
    }

    [ClassCleanup]
    public static void Done() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task The_last_run_is_viewed_by_default_and_others_by_number_scenario_or_folder()
    {
        Assert.AreEqual(Path.Combine(_folder, "elsewhere", "report.html"), await ReportAsync());
        Assert.AreEqual(Path.Combine(_folder, "elsewhere", "report.html"), await ReportAsync("sos-twice"));
        var first = Path.Combine(_folder, "sim-runs", "0001-sos-twice-1", "report.html");
        Assert.AreEqual(first, await ReportAsync("1"));
        Assert.AreEqual(first, await ReportAsync("sim-runs/0001-sos-twice-1"));
        Assert.Contains("<svg", await File.ReadAllTextAsync(first, TestContext.CancellationToken));
        var runs = (await JsonAsync("sim", "view", "--list", "--json")).GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("seed").GetInt32()).ToArray();
        CollectionAssert.AreEqual(new[] { 1, 2 }, runs);
    }

    [TestMethod]
    [DataRow("view 9", "there is no run 9; there are 1 to 2")]
    [DataRow("view nobody", "neither 'last', a number, a scenario that was run, nor a run's folder")]
    [DataRow("view sim-runs", "no run: there is no summary.json in it")]
    [DataRow("view --runs empty", "'traxxs sim run' makes one")]
    [DataRow("compare 1 last --max-worse much", "--max-worse is a share such as 2%")]
    [DataRow("run sos-twice --no-report --png", "--no-report goes with none of")]
    [DataRow("run garage --compare-to 1", "is a run of sos-twice, not of garage")]
    public async Task What_is_not_there_is_wrong_usage(string arguments, string problem)
    {
        var (exit, output, errors) = await RunAsync(TestContext.CancellationToken, ["sim", .. arguments.Split(' ')]);
        Assert.AreEqual(2, exit);
        Assert.AreEqual("", output);
        Assert.Contains(problem, errors);
    }

    [TestMethod]
    public async Task A_firmware_change_is_gated_by_a_comparison()
    {
        var (exit, output, errors) = await RunAsync(TestContext.CancellationToken, "sim", "compare", "1", "1", "--json", "--out", "same.html");
        Assert.AreEqual(0, exit, errors);
        var same = JsonDocument.Parse(output).RootElement;
        Assert.IsTrue(same.GetProperty("sameBytes").GetBoolean());
        Assert.IsTrue(same.GetProperty("numbers").EnumerateArray().All(number => number.GetProperty("change").GetString() == "same"));
        Assert.IsTrue(File.Exists(Path.Combine(_folder, "same.html")));

        // A run that used a tenth less charge: what is there now is worse than that.
        var thrifty = Path.Combine(_folder, "thrifty");
        Directory.CreateDirectory(thrifty);
        var summary = await File.ReadAllTextAsync(Path.Combine(_folder, "elsewhere", "summary.json"), TestContext.CancellationToken);
        var used = JsonDocument.Parse(summary).RootElement.GetProperty("devices")[0].GetProperty("mAhPerDay").GetRawText();
        var less = (double.Parse(used, System.Globalization.CultureInfo.InvariantCulture) * 0.9).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(Path.Combine(thrifty, "summary.json"), summary.Replace($"\"mAhPerDay\":{used}", $"\"mAhPerDay\":{less}", StringComparison.Ordinal), TestContext.CancellationToken);
        (exit, output, _) = await RunAsync(TestContext.CancellationToken, "sim", "compare", "thrifty/summary.json", "elsewhere");
        Assert.AreEqual(1, exit, output);
        Assert.Contains("WORSE in 1", output);
        (exit, _, _) = await RunAsync(TestContext.CancellationToken, "sim", "compare", "thrifty", "elsewhere", "--max-worse", "12%");
        Assert.AreEqual(0, exit);
        (exit, output, _) = await RunAsync(TestContext.CancellationToken, "sim", "run", "sos-twice", "--seed", "2", "--out", "again", "--runs", "others", "--compare-to", "thrifty", "--json");
        Assert.AreEqual(1, exit);
        Assert.HasCount(1, JsonDocument.Parse(output).RootElement.GetProperty("comparison").GetProperty("worse").EnumerateArray().ToList());
        Assert.IsTrue(File.Exists(Path.Combine(_folder, "again", "compare.html")));
    }

    [TestMethod]
    public async Task Runs_that_end_at_once_get_a_number_each()
    {
        var all = await Task.WhenAll(Enumerable.Range(1, 3).Select(seed => RunAsync(TestContext.CancellationToken, "sim", "run", "sos-twice", "--seed", $"{seed}", "--runs", "crowd", "--json")));
        var numbers = all.Select(run => JsonDocument.Parse(run.Output).RootElement.GetProperty("run").GetInt32()).ToArray();
        CollectionAssert.AreEquivalent(new[] { 1, 2, 3 }, numbers);
        Assert.HasCount(3, Directory.GetDirectories(Path.Combine(_folder, "crowd")));
    }

    [TestMethod]
    public async Task Nothing_is_written_where_nothing_is_wanted()
    {
        var (exit, _, _) = await RunAsync(TestContext.CancellationToken, "sim", "run", "sos-twice", "--no-report", "--runs", "none");
        Assert.AreEqual(0, exit);
        Assert.IsFalse(Directory.Exists(Path.Combine(_folder, "none")));
    }

    [TestMethod]
    public async Task Plots_are_rendered_where_a_browser_is_at_hand()
    {
        _ = Chromium();
        var view = await JsonAsync("sim", "view", "1", "--no-open", "--png", "--json");
        var pictures = view.GetProperty("pictures").EnumerateArray().Select(picture => picture.GetString()!).ToList();
        CollectionAssert.AreEqual(new[] { "timeline-insole-cleo.png", "map-insole-cleo.png", "latency.png" }, pictures.Select(Path.GetFileName).ToArray());
        foreach (var picture in pictures)
        {
            var bytes = await File.ReadAllBytesAsync(picture, TestContext.CancellationToken);
            CollectionAssert.AreEqual(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }, bytes[..4]);
            Assert.IsGreaterThan(5000, bytes.Length, "an empty picture");
        }
    }

    [TestMethod]
    public async Task A_reader_looks_closer_in_time_and_on_the_map()
    {
        // Moves of a pointer, and what the page is then.
        const string moves = """
            <script>
            const svg = document.querySelector('svg.time'), box = svg.getBoundingClientRect(), field = svg.querySelector('.field');
            const at = (name, x) => field.dispatchEvent(new PointerEvent(name, { bubbles: true, clientX: box.left + x * box.width, clientY: box.top + 60 }));
            at('pointerdown', .4); at('pointermove', .6); at('pointerup', .6); at('pointermove', .5);
            const map = document.querySelector('svg.map'), b = map.getBoundingClientRect();
            map.dispatchEvent(new WheelEvent('wheel', { cancelable: true, ctrlKey: true, deltaY: -100, clientX: b.left + 50, clientY: b.top + 50 }));
            document.title = [field.getAttribute('viewBox'), map.getAttribute('viewBox'), document.querySelector('.readout').textContent.replace('\n', ' ')].join('|');
            </script>
            """;
        var browser = Chromium();
        var report = await File.ReadAllTextAsync(Path.Combine(_folder, "sim-runs", "0001-sos-twice-1", "report.html"), TestContext.CancellationToken);
        var page = Path.Combine(_folder, "moved.html");
        await File.WriteAllTextAsync(page, report.Replace("</body>", moves + "</body>", StringComparison.Ordinal), TestContext.CancellationToken);
        using var process = Process.Start(new ProcessStartInfo(browser, ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            $"--user-data-dir={Path.Combine(_folder, "profile")}", "--window-size=1300,1200", "--dump-dom", new Uri(page).AbsoluteUri]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        var dom = await process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        var title = dom.Split("<title>")[1].Split("</title>")[0].Split('|');
        var (time, map) = (Numbers(title[0]), Numbers(title[1]));
        Assert.IsTrue(time[0] > 250 && time[2] < 300, $"a fifth of the time is in sight: {title[0]}");
        Assert.AreEqual(0.8, map[2] / 700, 0.01, $"a step closer on the map: {title[1]}");
        Assert.MatchesRegex(@"^08:2\d:\d\d .*[µm]A, cell \d+(\.\d)? %$", title[2]);

        static double[] Numbers(string box) => [.. box.Split(' ').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];
    }

    [TestMethod]
    public async Task Without_a_browser_it_says_what_to_install()
    {
        var (exit, _, errors) = await RunAsync(TestContext.CancellationToken, ["sim", "view", "1", "--no-open", "--png"], path: _folder);
        Assert.AreEqual(1, exit);
        Assert.Contains("apt-get install chromium", errors);
    }

    private static string Chromium()
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists)
            ?? throw new AssertInconclusiveException("skipped: no chromium here; Debian's package chromium has it");

    private async Task<string?> ReportAsync(params string[] run) => (await JsonAsync(["sim", "view", .. run, "--no-open", "--json"])).GetProperty("report").GetString();

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var (exit, output, errors) = await RunAsync(TestContext.CancellationToken, arguments);
        Assert.AreEqual(0, exit, errors);
        return JsonDocument.Parse(output).RootElement;
    }

    private static Task<(int Exit, string Output, string Errors)> RunAsync(CancellationToken cancellation, params string[] arguments) => RunAsync(cancellation, arguments, null);

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(CancellationToken cancellation, string[] arguments, string? path)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Environment.ProcessPath!;
        var start = new ProcessStartInfo(Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "traxxs.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        if (path is not null) start.Environment["PATH"] = path;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output, await errors);
    }
}
