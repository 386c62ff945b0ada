using System.Text.Json;
using Traxxs.Cli.Tests.Replay;

namespace Traxxs.Cli.Tests.Server;

/// <summary><c>traxxs server check|backup|restore</c> as somebody at a console uses them, beside a server that runs.</summary>
[TestClass]
public sealed class ServerBackupTests
{
    [TestMethod]
    public async Task A_running_server_is_checked_and_backed_up_and_its_copy_runs_in_another_folder()
    {
        var folder = Directory.CreateTempSubdirectory("traxxs-backup-").FullName;
        try
        {
            var (data, copy, other) = (Path.Combine(folder, "data"), Path.Combine(folder, "copy.tar.gz"), Path.Combine(folder, "other"));
            using (var server = TraxxsProcess.Start("server", "--data", data, "--mqtt-port", "0", "--http-port", "0", "--json", "--json-log"))
            {
                await server.ReadJsonAsync();
                Assert.AreEqual(0, (await RunAsync("provision", "insole-1", "--data", data, "--json")).Exit);
                var (exit, check) = await RunAsync("server", "check", "--data", data, "--json");
                Assert.AreEqual((0, 0), (exit, check!.Value.GetProperty("problems").GetArrayLength()));
                Assert.AreEqual(0, (await RunAsync("server", "backup", copy, "--data", data, "--json")).Exit);
                Assert.AreEqual(1, (await RunAsync("server", "backup", copy, "--data", data, "--json")).Exit, "it is there already");
                Assert.AreEqual(1, (await RunAsync("server", "restore", copy, "--data", data, "--replace", "--json")).Exit, "its server runs");
            }

            Assert.AreEqual(0, (await RunAsync("server", "restore", copy, "--data", other, "--json")).Exit);
            using (var server = TraxxsProcess.Start("server", "--data", other, "--mqtt-port", "0", "--http-port", "0", "--json"))
            {
                Assert.IsTrue((await server.ReadJsonAsync()).TryGetProperty("page", out _));
            }

            File.WriteAllText(Path.Combine(other, "service.db"), "no database");
            Assert.AreEqual(1, (await RunAsync("server", "check", "--data", other, "--json")).Exit);
            Assert.AreEqual(2, (await RunAsync("server", "backup")).Exit, "it must be told where to");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int Exit, JsonElement? Json)> RunAsync(params string[] arguments)
    {
        using var process = TraxxsProcess.Start(arguments);
        JsonElement? json = null;
        try
        {
            json = await process.ReadJsonAsync();
        }
        catch (AssertFailedException)
        {
            // It said why on stderr instead.
        }

        return (await process.ExitAsync(), json);
    }
}
