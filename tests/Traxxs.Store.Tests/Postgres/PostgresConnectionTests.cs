using Traxxs.Store.Postgres;

namespace Traxxs.Store.Tests.Postgres;

/// <summary>What is refused of a connection before anything is connected; no server is needed.</summary>
[TestClass]
public sealed class PostgresConnectionTests
{
    [TestMethod]
    [DataRow("postgres://ada:hunter2@db.example.org/traxxs?sslmode=verify-full", "names a password")]
    [DataRow("Host=localhost;Username=ada;Password=hunter2;Database=traxxs", "names a password")]
    [DataRow("postgres://ada@db.example.org/traxxs?sslmode=require", "certificate would not be verified")]
    [DataRow("postgres://ada@db.example.org/traxxs?sslmode=disable", "certificate would not be verified")]
    [DataRow("postgres://ada@localhost,db.example.org/traxxs?sslmode=disable", "neither")]
    [DataRow("Host=localhost,db.example.org;Username=ada;Database=traxxs;SSL Mode=Disable", "certificate would not be verified")]
    [DataRow("postgres://localhost/traxxs", "names no user")]
    [DataRow("postgres://ada@localhost", "names no database")]
    [DataRow("Username=ada;Database=traxxs", "names no host")]
    [DataRow("postgres://ada@localhost/traxxs?sslmode", "has no value")]
    [DataRow("postgres://ada@localhost/traxxs?colour=red", "neither")]
    [DataRow("traxxs.db", "neither")]
    public void A_wrong_connection_is_refused_with_a_sentence_and_without_its_secret(string connection, string expected)
    {
        var error = Assert.ThrowsExactly<StoreConfigurationException>(() => PostgresConnection.Require(new PostgresOptions { Connection = connection }));
        StringAssert.Contains(error.Message, expected);
        Assert.DoesNotContain("hunter2", error.ToString());
    }

    [TestMethod]
    [DataRow("postgres://ada@127.0.0.1:5433/traxxs", false, "127.0.0.1:5433/traxxs")]
    [DataRow("postgresql://ada@[::1]/traxxs", false, "::1:5432/traxxs")]
    [DataRow("postgres://ada@db.example.org/traxxs", false, "db.example.org:5432/traxxs")]
    [DataRow("postgres://ada@db.example.org/traxxs?sslmode=require", true, "db.example.org:5432/traxxs")]
    [DataRow("postgres://ada@localhost/traxxs?host=/run/postgresql", false, "/run/postgresql:5432/traxxs")]
    [DataRow("Host=db.example.org;Username=ada;Database=traxxs", false, "db.example.org:5432/traxxs")]
    public void A_right_one_is_named_without_its_user(string connection, bool insecure, string expected)
    {
        var options = new PostgresOptions { Connection = connection, Insecure = insecure };
        PostgresConnection.Require(options);
        Assert.AreEqual(expected, PostgresConnection.NameOf(options));
    }

    [TestMethod]
    public void A_password_file_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("skipped: file modes are those of Unix");
            return;
        }

        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "password");
        var options = new PostgresOptions { Connection = "postgres://ada@localhost/traxxs", PasswordFile = file };
        StringAssert.Contains(Assert.ThrowsExactly<StoreConfigurationException>(() => PostgresConnection.Require(options)).Message, "cannot be read");
        File.WriteAllText(file, "secret\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        StringAssert.Contains(Assert.ThrowsExactly<StoreConfigurationException>(() => PostgresConnection.Require(options)).Message, "chmod 600");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        PostgresConnection.Require(options);
    }
}
