using Traxxs.Cli.Tests.Replay;

namespace Traxxs.Cli.Tests.Server;

/// <summary><c>traxxs server health</c>, as a container image asks itself.</summary>
[TestClass]
public sealed class ServerHealthTests
{
    [TestMethod]
    public async Task A_server_that_works_is_told_from_one_that_is_not_there()
    {
        var folder = Directory.CreateTempSubdirectory("traxxs-health-").FullName;
        try
        {
            Uri page;
            using (var server = TraxxsProcess.Start("server", "--data", folder, "--mqtt-port", "0", "--http-port", "0", "--json", "--otlp", "http://127.0.0.1:9"))
            {
                page = new Uri((await server.ReadJsonAsync()).GetProperty("page").GetString()!);
                using (var api = new HttpClient()) (await api.GetAsync(new Uri(page, "/health/ready"))).Dispose(); // the command gives up after five seconds, and a first answer may take longer
                using var asked = TraxxsProcess.Start("server", "health", page.ToString(), "--json");
                var answer = await asked.ReadJsonAsync();
                Assert.AreEqual("ready", answer.GetProperty("status").GetString());
                Assert.AreEqual(0, await asked.ExitAsync());
            }

            using var gone = TraxxsProcess.Start("server", "health", page.ToString());
            Assert.AreEqual(1, await gone.ExitAsync());
            using var wrong = TraxxsProcess.Start("server", "health", "ftp://127.0.0.1");
            Assert.AreEqual(2, await wrong.ExitAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
