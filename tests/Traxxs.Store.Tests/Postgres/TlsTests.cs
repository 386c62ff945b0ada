using Traxxs.Engines;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Testing;

namespace Traxxs.Store.Tests.Postgres;

/// <summary>A server that speaks TLS is believed by its certificate and its name.</summary>
[TestClass]
public sealed class TlsTests
{
    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void Cleanup() => _folder.Dispose();

    [TestMethod]
    public void The_right_certificate_with_the_right_name_is_taken_and_no_other()
    {
        var plain = PostgresFixture.NewDatabase();
        var right = Make("right");
        Make("wrong");
        Install(right.Certificate, right.Key);
        try
        {
            var named = new UriBuilder(plain.Connection) { Host = "localhost" }.Uri.AbsoluteUri;
            using (var database = ServiceDatabase.OpenPostgres(plain with { Connection = $"{named}?sslmode=verify-full&sslrootcert={PathOf("right")}" }))
            {
                Assert.AreEqual(true, database.Read(session => session.Scalar("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")));
            }

            foreach (var connection in new[] { $"{named}?sslmode=verify-full&sslrootcert={PathOf("wrong")}", $"{plain.Connection}?sslmode=verify-full&sslrootcert={PathOf("right")}" })
            {
                Assert.ThrowsExactly<StoreUnavailableException>(() => ServiceDatabase.OpenPostgres(plain with { Connection = connection }));
                Assert.ThrowsExactly<StoreUnavailableException>(() => PostgresReportStore.Open(plain with { Connection = connection }));
            }
        }
        finally
        {
            PostgresServer.Shared.Sql("ALTER SYSTEM SET ssl = off");
            PostgresServer.Shared.Sql("SELECT pg_reload_conf()");
        }
    }

    private string PathOf(string name) => Path.Combine(_folder.Path, $"{name}.crt");

    // For its name alone, not for its address.
    private (string Certificate, string Key) Make(string name)
    {
        var made = DayCertificate.SelfSigned("localhost");
        File.WriteAllText(PathOf(name), made.Certificate);
        return made;
    }

    // Written by the server itself, whose files they must be.
    private static void Install(string certificate, string key)
    {
        foreach (var (name, text) in new[] { ("server.crt", certificate), ("server.key", key) })
            PostgresServer.Shared.Sql($"COPY (SELECT unnest(string_to_array('{text}', E'\\n'))) TO PROGRAM 'umask 077; cat >{name}'");
        PostgresServer.Shared.Sql("ALTER SYSTEM SET ssl = on");
        PostgresServer.Shared.Sql("SELECT pg_reload_conf()");
        for (var i = 0; PostgresServer.Shared.Sql("SHOW ssl") != "on"; i++) Assert.IsLessThan(600, i, "the server does not take TLS");
    }
}
