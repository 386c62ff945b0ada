using System.Security.Cryptography;
using System.Text.Json;
using Traxxs.Cli.Tests.Flash;
using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;

namespace Traxxs.Cli.Tests.Firmware;

/// <summary><c>firmware key</c>, <c>sign</c>, <c>show</c>, <c>push</c>, and the key on a board.</summary>
[TestClass]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FirmwareTests
{
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-firmware-").FullName;

    public required TestContext TestContext { get; set; }

    private string Private => Path.Combine(_folder, "keys", "update.private.pem");

    private string Public => Path.Combine(_folder, "keys", "update.public.pem");

    private string Signed => Path.Combine(_folder, "f.xsfw");

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task A_key_is_made_once_its_private_half_for_its_owner_alone()
    {
        Assert.AreEqual(0, (await MakeKeyAsync()).Exit);
        if (!OperatingSystem.IsWindows()) Assert.AreEqual(OwnersAlone, File.GetUnixFileMode(Private));
        using var key = RSA.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(Private, TestContext.CancellationToken));
        var parameters = key.ExportParameters(false);
        Assert.AreEqual((2048, "010001"), (key.KeySize, Convert.ToHexString(parameters.Exponent!)));
        Assert.DoesNotContain("PRIVATE", await File.ReadAllTextAsync(Public, TestContext.CancellationToken));
        var before = await File.ReadAllTextAsync(Private, TestContext.CancellationToken);
        var again = await MakeKeyAsync();
        Assert.AreEqual(1, again.Exit);
        StringAssert.Contains(again.Errors, "is there already");
        Assert.AreEqual(before, await File.ReadAllTextAsync(Private, TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task An_image_is_signed_shown_and_told_from_one_that_was_changed()
    {
        await MakeKeyAsync();
        var signed = await SignAsync("1.2.3", "--json");
        Assert.AreEqual(0, signed.Exit, signed.Errors);
        StringAssert.Contains(signed.Errors, "only a simulated board", "a file that is no image of the device's runtime is noted");
        var shown = await ToolAsync("firmware", "show", Signed, "--key", Public, "--json");
        Assert.AreEqual(0, shown.Exit, shown.Errors);
        var json = JsonDocument.Parse(shown.Output).RootElement;
        Assert.AreEqual(("1.2.3", 1000, 1272, true), (json.GetProperty("version").GetString(), json.GetProperty("imageSize").GetInt32(), json.GetProperty("size").GetInt32(), json.GetProperty("signed").GetBoolean()));
        Assert.AreEqual(json.GetProperty("sha256").GetString(), JsonDocument.Parse(signed.Output).RootElement.GetProperty("sha256").GetString());

        var bytes = await File.ReadAllBytesAsync(Signed, TestContext.CancellationToken);
        bytes[500] ^= 1;
        await File.WriteAllBytesAsync(Signed, bytes, TestContext.CancellationToken);
        var changed = await ToolAsync("firmware", "show", Signed, "--key", Public);
        Assert.AreEqual(1, changed.Exit);
        StringAssert.Contains(changed.Output, "NOT of this key");
    }

    [TestMethod]
    public async Task What_will_not_do_is_refused_with_a_sentence()
    {
        await MakeKeyAsync();
        var wrong = await SignAsync("1.2");
        Assert.AreEqual(2, wrong.Exit);
        StringAssert.Contains(wrong.Errors, "three numbers");
        foreach (var (key, says) in new[] { (Public, "no private key"), (Path.Combine(_folder, "none"), "there is no file") })
        {
            var run = await ToolAsync("firmware", "sign", Image(1000), "--version", "1.0.0", "--key", key, "--out", Signed);
            Assert.AreEqual(1, run.Exit);
            StringAssert.Contains(run.Errors, says);
        }

        var large = await ToolAsync("firmware", "sign", Image(131_000), "--version", "1.0.0", "--key", Private, "--out", Signed);
        StringAssert.Contains(large.Errors, "at most 130800 fit");
        File.SetUnixFileMode(Private, OwnersAlone | UnixFileMode.GroupRead);
        var open = await SignAsync("1.0.0");
        Assert.AreEqual(1, open.Exit);
        StringAssert.Contains(open.Errors, "can be read by others");
        Assert.IsFalse(File.Exists(Signed));
        var shown = await ToolAsync("firmware", "show", Image(1000));
        Assert.AreEqual(1, shown.Exit);
        StringAssert.Contains(shown.Errors, "no .xsfw");
    }

    [TestMethod]
    public async Task An_image_is_pushed_to_one_device_to_all_and_not_where_it_is_not_newer()
    {
        await MakeKeyAsync();
        await SignAsync("1.2.3");
        var options = new ServerOptions { DataFolder = Path.Combine(_folder, "data"), MqttPort = 0, HttpPort = 0, UpdateKey = Public };
        await using var host = await ServerHost.StartAsync(options, cancellationToken: TestContext.CancellationToken);
        foreach (var id in new[] { "shoe-1", "shoe-2", "shoe-3" }) host.Provision(id);
        host.Devices.Revoke("main", "shoe-3", "test");
        var token = Path.Combine(_folder, "token");
        await File.WriteAllTextAsync(token, host.Tokens.Create("main", "release", Role.Admin, null, "test").Text + "\n", TestContext.CancellationToken);

        string[] push = ["firmware", "push", Signed, "--server", host.ApiAddress.ToString(), "--token-file", token];
        var one = await ToolAsync([.. push, "--device", "shoe-1", "--json"]);
        Assert.AreEqual(0, one.Exit, one.Errors);
        Assert.IsTrue(JsonDocument.Parse(one.Output).RootElement.GetProperty("uploaded").GetBoolean());
        var all = await ToolAsync([.. push, "--all", "--json"]);
        Assert.AreEqual(0, all.Exit, all.Errors);
        var told = JsonDocument.Parse(all.Output).RootElement;
        Assert.IsFalse(told.GetProperty("uploaded").GetBoolean(), "it is there");
        CollectionAssert.AreEqual(new[] { "shoe-1", "shoe-2" }, told.GetProperty("offered").EnumerateArray().Select(id => id.GetString()).ToArray());
        Assert.AreEqual(Traxxs.Store.Service.UpdateState.Offered, host.Database.Read(session => session.Updates.Find("shoe-2"))!.State);

        var nobody = await ToolAsync([.. push, "--device", "shoe-9"]);
        Assert.AreEqual(1, nobody.Exit);
        StringAssert.Contains(nobody.Output, "There is no device");
        using (var other = RSA.Create(2048)) await File.WriteAllBytesAsync(Signed, Traxxs.Server.Firmware.ImageFile.Sign([1, 2], 66_052, other).Bytes, TestContext.CancellationToken);
        var stranger = await ToolAsync([.. push, "--all"]);
        Assert.AreEqual(1, stranger.Exit);
        StringAssert.Contains(stranger.Errors, "not signed with this server's update key");
        var away = await ToolAsync("firmware", "push", Signed, "--server", "http://192.0.2.1/", "--token-file", token);
        Assert.AreEqual(2, away.Exit);
        StringAssert.Contains(away.Errors, "https://");
    }

    [TestMethod]
    public async Task A_board_gets_the_key_as_its_modulus_and_nothing_that_is_private()
    {
        await MakeKeyAsync();
        var bundle = Path.Combine(_folder, "bundle");
        string[] provision = ["provision", "shoe-1", "--data", Path.Combine(_folder, "data"), "--bundle", bundle, "--wifi-ssid", "hall", "--wifi-open", "--host", "h", "--insecure"];
        var refused = await ToolAsync([.. provision, "--update-key", Private]);
        Assert.AreEqual(2, refused.Exit);
        StringAssert.Contains(refused.Errors, "private key");
        Assert.IsFalse(Directory.Exists(bundle));
        var run = await ToolAsync([.. provision, "--update-key", Public, "--json"]);
        Assert.AreEqual(0, run.Exit, run.Errors);
        using var key = RSA.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(Public, TestContext.CancellationToken));
        var written = await File.ReadAllBytesAsync(Path.Combine(bundle, "update.key"), TestContext.CancellationToken);
        Assert.AreEqual(Convert.ToHexString(key.ExportParameters(false).Modulus!), Convert.ToHexString(written));
        StringAssert.Contains(await File.ReadAllTextAsync(Path.Combine(bundle, "deploy.json"), TestContext.CancellationToken), "I:\\\\update.key");
    }

    private Task<Tool.Result> ToolAsync(params IEnumerable<string> arguments) => Tool.RunAsync(TestContext, arguments);

    private Task<Tool.Result> MakeKeyAsync() => ToolAsync("firmware", "key", "--out", Path.Combine(_folder, "keys"));

    private Task<Tool.Result> SignAsync(string version, params IEnumerable<string> more) =>
        ToolAsync(["firmware", "sign", Image(1000), "--version", version, "--key", Private, "--out", Signed, .. more]);

    private string Image(int bytes)
    {
        var path = Path.Combine(_folder, $"{bytes}.pe");
        File.WriteAllBytes(path, new byte[bytes]);
        return path;
    }
}
