using System.Text.Json;
using Microsoft.Data.Sqlite;
using Traxxs.Cli.Tests.Replay;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Store.Sqlite;
using Traxxs.Testing;

namespace Traxxs.Cli.Tests.Server;

/// <summary>A server that finds tables of a newer program ends and says so: no wait makes it the newer program.</summary>
[TestClass]
public sealed class NewerSchemaTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-newer-").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("reports")]
    [DataRow("service")]
    public async Task A_server_on_PostgreSQL_ends_and_says_so(string part)
    {
        if (PostgresServer.Missing is { } why) Assert.Inconclusive(why);
        var options = new PostgresOptions { Connection = PostgresServer.Shared.NewDatabase(), PasswordFile = PostgresServer.Shared.PasswordFile };
        await using (PostgresReportStore.Open(options))
        {
            ServiceDatabase.OpenPostgres(options).Dispose();
        }

        PostgresServer.Shared.Sql($"UPDATE traxxs_schema SET version = 99 WHERE part = '{part}'", new Uri(options.Connection).AbsolutePath.TrimStart('/'));
        var config = Path.Combine(_folder, "server.json");
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(new { data = "data", store = new { engine = "postgres", connection = options.Connection, passwordFile = options.PasswordFile } }));
        await EndsAsync("--config", config);
    }

    [TestMethod]
    [DataRow("reports.db")]
    [DataRow(ServiceDatabase.FileName)]
    public async Task A_server_on_a_folder_ends_and_says_so(string file)
    {
        await using (SqliteReportStore.Open(_folder))
        {
            ServiceDatabase.Open(Path.Combine(_folder, ServiceDatabase.FileName)).Dispose();
        }

        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, file)};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            await command.ExecuteNonQueryAsync();
        }

        await EndsAsync("--data", _folder);
    }

    private static async Task EndsAsync(params string[] where)
    {
        using var process = TraxxsProcess.Start(["server", .. where, "--mqtt-port", "0", "--http-port", "0"]);
        Assert.AreEqual(1, await process.ExitAsync(), process.Errors);
        StringAssert.Contains(process.Errors, "schema 99, this program knows");
    }
}
