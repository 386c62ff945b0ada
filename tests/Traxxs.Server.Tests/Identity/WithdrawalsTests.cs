using System.Text;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Identity;

/// <summary>Who is shut out loses the connection, whichever process let it in and whoever shut it out.</summary>
[TestClass]
public class WithdrawalsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ServiceDatabase _database;
    private readonly DeviceRegistry _devices;
    private readonly List<string> _withdrawn = [];

    public WithdrawalsTests()
    {
        _database = TestServiceDatabase.Open(this, _folder);
        _devices = new DeviceRegistry(_database, _clock);
        _devices.Withdrawn += _withdrawn.Add;
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void A_device_another_process_let_in_loses_its_connection_when_a_third_replaces_its_secret()
    {
        using var beside = TestServiceDatabase.Open(this, _folder);
        var commandLine = new DeviceRegistry(beside, _clock);
        foreach (var id in new[] { "insole-1", "insole-2", "insole-3" }) commandLine.Provision("main", id, "command line");
        var (withdrawals, watch) = (new Withdrawals(_database, _devices), new CredentialWatch(_database, _clock));
        watch.Changed += withdrawals.Want;
        Tick(withdrawals, watch);
        Assert.IsEmpty(_withdrawn, "nobody had a secret before");

        commandLine.Provision("main", "insole-2", "command line");
        commandLine.Revoke("main", "insole-3", "command line");
        watch.Tick();
        withdrawals.Tick();
        Assert.IsEmpty(_withdrawn, "not asked again so soon");
        Tick(withdrawals, watch);
        Assert.AreEqual("insole-2 insole-3", string.Join(' ', _withdrawn));
        Tick(withdrawals, watch);
        Assert.HasCount(2, _withdrawn, "once is enough");
    }

    [TestMethod]
    public void What_happened_while_no_process_was_there_is_carried_out_by_the_next_once()
    {
        _devices.Provision("main", "insole-1", "ada");
        _devices.Provision("main", "insole-1", "ada");
        _withdrawn.Clear();
        new Withdrawals(_database, _devices).Tick();
        Assert.AreEqual("insole-1", string.Join(' ', _withdrawn));
        new Withdrawals(_database, _devices).Tick();
        Assert.HasCount(1, _withdrawn, "the mark is everybody's");
    }

    [TestMethod]
    public void More_than_one_look_takes_is_taken_in_several()
    {
        var ids = Enumerable.Range(0, 1500).Select(i => $"insole-{i:0000}").ToList();
        _devices.ProvisionAll("main", ids, "ada");
        _devices.ProvisionAll("main", ids, "ada");
        _withdrawn.Clear();
        var withdrawals = new Withdrawals(_database, _devices);
        withdrawals.Tick();
        Assert.HasCount(1000, _withdrawn);
        withdrawals.Tick();
        CollectionAssert.AreEqual(ids, _withdrawn);
    }

    [TestMethod]
    public void Who_came_back_with_the_new_secret_elsewhere_is_not_closed_again()
    {
        var old = _devices.Provision("main", "insole-1", "ada");
        Assert.IsTrue(_devices.Verify("insole-1", Encoding.UTF8.GetBytes(old)));
        using var beside = TestServiceDatabase.Open(this, _folder);
        new DeviceRegistry(beside, _clock).Provision("main", "insole-1", "command line");
        _devices.Forget("insole-1"); // the word of the listener that noticed first,
        new Withdrawals(beside, new DeviceRegistry(beside, _clock)).Tick(); // which marked it
        new Withdrawals(_database, _devices).Tick();
        Assert.IsEmpty(_withdrawn);
    }

    [TestMethod]
    public void Devices_of_an_organisation_another_process_closed_lose_their_connections_though_its_word_was_lost()
    {
        new Organisations(_database, _clock).Add("other", "Other", "ada");
        foreach (var id in new[] { "insole-1", "insole-2" }) _devices.Provision("other", id, "ada");
        _devices.Provision("main", "insole-3", "ada");
        _devices.Revoke("other", "insole-2", "ada");
        var (withdrawals, watch) = (new Withdrawals(_database, _devices), new CredentialWatch(_database, _clock));
        watch.Changed += withdrawals.Want;
        Tick(withdrawals, watch);
        _withdrawn.Clear();

        using var beside = TestServiceDatabase.Open(this, _folder);
        var elsewhere = new Organisations(beside, _clock); // nobody hears its Closed
        elsewhere.Change("other", new OrganisationChange { Closed = true }, "bob");
        Tick(withdrawals, watch);
        Assert.AreEqual("insole-1", string.Join(' ', _withdrawn), "who was shut out before is gone already, and other organisations' stay");
        elsewhere.Change("other", new OrganisationChange { Name = "Others" }, "bob");
        Tick(withdrawals, watch);
        Assert.HasCount(1, _withdrawn, "once is enough");
    }

    [TestMethod]
    public void An_organisation_opened_again_before_anybody_looked_keeps_its_connections()
    {
        var organisations = new Organisations(_database, _clock);
        organisations.Add("other", "Other", "ada");
        _devices.Provision("other", "insole-1", "ada");
        organisations.Change("other", new OrganisationChange { Closed = true }, "ada");
        organisations.Change("other", new OrganisationChange { Closed = false }, "ada");
        new Withdrawals(_database, _devices).Tick();
        Assert.IsEmpty(_withdrawn);
    }

    private void Tick(Withdrawals withdrawals, CredentialWatch watch)
    {
        _clock.Advance(CredentialWatch.Interval);
        watch.Tick();
        withdrawals.Tick();
    }
}
