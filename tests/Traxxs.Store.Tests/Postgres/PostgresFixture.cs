using Traxxs.Store.Postgres;
using Traxxs.Testing;

namespace Traxxs.Store.Tests.Postgres;

/// <summary>Databases on the server that tests share.</summary>
internal static class PostgresFixture
{
    /// <summary>Options of a new, empty database; the test ends inconclusive where there is no server.</summary>
    public static PostgresOptions NewDatabase()
    {
        if (PostgresServer.Missing is { } why) Assert.Inconclusive(why);
        return Of(PostgresServer.Shared);
    }

    /// <summary>Options of a new, empty database on a server.</summary>
    public static PostgresOptions Of(PostgresServer server) => new() { Connection = server.NewDatabase(), PasswordFile = server.PasswordFile };
}
