using System.Data.Common;

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
}
