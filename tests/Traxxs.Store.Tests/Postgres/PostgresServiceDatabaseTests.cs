using Microsoft.Data.Sqlite;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Store.Tests.Service;
using Traxxs.Testing;

namespace Traxxs.Store.Tests.Postgres;

[TestClass]
public sealed class PostgresServiceDatabaseTests : ServiceDatabaseContract
{
    private PostgresOptions _options = null!;

    [TestInitialize]
    public void MakeDatabase() => _options = PostgresFixture.NewDatabase();

    protected override ServiceDatabase Open() => ServiceDatabase.OpenPostgres(_options);

    protected override void Sql(string sql) => Ask(sql);

    [TestMethod]
    public void Its_tables_have_the_columns_of_SQLite_in_the_same_order()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, ServiceDatabase.FileName);
        ServiceDatabase.Open(file).Dispose();
        Open().Dispose();
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT t.name || ' ' || c.name || ' ' || c.[notnull] FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND c.pk = 0 ORDER BY t.name, c.cid";
        using var rows = command.ExecuteReader();
        var expected = new List<string>();
        while (rows.Read()) expected.Add(rows.GetString(0));
        var actual = Ask(
            """
            SELECT c.relname || ' ' || a.attname || ' ' || a.attnotnull::int FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('traxxs_schema', 'service_head')
              AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY(i.indkey))
            ORDER BY c.relname COLLATE "C", a.attnum
            """).Split('\n').ToList();
        CollectionAssert.AreEqual(expected, actual, $"a step was added to one engine only\n{string.Join('\n', expected.Except(actual))}\n{string.Join('\n', actual.Except(expected))}");
    }

    [TestMethod]
    public void Texts_compare_by_character_whatever_the_language()
    {
        Open().Dispose();
        Assert.AreEqual("", Ask(
            """
            SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 JOIN pg_collation l ON l.oid = a.attcollation
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'traxxs_schema' AND a.atttypid = 'text'::regtype AND l.collname <> 'C'
            """));
    }

    [TestMethod]
    public void A_newer_schema_is_refused_by_name()
    {
        Open().Dispose();
        Sql("UPDATE traxxs_schema SET version = 99 WHERE part = 'service'");
        StringAssert.Contains(Assert.ThrowsExactly<StoreSchemaException>(() => Open()).Message, "schema 99");
    }

    [TestMethod]
    public void A_text_the_server_cannot_hold_does_not_fail_the_write()
    {
        using var database = Open();
        database.Write(session => session.DeviceStates.Put("a", "zero \0 and half a pair \uD800"));
        Assert.AreEqual("zero \uFFFD and half a pair \uFFFD", database.Read(session => session.DeviceStates.Find("a")));
        Assert.IsNull(database.LastError);
    }

    [TestMethod]
    public void How_large_it_may_grow_is_not_ours_to_say()
    {
        using var database = Open();
        Assert.ThrowsExactly<NotSupportedException>(() => database.LimitSize(1));
    }

    private string Ask(string sql) => PostgresServer.Shared.Sql(sql, new Uri(_options.Connection).AbsolutePath.TrimStart('/'));
}
