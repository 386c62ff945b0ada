using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Cli.Tests.Flash;
using Traxxs.Cli.Tests.Replay;
using Traxxs.Mqtt.Client;
using Traxxs.Testing;

namespace Traxxs.Cli.Tests.Server;

/// <summary>A server on PostgreSQL is operated from the command line as one on a folder is, beside it while it runs.</summary>
[TestClass]
public sealed class PostgresDataTests
{
    private const string Password = "tyres under the bridge";

    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-postgres-data-").FullName;
    private string _address = null!, _config = null!;

    public required TestContext TestContext { get; set; }

    [TestInitialize]
    public void MakeDatabase()
    {
        if (PostgresServer.Missing is { } why) Assert.Inconclusive(why);
        _address = PostgresServer.Shared.NewDatabase();
        _config = Path.Combine(_folder, "server.json");
        File.WriteAllText(_config, JsonSerializer.Serialize(new { data = "data", store = new { engine = "postgres", connection = _address, passwordFile = PostgresServer.Shared.PasswordFile } }));
    }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task What_the_command_line_makes_and_takes_away_holds_at_the_running_server()
    {
        // A code from before the server's first start is the one it takes.
        var code = JsonDocument.Parse((await OkAsync("user", "code", "--json")).Output).RootElement.GetProperty("setupCode").GetString();
        using var server = TraxxsProcess.Start("server", "--config", _config, "--mqtt-port", "0", "--http-port", "0", "--json");
        var said = await server.ReadJsonAsync();
        Assert.AreEqual(JsonValueKind.Null, said.GetProperty("setupCodeFile").ValueKind, "its text is with who asked for it");
        var mqtt = new Uri(said.GetProperty("mqtt").GetString()!);
        using var page = new HttpClient { BaseAddress = new Uri(said.GetProperty("page").GetString()!) };
        using (var wrong = await page.PostAsJsonAsync("/api/v1/setup", Setup("00000-00000-00000-00000"), TestContext.CancellationToken)) Assert.AreEqual(HttpStatusCode.Forbidden, wrong.StatusCode);
        using (var made = await page.PostAsJsonAsync("/api/v1/setup", Setup(code), TestContext.CancellationToken)) Assert.AreEqual(HttpStatusCode.Created, made.StatusCode);
        StringAssert.Contains((await FailsAsync(1, "user", "code")).Errors, "an account already");

        await OkAsync("org", "add", "north");
        StringAssert.Contains((await OkAsync("org", "list")).Output, "north");
        await OkAsync("user", "add", "ben@example.org", "--org", "north", "--name", "Ben");
        var link = (await OkAsync("user", "link", "ben@example.org")).Output.Split('\n').Single(line => line.StartsWith("link ", StringComparison.Ordinal))[5..];
        using (var chosen = await page.PostAsJsonAsync("/api/v1/password-by-link", new { link, password = Password }, TestContext.CancellationToken)) Assert.AreEqual(HttpStatusCode.NoContent, chosen.StatusCode);

        // A device's secret replaced beside the server closes its connection.
        await using var device = new MqttClient(new MqttClientOptions { Host = mqtt.Host, Port = mqtt.Port, ClientId = "insole-1", UserName = "insole-1", Password = await SecretAsync("insole-1"), AutoReconnect = false });
        Assert.IsTrue((await device.ConnectAsync(TestContext.CancellationToken)).IsSuccess);
        await SecretAsync("insole-1");
        for (var i = 0; device.IsConnected; i++)
        {
            Assert.IsLessThan(600, i, "the connection with the old secret stands");
            await Task.Delay(50, TestContext.CancellationToken);
        }

        page.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await OkAsync("user", "token")).Output.Trim());
        var devices = await page.GetFromJsonAsync<JsonElement>("/api/v1/devices", TestContext.CancellationToken);
        Assert.AreEqual("insole-1", devices.GetProperty("devices")[0].GetProperty("device").GetProperty("id").GetString());
        await server.KillAsync();
    }

    [TestMethod]
    public async Task A_database_with_reports_is_checked_and_what_its_own_programs_saved_and_restored_is_the_same()
    {
        using (var server = TraxxsProcess.Start("server", "--config", _config, "--mqtt-port", "0", "--http-port", "0", "--json"))
        {
            var said = await server.ReadJsonAsync();
            var replay = await Tool.RunAsync(TestContext, ["replay", .. SyntheticTracks.Write(Path.Combine(_folder, "tracks"), 1, 2, 400, 40), "--broker", said.GetProperty("mqtt").GetString()!,
                "--api", said.GetProperty("page").GetString()!, "--token-file", said.GetProperty("adminTokenFile").GetString()!, "--json"]);
            Assert.AreEqual(0, replay.Exit, replay.Errors);
            var check = JsonDocument.Parse((await OkAsync("server", "check", "--json")).Output).RootElement;
            Assert.AreEqual((40, 0), (check.GetProperty("reports").GetInt32(), check.GetProperty("problems").GetArrayLength()));
        }

        // The words of "backup" and "restore" are done to the letter.
        var dump = Path.Combine(_folder, "dump");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111); // PostgreSQL's own account writes there
        PostgresServer.Shared.Run("pg_dump", WordsAfter("pg_dump", (await FailsAsync(2, "server", "backup", dump)).Errors));
        var restored = PostgresServer.Shared.NewDatabase();
        var arguments = WordsAfter("pg_restore", (await FailsAsync(2, "server", "restore", dump)).Errors);
        PostgresServer.Shared.Run("pg_restore", [.. arguments.Select(argument => argument.StartsWith("--dbname=", StringComparison.Ordinal) ? "--dbname=" + NameOf(restored) : argument), dump]);
        await OkAsync("server", "check");
        var sums = new List<string>();
        foreach (var side in new[] { _address, restored })
        {
            var sum = await Tool.RunAsync(TestContext, "store", "checksum", side, "--password-file", PostgresServer.Shared.PasswordFile);
            Assert.AreEqual(0, sum.Exit, sum.Errors);
            sums.Add(sum.Output);
        }

        Assert.HasCount(1, sums.Distinct().ToList());
        PostgresServer.Shared.Sql("UPDATE report SET payload = '\\x010203' WHERE sequence = (SELECT max(sequence) FROM report)", NameOf(_address));
        StringAssert.Contains((await FailsAsync(1, "server", "check")).Output, "its bytes are no report");
    }

    [TestMethod]
    [DataRow("--store ./data", "is not postgres://")]
    [DataRow("--store postgres://ada:hunter2@127.0.0.1/traxxs", "names a password")]
    [DataRow("--store postgres://ada@127.0.0.1/traxxs --data ./data", "leave --data and --config out")]
    [DataRow("--store-insecure", "are for --store")]
    [DataRow("--config CONFIG --data ./data", "keeps everything in PostgreSQL")]
    [DataRow("--config ./not-there.json", "not-there.json")]
    public async Task A_place_that_cannot_be_meant_is_wrong_usage_and_nothing_is_done(string choice, string words)
    {
        foreach (var verb in (string[])["provision insole-1", "org list", "user code", "server check", "server backup there"])
        {
            var run = await Tool.RunAsync(TestContext, [.. verb.Split(' '), .. choice.Replace("CONFIG", _config, StringComparison.Ordinal).Split(' ')]);
            Assert.AreEqual(2, run.Exit, $"{verb}: {run.Errors}");
            StringAssert.Contains(run.Errors, words, verb);
            Assert.DoesNotContain("hunter2", run.Errors + run.Output);
        }
    }

    private static object Setup(string? setupCode) => new { organisation = "Lone Works", name = "Ada", email = "ada@example.org", password = Password, setupCode };

    private static string NameOf(string address) => new Uri(address).AbsolutePath.TrimStart('/');

    private static List<string> WordsAfter(string program, string text) =>
        [.. text[text.IndexOf(program + " ", StringComparison.Ordinal)..].Split(' ').Skip(1).TakeWhile(word => word.StartsWith("--", StringComparison.Ordinal)).Select(word => word.TrimEnd(','))];

    private async Task<string> SecretAsync(string id) => JsonDocument.Parse((await OkAsync("provision", id, "--json")).Output).RootElement.GetProperty("secret").GetString()!;

    // By address and by configuration in turn: both must do.
    private int _runs;

    private Task<Tool.Result> RunAsync(IEnumerable<string> arguments) => Tool.RunAsync(TestContext, _runs++ % 2 == 0
        ? [.. arguments, "--store", _address, "--store-password-file", PostgresServer.Shared.PasswordFile]
        : [.. arguments, "--config", _config]);

    private async Task<Tool.Result> OkAsync(params IEnumerable<string> arguments)
    {
        var run = await RunAsync(arguments);
        Assert.AreEqual(0, run.Exit, run.Errors + run.Output);
        return run;
    }

    private async Task<Tool.Result> FailsAsync(int exit, params IEnumerable<string> arguments)
    {
        var run = await RunAsync(arguments);
        Assert.AreEqual(exit, run.Exit, run.Errors + run.Output);
        return run;
    }
}
