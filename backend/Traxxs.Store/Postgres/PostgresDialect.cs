using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Traxxs.Store.Service;

namespace Traxxs.Store.Postgres;

/// <summary>
/// PostgreSQL: named parameters become numbered ones. An absent one is written as NULL into the text, since the server would not know
/// its type; so a statement has as many forms as it has combinations of absent ones, each prepared by itself.
/// </summary>
internal sealed partial class PostgresDialect : ServiceDialect
{
    public static readonly PostgresDialect Instance = new();

    // Far more than the statements there are and the forms they take; who copies whole tables meets more.
    private const int FormsMax = 4096;

    private readonly ConcurrentDictionary<(string Sql, string Absent), Form> _forms = new();

    // Digests do not shrink when they are stored.
    public override string LongText => "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 512) AS n)";

    public override DbCommand Command(DbConnection connection, DbTransaction? transaction, string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var absent = "";
        foreach (var (name, value) in parameters)
        {
            if (value is null) absent += name;
        }

        if (!_forms.TryGetValue((sql, absent), out var form))
        {
            if (_forms.Count >= FormsMax) _forms.Clear();
            form = _forms[(sql, absent)] = Write(sql, parameters);
        }

        var command = new NpgsqlCommand(form.Text, (NpgsqlConnection)connection, (NpgsqlTransaction?)transaction);
        foreach (var index in form.Order) command.Parameters.Add(new NpgsqlParameter { Value = parameters[index].Value is string text ? PostgresText.Cleaned(text) : parameters[index].Value });
        return command;
    }

    public override string IgnoringCase(string text) => $"lower({text} COLLATE \"C\")";

    public override string LastNumber(string table, string column) => $"SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('{table}', '{column}')::regclass), 0)";

    public override string ContinueNumbers(string table, string column, long last) =>
        string.Create(CultureInfo.InvariantCulture, $"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), {last})");

    private static Form Write(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var order = new List<int>();
        var text = new System.Text.StringBuilder();
        var written = 0;
        foreach (var match in Names().EnumerateMatches(sql))
        {
            text.Append(sql, written, match.Index - written);
            written = match.Index + match.Length;
            var index = IndexOf(parameters, sql.AsSpan(match.Index, match.Length));
            if (parameters[index].Value is null)
            {
                text.Append("NULL");
                continue;
            }

            if (!order.Contains(index)) order.Add(index);
            text.Append('$').Append(order.IndexOf(index) + 1);
        }

        return new Form(text.Append(sql, written, sql.Length - written).ToString(), [.. order]);
    }

    private static int IndexOf(ReadOnlySpan<(string Name, object? Value)> parameters, ReadOnlySpan<char> name)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            if (name.SequenceEqual(parameters[i].Name)) return i;
        }

        throw new InvalidOperationException($"a statement of the service database has no value for {name}");
    }

    [GeneratedRegex(@"\$[A-Za-z]\w*")]
    private static partial Regex Names();

    private readonly record struct Form(string Text, int[] Order);
}
