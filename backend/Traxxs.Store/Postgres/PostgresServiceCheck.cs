using Traxxs.Store.Copy;
using Traxxs.Store.Service;

namespace Traxxs.Store.Postgres;

/// <summary>Reads every row of the service tables in a snapshot, and looks whether what it names is there.</summary>
internal sealed class PostgresServiceCheck(PostgresReader.Look look, ServiceSession session, List<string> problems)
{
    /// <summary>Checks all. No cursor may stand behind the last report.</summary>
    public void Run(long lastPosition)
    {
        foreach (var table in ServiceTables.All) session.ForEach(ServiceTables.Select(table), static row => row.GetValues(new object[row.FieldCount]));
        CheckReferences();
        foreach (var index in look.Rows(
            """
            SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'traxxs_schema'::regclass) AND NOT (i.indisvalid AND i.indisready)
            """, row => row.GetString(0))) Say($"the index {index} is not valid: REINDEX INDEX {index}");
        foreach (var (reader, cursor) in new[] { ("rules have", session.Rules.Cursor), ("devices' states have", session.DeviceStates.Cursor) })
        {
            if (cursor > lastPosition) Say($"the {reader} been read up to position {cursor}, but the reports end at {lastPosition}: the two are not of one time");
        }
    }

    // The server keeps to its own references, unless somebody who restored data told it not to look.
    private void CheckReferences()
    {
        var references = look.Rows(
            """
            SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, b.attname FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
            WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 AND c.connamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'traxxs_schema'::regclass) ORDER BY 1, 2
            """, row => (Table: row.GetString(0), Column: row.GetString(1), Target: row.GetString(2), Key: row.GetString(3)));
        foreach (var (table, column, target, key) in references)
        {
            var lost = look.Rows($"SELECT count(*) FROM {table} c WHERE c.\"{column}\" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {target} p WHERE p.\"{key}\" = c.\"{column}\")", row => row.GetInt64(0)).Single();
            if (lost > 0) Say($"service database: {lost} rows of {table} name a row of {target} that is not there");
        }
    }

    private void Say(string problem)
    {
        if (problems.Count < PostgresCheck.ProblemsMax) problems.Add(problem);
    }
}
