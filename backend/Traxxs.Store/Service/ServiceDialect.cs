using System.Data.Common;
using System.Globalization;

namespace Traxxs.Store.Service;

/// <summary>
/// What the two engines say differently. Tables write SQL that both know, with parameters as <c>$name</c>; column order, keys and
/// indexes are the same in both.
/// </summary>
internal abstract class ServiceDialect
{
    /// <summary>An expression for some kilobytes of text: what a probe of the disk writes.</summary>
    public abstract string LongText { get; }

    /// <summary>A command with its parameters.</summary>
    public abstract DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql, ReadOnlySpan<(string Name, object? Value)> parameters);

    /// <summary>A text as it is compared where the case of ASCII letters does not count.</summary>
    public abstract string IgnoringCase(string text);

    /// <summary>A query for the last number a table gave out.</summary>
    public abstract string LastNumber(string table, string column);

    /// <summary>A statement after which it goes on behind a number.</summary>
    public abstract string ContinueNumbers(string table, string column, long last);
}

/// <summary>SQLite: what the tables write, as they write it.</summary>
internal sealed class SqliteDialect : ServiceDialect
{
    public static readonly SqliteDialect Instance = new();

    public override string LongText => "hex(zeroblob(8192))";

    public override DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = ((Microsoft.Data.Sqlite.SqliteConnection)connection).CreateCommand();
        command.CommandText = sql;
        command.Transaction = (Microsoft.Data.Sqlite.SqliteTransaction?)transaction;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    // The columns themselves do not look at it.
    public override string IgnoringCase(string text) => text;

    public override string LastNumber(string table, string column) => $"SELECT seq FROM sqlite_sequence WHERE name = '{table}'";

    // Not a table like others: it has no key to put a row under.
    public override string ContinueNumbers(string table, string column, long last) =>
        string.Create(CultureInfo.InvariantCulture, $"DELETE FROM sqlite_sequence WHERE name = '{table}'; INSERT INTO sqlite_sequence VALUES ('{table}', {last})");
}
