using Microsoft.Data.Sqlite;
using Traxxs.Store.Service;

namespace Traxxs.Store.Tests.Service;

[TestClass]
public sealed class SqliteServiceDatabaseTests : ServiceDatabaseContract
{
    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void Cleanup() => _folder.Dispose();

    private string File => Path.Combine(_folder.Path, ServiceDatabase.FileName);

    protected override ServiceDatabase Open() => ServiceDatabase.Open(File);

    protected override void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
