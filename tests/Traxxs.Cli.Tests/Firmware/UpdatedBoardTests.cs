using Traxxs.Cli.Tests.Flash;
using Traxxs.Cli.Tests.Replay;
using Traxxs.Device.Tests;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Tests.Firmware;

/// <summary>The whole way of an update, each part as people have it: key, bundle, board, signature, server, restart, health.</summary>
[TestClass]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class UpdatedBoardTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-updated-").FullName;

    public required TestContext TestContext { get; set; }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task A_board_takes_the_image_that_is_pushed_to_it_proves_it_and_keeps_it()
    {
        await DoAsync("firmware", "key", "--out", In("keys"));
        await File.WriteAllBytesAsync(In("next.dll"), MergedImage.Make(), TestContext.CancellationToken);
        await DoAsync("firmware", "sign", In("next.dll"), "--version", "200.0.0", "--key", In("keys/update.private.pem"), "--out", In("next.xsfw"));
        var options = new ServerOptions { DataFolder = In("data"), MqttPort = 0, HttpPort = 0, UpdateKey = In("keys/update.public.pem") };
        await using var host = await ServerHost.StartAsync(options, cancellationToken: TestContext.CancellationToken);
        await DoAsync("provision", "shoe-1", "--data", In("data"), "--bundle", In("bundle"), "--wifi-ssid", "hall", "--wifi-open", "--insecure",
            "--host", "127.0.0.1", "--port", $"{host.MqttEndpoint.Port}", "--update-key", In("keys/update.public.pem"));
        await File.WriteAllTextAsync(In("token"), host.Tokens.Create("main", "release", Role.Admin, null, "test").Text, TestContext.CancellationToken);
        await DoAsync("firmware", "push", In("next.xsfw"), "--server", host.ApiAddress.ToString(), "--token-file", In("token"), "--device", "shoe-1");

        using var board = TraxxsProcess.Start("sim", "board", "shoe-1", "--bundle", In("bundle"), "--json");
        await board.UntilErrorsAsync("device shoe-1 runs");
        await board.WriteLineAsync("sos");      // which opens the link; the restart waits until the wearer has felt "received"
        await board.UntilErrorsAsync(MergedImage.Greeting);
        await UntilAsync(() => StateOf(host) is not (UpdateState.Offered or UpdateState.Downloading or UpdateState.Restarting));
        await board.WriteLineAsync("quit");
        var account = await board.ReadJsonAsync();

        Assert.AreEqual(UpdateState.Kept, StateOf(host), board.Errors);
        Assert.AreEqual(1, account.GetProperty("restarts").GetInt32());
        Assert.AreEqual(0, await board.ExitAsync(), board.Errors);
        var steps = host.Database.Read(session => session.Audit.Read("main", 0, 100)).Where(entry => entry.Subject == "device:shoe-1").Select(entry => entry.Action).ToList();
        CollectionAssert.IsSubsetOf(new[] { "update.offered", "update.downloading", "update.restarting", "update.kept" }, steps, string.Join(' ', steps));
    }

    private static UpdateState StateOf(ServerHost host) => host.Database.Read(session => session.Updates.Find("shoe-1"))!.State;

    private async Task UntilAsync(Func<bool> holds)
    {
        while (!holds()) await Task.Delay(50, TestContext.CancellationToken);
    }

    private async Task DoAsync(params string[] arguments)
    {
        var result = await Tool.RunAsync(TestContext, arguments);
        Assert.AreEqual(0, result.Exit, result.Errors);
    }

    private string In(string name) => Path.Combine(_folder, name);
}
