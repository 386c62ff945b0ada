using System.Text.Json;

namespace Traxxs.Cli.Tests.Flash;

/// <summary><c>flash</c> with a stand-in for <c>nanoff</c> on the PATH that notes how it was called.</summary>
[TestClass]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FlashTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-flash-").FullName;

    public required TestContext TestContext { get; set; }

    private string Image => Path.Combine(_folder, "Traxxs.Device.bin");

    private string Bundle => Path.Combine(_folder, "bundle");

    private string[] Calls => File.Exists(Path.Combine(_folder, "calls")) ? File.ReadAllLines(Path.Combine(_folder, "calls")) : [];

    [TestInitialize]
    public void MakeBoardFiles()
    {
        if (OperatingSystem.IsWindows()) Assert.Inconclusive("the stand-in is a shell script");
        File.WriteAllBytes(Image, [1]);
        Directory.CreateDirectory(Bundle);
        File.WriteAllText(Path.Combine(Bundle, "device.cfg"), "id=x\n");
        File.WriteAllText(Path.Combine(Bundle, "deploy.json"), "{}");
    }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task Runtime_image_and_identity_are_written_in_that_order()
    {
        var run = await FlashAsync("exit 0", "--runtime", "--image", Image, "--bundle", Bundle, "--json");
        Assert.AreEqual(0, run.Exit, run.Errors);
        var expected = new[]
        {
            "--target ESP32_S3 --serialport /dev/ttyX --update",
            $"--target ESP32_S3 --serialport /dev/ttyX --deploy --image {Image}",
            "--target ESP32_S3 --serialport /dev/ttyX --filedeployment deploy.json",
        };
        CollectionAssert.AreEqual(expected, Calls);
        Assert.AreEqual(3, JsonDocument.Parse(run.Output).RootElement.GetProperty("done").GetArrayLength());
    }

    [TestMethod]
    public async Task The_identity_is_copied_from_where_its_files_are()
    {
        var run = await FlashAsync($"pwd -P > '{_folder}/where'", "--bundle", Bundle);
        Assert.AreEqual(0, run.Exit, run.Errors);
        Assert.EndsWith("/bundle", (await File.ReadAllTextAsync(Path.Combine(_folder, "where"), TestContext.CancellationToken)).Trim());
    }

    [TestMethod]
    public async Task A_step_that_fails_ends_it()
    {
        var run = await FlashAsync("exit 7", "--runtime", "--image", Image);
        Assert.AreEqual(1, run.Exit);
        Assert.HasCount(1, Calls);
        Assert.Contains("code 7", run.Output);
    }

    [TestMethod]
    public async Task A_file_that_nanoff_could_not_copy_is_a_failure_though_it_ends_well()
    {
        var run = await FlashAsync("echo 'Error deploying content file device.cfg to I:\\device.cfg'; exit 0", "--bundle", Bundle, "--json");
        Assert.AreEqual(1, run.Exit);
        Assert.Contains("device.cfg", JsonDocument.Parse(run.Output).RootElement.GetProperty("failure").GetString()!);
    }

    [TestMethod]
    public async Task A_dry_run_prints_the_commands_and_runs_none()
    {
        var run = await FlashAsync("exit 0", "--image", Image, "--bundle", Bundle, "--dry-run");
        Assert.AreEqual(0, run.Exit, run.Errors);
        Assert.IsEmpty(Calls);
        Assert.Contains($"nanoff --target ESP32_S3 --serialport /dev/ttyX --deploy --image {Image}", run.Output);
        Assert.Contains("--filedeployment deploy.json", run.Output);
    }

    [TestMethod]
    public async Task Without_nanoff_it_says_how_to_get_it()
    {
        var run = await Tool.RunAsync(TestContext, _folder, ["flash", "--port", "/dev/ttyX", "--image", Image]);
        Assert.AreEqual(1, run.Exit);
        Assert.Contains("dotnet tool install -g nanoff", run.Errors);
    }

    [TestMethod]
    [DataRow("", "nothing to do")]
    [DataRow("--image nowhere.bin", "is not there")]
    [DataRow("--bundle .", "has no deploy.json")]
    public async Task What_cannot_be_flashed_is_wrong_usage(string arguments, string problem)
    {
        var run = await FlashAsync("exit 0", arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.AreEqual(2, run.Exit);
        Assert.Contains(problem, run.Errors);
        Assert.IsEmpty(Calls);
    }

    private Task<Tool.Result> FlashAsync(string behaviour, params string[] arguments)
    {
        var script = Path.Combine(_folder, "nanoff");
        File.WriteAllText(script, $"#!/bin/sh\necho \"$*\" >> '{_folder}/calls'\n{behaviour}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Tool.RunAsync(TestContext, $"{_folder}:/bin:/usr/bin", ["flash", "--port", "/dev/ttyX", .. arguments]);
    }
}
