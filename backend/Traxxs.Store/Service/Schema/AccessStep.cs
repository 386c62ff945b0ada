namespace Traxxs.Store.Service;

/// <summary>
/// Step 6: what several processes share about who may come in. The code for the first account, as a hash; and the audit entry up to
/// which devices that were shut out have lost their connections. What stands there from before this step counts as done.
/// </summary>
internal static class AccessStep
{
    public const string Sql =
        """
        CREATE TABLE setup_code (
          one INTEGER PRIMARY KEY CHECK (one = 1),
          salt BLOB NOT NULL,
          code_hash BLOB NOT NULL,
          made_ms INTEGER NOT NULL
        );

        CREATE TABLE withdrawal_cursor (one INTEGER PRIMARY KEY CHECK (one = 1), entry INTEGER NOT NULL);
        INSERT INTO withdrawal_cursor SELECT 1, coalesce(max(id), 0) FROM audit;
        """;
}
