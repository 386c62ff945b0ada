using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Support;

/// <summary>Marks a test class whose service database stands on PostgreSQL; what it tests it inherits.</summary>
internal interface IOnPostgres;

/// <summary>The service database of a test: a file in its folder, or a database on the shared server where the test is <see cref="IOnPostgres"/>.</summary>
internal static class TestServiceDatabase
{
    // A database made from another is a copy of files; its tables need not be made again and again.
    private static readonly Lazy<string> Template = new(MakeTemplate);
    private static readonly ConcurrentDictionary<string, string> Databases = new();

    /// <summary>Opens it; the second time in a folder it is the same one.</summary>
    public static ServiceDatabase Open(object test, TemporaryFolder folder)
    {
        if (test is not IOnPostgres) return ServiceDatabase.Open(folder.File(ServiceDatabase.FileName));
        if (PostgresServer.Missing is { } why) Assert.Inconclusive(why);
        return ServiceDatabase.OpenPostgres(Options(folder));
    }

    /// <summary>The next one opened in the folder is a new one.</summary>
    public static void Forget(object test, TemporaryFolder folder)
    {
        if (test is IOnPostgres) Databases.TryRemove(folder.Path, out _);
        else foreach (var file in Directory.GetFiles(folder.Path)) File.Delete(file);
    }

    /// <summary>Runs a statement beside the program.</summary>
    public static void Execute(object test, TemporaryFolder folder, string sql)
    {
        using var connection = Connection(test, folder);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>A statement after which the rules' cursor cannot be written.</summary>
    public static string RefusesCursor(object test) => test is IOnPostgres
        ? "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$; CREATE TRIGGER no_room BEFORE UPDATE ON rule_cursor FOR EACH ROW EXECUTE FUNCTION no_room()"
        : "CREATE TRIGGER no_room BEFORE UPDATE ON rule_cursor BEGIN SELECT RAISE(ABORT, 'disk full'); END";

    /// <summary>A statement after which it can.</summary>
    public static string TakesCursorAgain(object test) => test is IOnPostgres ? "DROP TRIGGER no_room ON rule_cursor" : "DROP TRIGGER no_room";

    private static DbConnection Connection(object test, TemporaryFolder folder)
    {
        if (test is not IOnPostgres) return new SqliteConnection($"Data Source={folder.File(ServiceDatabase.FileName)};Pooling=False");
        var address = new Uri(Options(folder).Connection);
        return new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = address.Host, Port = address.Port, Username = PostgresServer.User, Database = address.AbsolutePath.TrimStart('/'),
            Password = File.ReadAllText(PostgresServer.Shared.PasswordFile), Pooling = false,
        }.ToString());
    }

    private static PostgresOptions Options(TemporaryFolder folder) => Of(Databases.GetOrAdd(folder.Path, _ => PostgresServer.Shared.NewDatabase(Template.Value)));

    private static PostgresOptions Of(string address) => new() { Connection = address, PasswordFile = PostgresServer.Shared.PasswordFile };

    private static string MakeTemplate()
    {
        var address = PostgresServer.Shared.NewDatabase();
        ServiceDatabase.OpenPostgres(Of(address)).Dispose();
        return new Uri(address).AbsolutePath.TrimStart('/');
    }
}
