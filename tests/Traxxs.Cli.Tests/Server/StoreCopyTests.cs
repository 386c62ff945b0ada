using System.Text.Json;
using Traxxs.Cli.Tests.Flash;
using Traxxs.Testing;

namespace Traxxs.Cli.Tests.Server;

/// <summary><c>traxxs store copy|checksum</c> as somebody at a console uses it.</summary>
[TestClass]
public sealed class StoreCopyTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-copy-").FullName;

    public required TestContext TestContext { get; set; }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task A_data_folder_goes_to_PostgreSQL_and_back_with_one_checksum()
    {
        if (PostgresServer.Missing is { } why) Assert.Inconclusive(why);
        var (data, back, database) = (Path.Combine(_folder, "data"), Path.Combine(_folder, "back"), PostgresServer.Shared.NewDatabase());
        Assert.AreEqual(0, (await RunAsync("provision", "insole-1", "--data", data)).Exit);
        Assert.AreEqual(1, (await RunAsync("store", "copy", "--from", data, "--to", database)).Exit, "no server has run there yet");
        await MakeReportsAsync(data);

        var password = PostgresServer.Shared.PasswordFile;
        var there = await RunAsync("store", "copy", "--from", data, "--to", database, "--to-password-file", password, "--json");
        Assert.AreEqual(0, there.Exit, there.Errors);
        var said = JsonDocument.Parse(there.Output).RootElement;
        Assert.IsTrue(said.GetProperty("equal").GetBoolean());
        Assert.AreEqual((25, 1), (said.GetProperty("reports").GetInt32(), said.GetProperty("rows").GetProperty("devices").GetInt32()));

        Assert.AreEqual(1, (await RunAsync("store", "copy", "--from", data, "--to", database, "--to-password-file", password)).Exit, "it is not empty any more");
        Assert.AreEqual(0, (await RunAsync("store", "copy", "--from", database, "--from-password-file", password, "--to", back)).Exit);
        var sums = new List<string>();
        foreach (var side in new[] { data, back, database })
            sums.Add(JsonDocument.Parse((await RunAsync("store", "checksum", side, "--password-file", password, "--json")).Output).RootElement.GetProperty("sha256").GetString()!);
        Assert.AreEqual(said.GetProperty("sourceSha256").GetString(), sums.Distinct().Single());
    }

    [TestMethod]
    [DataRow("postgres://ada:hunter2@127.0.0.1/traxxs")]
    [DataRow("postgres://ada@db.example.org/traxxs?sslmode=disable")]
    [DataRow("mysql://ada@127.0.0.1/traxxs")]
    public async Task A_wrong_address_is_wrong_usage_and_its_password_is_not_repeated(string side)
    {
        var result = await RunAsync("store", "copy", "--from", _folder, "--to", side);
        Assert.AreEqual(2, result.Exit, result.Errors);
        Assert.DoesNotContain("hunter2", result.Errors + result.Output);
        Assert.AreEqual(2, (await RunAsync("store", "copy", "--from", _folder)).Exit);
    }

    private static async Task MakeReportsAsync(string data)
    {
        await using var store = Traxxs.Store.Sqlite.SqliteReportStore.Open(data);
        for (var i = 0; i < 25; i++) await store.AppendAsync(new Traxxs.Store.ReportRecord("insole-1", 1, i, 1_768_478_400_000 + i, null, null, null, 0, new byte[] { (byte)i }));
    }

    private Task<Tool.Result> RunAsync(params IEnumerable<string> arguments) => Tool.RunAsync(TestContext, [.. arguments]);
}
