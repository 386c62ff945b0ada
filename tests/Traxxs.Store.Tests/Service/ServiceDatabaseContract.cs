using System.Reflection;
using Traxxs.Store.Service;

namespace Traxxs.Store.Tests.Service;

/// <summary>What a service database promises on every engine. Each engine inherits this and says how it is opened.</summary>
public abstract class ServiceDatabaseContract
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_768_478_400);

    /// <summary>Opens the same database each time within a test.</summary>
    protected abstract ServiceDatabase Open();

    /// <summary>Runs a statement beside the program; throws where the database refuses.</summary>
    protected abstract void Sql(string sql);

    [TestMethod]
    public void Every_table_answers_as_SQLite_does()
    {
        using var folder = new TemporaryFolder();
        using var sqlite = ServiceDatabase.Open(Path.Combine(folder.Path, ServiceDatabase.FileName));
        using var database = Open();
        var (expected, actual) = (ServiceScript.Run(sqlite), ServiceScript.Run(database));
        Assert.HasCount(expected.Count, actual);
        for (var i = 0; i < expected.Count; i++) Assert.AreEqual(expected[i], actual[i]);
    }

    [TestMethod]
    public void What_throws_leaves_nothing_and_what_returns_is_there()
    {
        using var database = Open();
        Assert.ThrowsExactly<InvalidOperationException>(() => database.Write(session =>
        {
            session.DeviceStates.Put("a", "{}");
            throw new InvalidOperationException("half way");
        }));
        Assert.IsNull(database.Read(session => session.DeviceStates.Find("a")));
        Assert.IsNull(database.LastError, "the work was at fault, not the database");
        Assert.AreEqual(3, database.Write(session =>
        {
            session.DeviceStates.Put("a", "{}");
            return 3;
        }));
        Assert.AreEqual("{}", database.Read(session => session.DeviceStates.Find("a")));
    }

    [TestMethod]
    public void What_the_database_refuses_is_said_and_a_probe_makes_it_well_again()
    {
        using var database = Open();
        var error = Assert.ThrowsExactly<StoreUnavailableException>(() => database.Write(session =>
        {
            session.DeviceStates.Put("a", "{}");
            session.Assignments.Assign("nobody's", "nobody", Now);
        }));
        Assert.IsNotNull(database.LastError);
        StringAssert.Contains(error.Message, database.LastError);
        Assert.IsNull(database.Read(session => session.DeviceStates.Find("a")));
        database.Write(session => session.DeviceStates.Put("b", "{}"));
        Assert.IsNotNull(database.LastError, "a commit that needs no page proves nothing");
        database.Probe();
        Assert.IsNull(database.LastError);
        Assert.IsEmpty(database.Read(session => session.Rules.ReadAll()), "a probe leaves nothing");
    }

    [TestMethod]
    public void Two_e_mail_addresses_that_differ_in_case_alone_are_one()
    {
        using var database = Open();
        static User Make(string id, string email) => new() { Id = id, Org = "main", Email = email, Name = "n", Role = "viewer", CreatedAt = Now };
        database.Write(session => session.Users.Put(Make("1", "Ada@example.org")));
        Assert.ThrowsExactly<StoreUnavailableException>(() => database.Write(session => session.Users.Put(Make("2", "aDA@example.org"))));
        Assert.AreEqual("1", database.Read(session => session.Users.FindByEmail("ada@EXAMPLE.org"))!.Id);
    }

    [TestMethod]
    public void The_audit_log_can_be_added_to_and_nothing_else()
    {
        using var database = Open();
        database.Write(session => session.Audit.Add("main", Now, "ada", "did", "it"));
        foreach (var sql in (string[])["UPDATE audit SET org = 'other'", "DELETE FROM audit"]) Assert.Throws<Exception>(() => Sql(sql), sql);
        Assert.HasCount(1, database.Read(session => session.Audit.Read("main", 0, 10)));
    }

    [TestMethod]
    public void A_number_tells_that_another_process_wrote_and_not_that_this_one_did()
    {
        using var here = Open();
        using var there = Open();
        var (atHere, atThere) = (here.ForeignVersion(), there.ForeignVersion());
        here.Write(session => session.DeviceStates.Put("a", "{}"));
        Assert.AreEqual(atHere, here.ForeignVersion());
        Assert.AreNotEqual(atThere, there.ForeignVersion());
        atThere = there.ForeignVersion();
        Assert.AreEqual(atThere, there.ForeignVersion());
        there.Write(session => session.DeviceStates.Put("a", "{1}"));
        Assert.AreNotEqual(atHere, here.ForeignVersion());
    }

    [TestMethod]
    public async Task Processes_that_count_up_the_same_number_lose_no_count()
    {
        using var here = Open();
        using var there = Open();
        const int each = 50;
        await Task.WhenAll(Count(here), Count(there));
        Assert.AreEqual(2 * each, here.Read(session => session.Rules.Cursor));

        static Task Count(ServiceDatabase database) => Task.Run(() =>
        {
            for (var i = 0; i < each; i++) database.Write(session => session.Rules.Cursor = session.Rules.Cursor + 1);
        });
    }

    [TestMethod]
    public void A_reader_sees_one_state_while_others_write()
    {
        using var database = Open();
        database.Write(session => session.Rules.Cursor = 1);
        database.Read(session =>
        {
            Assert.AreEqual(1, session.Rules.Cursor);
            Task.Run(() => database.Write(other => other.Rules.Cursor = 2)).Wait();
            Assert.AreEqual(1, session.Rules.Cursor);
            return true;
        });
        Assert.AreEqual(2, database.Read(session => session.Rules.Cursor));
    }

    [TestMethod]
    public void What_was_erased_is_let_go_of()
    {
        using var database = Open();
        database.Write(session => session.DeviceStates.Put("a", "{}"));
        database.Write(session => session.DeviceStates.Remove("a"));
        database.Checkpoint();
        database.LimitSize(null);
        Assert.IsNull(database.Read(session => session.DeviceStates.Find("a")));
    }

    [TestMethod]
    public void No_table_has_a_call_that_the_script_forgets()
    {
        // Every public method and property of every table stands in the script's source by name.
        var script = File.ReadAllText(Traxxs.Testing.RepositoryRoot.PathOf("tests", "Traxxs.Store.Tests", "Service", "ServiceScript.cs"));
        var forgotten = typeof(ServiceSession).GetProperties()
            .SelectMany(table => table.PropertyType.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Select(method => $"s.{table.Name}.{method.Name.Replace("get_", "").Replace("set_", "")}"))
            .Where(call => !script.Contains(call, StringComparison.Ordinal)).ToList();
        Assert.IsEmpty(forgotten, string.Join(' ', forgotten));
    }
}
