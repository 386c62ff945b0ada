using System.Data.Common;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;

namespace Traxxs.Store.Copy;

/// <summary>Copies every table of the service database in one transaction, and says what both sides hold.</summary>
internal static class ServiceTransfer
{
    /// <summary>Position of the rules' cursor and of the devices'.</summary>
    public static long[] Cursors(ServiceDatabase side) => side.Read(session => new[] { session.Rules.Cursor, session.DeviceStates.Cursor });

    /// <summary>Whether a database holds what its first step puts there and no more.</summary>
    public static bool IsEmpty(ServiceDatabase side) => side.Read(session => ServiceTables.All.All(table =>
        Convert.ToInt64(session.Scalar($"SELECT count(*) FROM {table.Name}"), null) == (ServiceTables.HasFirstRow(table) ? 1 : 0)));

    /// <summary>Copies all rows, all or none.</summary>
    /// <param name="cursors">Where the cursors stand in the target.</param>
    public static SortedDictionary<string, long> Copy(ServiceDatabase source, ServiceDatabase target, IReadOnlyList<long> cursors, Action<string> progress) => source.Read(from => target.Write(to =>
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in ServiceTables.All)
        {
            if (ServiceTables.HasFirstRow(table)) to.Execute($"DELETE FROM {table.Name}");
            counts[table.Name] = Copy(from, to, table);
            progress($"{counts[table.Name]} rows of {table.Name} copied");
            if (table.IsNumbered) to.ContinueNumbers(table.Name, table.Key, from.LastNumber(table.Name, table.Key));
        }

        // Where an erasure under way stood is said in the source's own terms: it begins again, and finds what is left.
        to.Execute("UPDATE erasures SET progress = NULL WHERE done_ms IS NULL");
        to.Rules.Cursor = cursors[0];
        to.DeviceStates.Cursor = cursors[1];
        return counts;
    }));

    /// <summary>What a side holds. The cursors are counted in reports, whose positions are each side's own.</summary>
    public static string Look(ServiceDatabase side, IReadOnlyList<long> ranks) => side.Read(session =>
    {
        using var hash = new CanonicalHash();
        foreach (var table in ServiceTables.All)
        {
            hash.Add(table.Name);
            if (table.Name is ServiceTables.RuleCursor or ServiceTables.DeviceCursor) hash.Add(ranks[table.Name == ServiceTables.RuleCursor ? 0 : 1]);
            else session.ForEach(ServiceTables.Select(table), row => Add(hash, table, row));
        }

        return hash.Take();
    });

    private static long Copy(ServiceSession from, ServiceSession to, ServiceTables.Table table)
    {
        long rows = 0;
        string? insert = null;
        from.ForEach(ServiceTables.Select(table), row =>
        {
            var values = new (string, object?)[row.FieldCount];
            for (var i = 0; i < values.Length; i++) values[i] = ($"$v{i}", Value(table, row, i));
            insert ??= $"INSERT INTO {table.Name} ({string.Join(", ", Enumerable.Range(0, values.Length).Select(i => $"\"{row.GetName(i)}\""))}) VALUES ({string.Join(", ", values.Select(value => value.Item1))})";
            to.Execute(insert, values);
            rows++;
        });
        return rows;
    }

    private static void Add(CanonicalHash hash, ServiceTables.Table table, DbDataReader row)
    {
        var isUnfinished = table.Name == "erasures" && row.IsDBNull(row.GetOrdinal("done_ms"));
        for (var i = 0; i < row.FieldCount; i++) hash.Add(isUnfinished && row.GetName(i) == "progress" ? null : row.GetValue(i));
    }

    private static object? Value(ServiceTables.Table table, DbDataReader row, int column)
    {
        if (row.IsDBNull(column)) return null;
        var value = row.GetValue(column);
        // PostgreSQL would hold another text; better no copy than one that differs in a place nobody looks at.
        if (value is string text && !PostgresText.IsValid(text)) throw new DataCopyException($"{table.Name}.{row.GetName(column)} holds a text that is no valid Unicode, or a zero character: {row.GetValue(0)}");
        return value;
    }
}
