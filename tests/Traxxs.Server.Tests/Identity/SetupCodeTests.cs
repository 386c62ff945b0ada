using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Identity;

/// <summary>One code for the first account a database, however many processes ask people for it.</summary>
[TestClass]
public class SetupCodeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly List<ServiceDatabase> _databases = [];

    public void Dispose()
    {
        foreach (var database in _databases) database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void The_code_one_process_made_is_taken_by_every_other_and_once()
    {
        var (first, second) = (Process("api-1"), Process("api-2"));
        var code = File.ReadAllText(first.Prepare()!).Trim();
        Assert.IsNull(second.Prepare(), "the other one has it");
        Assert.IsFalse(File.Exists(second.CodePath));
        Assert.IsTrue(second.IsCode(code) && first.IsCode(code));
        Assert.IsFalse(second.IsCode("00000-00000-00000-00000") || second.IsCode(null) || second.IsCode(""));

        Assert.IsNotNull(second.Run("Lone Works", "Ada", "ada@example.org", "tyres under the bridge"));
        Assert.IsNull(first.Run("Lone Works", "Eve", "eve@example.org", "tyres under the bridge"), "somebody was quicker");
        Assert.IsFalse(first.IsCode(code) || first.IsNeeded);
        Assert.IsNull(first.Prepare());
        Assert.IsFalse(File.Exists(first.CodePath), "its text goes with the next start");
    }

    [TestMethod]
    public void A_new_code_voids_the_one_before_wherever_its_text_stands()
    {
        var api = Process("api");
        var old = File.ReadAllText(api.Prepare()!).Trim();
        var made = Process(null).Renew("command line");
        Assert.IsTrue(api.IsCode(made));
        Assert.IsFalse(api.IsCode(old));
        Assert.IsNull(api.Prepare(), "what stands in its folder is void");
        Assert.IsFalse(File.Exists(api.CodePath));

        // On a folder the file has it too, so that what the console said stays true.
        var beside = Process("api");
        made = beside.Renew("command line");
        Assert.AreEqual(made, File.ReadAllText(beside.CodePath!).Trim());
        Assert.AreEqual(beside.CodePath, api.Prepare());
        Assert.IsNotNull(api.Run("Lone Works", "Ada", "ada@example.org", "tyres under the bridge"));
        Assert.IsNull(beside.Renew("command line"), "there is an account");
        Assert.IsFalse(api.IsCode(made));
    }

    [TestMethod]
    public void The_code_of_a_folder_from_before_databases_had_one_counts_on()
    {
        var process = Process("api");
        File.WriteAllText(process.CodePath!, "ABCDE-FGHJK-MNPQR-STVWX\n");
        Assert.AreEqual(process.CodePath, process.Prepare());
        Assert.IsTrue(process.IsCode("abcde fghjk mnpqr stvwx"));
        Assert.AreEqual("ABCDE-FGHJK-MNPQR-STVWX", File.ReadAllText(process.CodePath!).Trim());
    }

    [TestMethod]
    public void The_database_does_not_hold_the_code_itself()
    {
        var process = Process(null);
        var code = process.Renew("command line")!;
        var kept = _databases[0].Read(session => session.SetupCode.Find())!;
        Assert.HasCount(32, kept.CodeHash);
        Assert.DoesNotContain(code, System.Text.Encoding.Latin1.GetString(kept.CodeHash) + System.Text.Encoding.Latin1.GetString(kept.Salt));
        Assert.DoesNotContain(code, string.Join(' ', _databases[0].Read(session => session.Audit.ReadSystem(0, 10)).Select(entry => entry.ToString())));
    }

    private FirstSetup Process(string? name)
    {
        var database = TestServiceDatabase.Open(this, _folder);
        _databases.Add(database);
        var folder = name is null ? null : Directory.CreateDirectory(_folder.File(name)).FullName;
        var passwords = new Passwords();
        var signIns = new SignIns(database, passwords, new SignInThrottle(), new HashingGate(), _clock, new NoSignInMemory());
        return new FirstSetup(database, new UserAccounts(database, passwords, signIns, _clock), passwords, _clock, folder);
    }
}
