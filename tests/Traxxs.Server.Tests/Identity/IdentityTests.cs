using System.Text;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Identity;

[TestClass]
public class IdentityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ServiceDatabase _database;
    private readonly DeviceRegistry _devices;
    private readonly AccessTokens _tokens;

    public IdentityTests()
    {
        _database = TestServiceDatabase.Open(this, _folder);
        _devices = new DeviceRegistry(_database, _clock);
        _tokens = new AccessTokens(_database, _clock);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void A_device_is_known_by_its_secret_alone()
    {
        var secret = _devices.Provision("main", "insole-1", "ada");
        _devices.Provision("main", "insole-2", "ada");
        Assert.IsTrue(Verify("insole-1", secret));
        Assert.IsFalse(Verify("insole-2", secret));
        Assert.IsFalse(Verify("insole-3", secret));
        Assert.IsFalse(Verify("insole-1", secret[..^1]));
        Assert.IsFalse(Verify("insole-1", ""));
        Assert.IsFalse(Verify("", secret));
        Assert.AreEqual(43, secret.Length);
    }

    [TestMethod]
    public void A_replaced_secret_voids_the_old_one_and_a_revoked_device_stays_out_until_provisioned_again()
    {
        var withdrawn = new List<string>();
        _devices.Withdrawn += withdrawn.Add;
        var first = _devices.Provision("main", "insole-1", "ada");
        var second = _devices.Provision("main", "insole-1", "ada");
        Assert.IsFalse(Verify("insole-1", first));
        Assert.IsTrue(Verify("insole-1", second));
        Assert.IsTrue(_devices.Revoke("main", "insole-1", "ada"));
        Assert.IsFalse(Verify("insole-1", second));
        Assert.IsFalse(_devices.Revoke("main", "insole-9", "ada"));
        Assert.IsTrue(Verify("insole-1", _devices.Provision("main", "insole-1", "ada")));
        Assert.HasCount(3, withdrawn);
    }

    [TestMethod]
    public void What_another_process_provisions_holds_at_once()
    {
        using var beside = TestServiceDatabase.Open(this, _folder);
        var secret = new DeviceRegistry(beside, _clock).Provision("main", "insole-1", "command line");
        Assert.IsTrue(Verify("insole-1", secret));
        new DeviceRegistry(beside, _clock).Revoke("main", "insole-1", "command line");
        Assert.IsFalse(Verify("insole-1", secret));
    }

    [TestMethod]
    [DataRow("insole-1", true)]
    [DataRow("A.b_c-9", true)]
    [DataRow("", false)]
    [DataRow("a/b", false)]
    [DataRow("+", false)]
    [DataRow("#", false)]
    [DataRow("$SYS", false)]
    [DataRow("..", false)]
    [DataRow("ä", false)]
    [DataRow("a b", false)]
    public void A_device_id_can_stand_in_a_topic_and_a_file_name(string id, bool valid) => Assert.AreEqual(valid, DeviceId.IsValid(id));

    [TestMethod]
    public void Secrets_stand_nowhere_in_the_data_folder_but_in_the_operators_file()
    {
        var secret = _devices.Provision("main", "insole-1", "ada");
        var (text, _) = _tokens.Create("main", "ben", Role.Viewer, null, "ada");
        var admin = _tokens.EnsureAdmin(_folder.Path)!;
        _database.Dispose();
        foreach (var file in Directory.GetFiles(_folder.Path))
        {
            var bytes = File.ReadAllBytes(file);
            Assert.IsLessThan(0, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(secret)), file);
            Assert.IsLessThan(0, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text.Split('.')[2])), file);
            if (!file.EndsWith(AccessTokens.AdminFile)) Assert.IsLessThan(0, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(admin.Split('.')[2])), file);
        }
    }

    [TestMethod]
    public void The_first_start_makes_one_operator_whose_file_only_its_owner_reads()
    {
        var text = _tokens.EnsureAdmin(_folder.Path);
        Assert.AreEqual(Role.Operator, _tokens.Authenticate(text)!.Role);
        Assert.AreEqual(text, _tokens.EnsureAdmin(_folder.Path));
        Assert.HasCount(1, _database.Read(session => session.Tokens.List(null)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File(AccessTokens.AdminFile)));
        }

        // The file was taken away, as it should be once read: no second operator appears.
        File.Delete(_folder.File(AccessTokens.AdminFile));
        Assert.IsNull(_tokens.EnsureAdmin(_folder.Path));
        Assert.HasCount(1, _database.Read(session => session.Tokens.List(null)));
    }

    [TestMethod]
    public void A_token_ends_by_its_time_or_by_being_revoked()
    {
        var (text, token) = _tokens.Create("main", "ben", Role.Supervisor, _clock.GetUtcNow().AddHours(1), "ada");
        Assert.AreEqual("ben", _tokens.Authenticate(text)!.Name);
        _clock.Advance(TimeSpan.FromMinutes(60));
        Assert.IsNull(_tokens.Authenticate(text));

        (text, token) = _tokens.Create("main", "eve", Role.Viewer, null, "ada");
        Assert.IsTrue(_tokens.Revoke("main", token.Id, "ada"));
        Assert.IsNull(_tokens.Authenticate(text));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("txs")]
    [DataRow("txs..")]
    [DataRow("txs.nobody.nothing")]
    [DataRow("a.b.c.d")]
    public void What_is_no_token_is_nobody(string? text) => Assert.IsNull(_tokens.Authenticate(text));

    private bool Verify(string id, string secret) => _devices.Verify(id, Encoding.UTF8.GetBytes(secret));
}
