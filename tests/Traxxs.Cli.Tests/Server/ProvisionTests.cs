using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Traxxs.Cli.Server;
using Traxxs.Cli.Tests.Flash;
using Traxxs.Device;

namespace Traxxs.Cli.Tests.Server;

/// <summary><c>provision</c> with <c>--bundle</c>: the files are what the board's own reader takes, and nobody else can read them.</summary>
[TestClass]
public sealed class ProvisionTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-provision-").FullName;

    public required TestContext TestContext { get; set; }

    private string Bundle => Path.Combine(_folder, "bundle");

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task A_bundle_is_what_the_board_reads_and_what_the_server_knows()
    {
        var ca = WriteCa(DateTimeOffset.UtcNow.AddYears(5));
        var run = await RunAsync("shoe-1", "--wifi-ssid", "hall 7", "--wifi-psk-file", WritePsk("correct horse"), "--host", "xsole.example", "--ca", ca, "--json");
        Assert.AreEqual(0, run.Exit, run.Errors);
        var config = DeviceConfig.TryParse(await File.ReadAllTextAsync(Path.Combine(Bundle, "device.cfg"), TestContext.CancellationToken), out var problem);
        Assert.IsNotNull(config, problem);
        Assert.AreEqual(("shoe-1", "hall 7", "correct horse", "xsole.example", 8883, "ca.der"), (config.Id, config.Ssid, config.Psk, config.Host, config.Port, config.CaFile));
        Assert.IsGreaterThanOrEqualTo(20, config.Secret.Length);
        using var written = X509CertificateLoader.LoadCertificate(await File.ReadAllBytesAsync(Path.Combine(Bundle, "ca.der"), TestContext.CancellationToken));
        Assert.AreEqual("CN=bench", written.Subject);
        Assert.DoesNotContain(config.Secret, run.Output + run.Errors, "the secret stands in the file and nowhere else");
        Assert.AreEqual("shoe-1", JsonDocument.Parse(run.Output).RootElement.GetProperty("id").GetString());
        Assert.IsTrue(File.Exists(Path.Combine(_folder, "data", "service.db")) || Directory.GetFiles(Path.Combine(_folder, "data")).Length > 0, "the server knows the device");
    }

    [TestMethod]
    public async Task Nanoff_is_told_to_copy_each_file_to_the_root_the_board_reads()
    {
        var ca = WriteCa(DateTimeOffset.UtcNow.AddYears(5));
        var run = await RunAsync("shoe-1", "--wifi-ssid", "hall", "--wifi-open", "--host", "h", "--ca", ca);
        Assert.AreEqual(0, run.Exit, run.Errors);
        var deploy = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Bundle, "deploy.json"), TestContext.CancellationToken)).RootElement;
        var files = deploy.GetProperty("files").EnumerateArray()
            .Select(file => (file.GetProperty("DestinationFilePath").GetString(), file.GetProperty("SourceFilePath").GetString())).ToList();
        CollectionAssert.AreEqual(new[] { ("I:\\device.cfg", "device.cfg"), ("I:\\ca.der", "ca.der") }, files);
    }

    [TestMethod]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_can_read_the_files_whatever_stood_there_before()
    {
        if (OperatingSystem.IsWindows()) Assert.Inconclusive("Windows has no file modes");
        Directory.CreateDirectory(Bundle);
        await File.WriteAllTextAsync(Path.Combine(Bundle, "device.cfg"), "open to all", TestContext.CancellationToken);
        File.SetUnixFileMode(Path.Combine(Bundle, "device.cfg"), (UnixFileMode)0b110_100_100);
        var run = await RunAsync("shoe-1", "--wifi-ssid", "hall", "--wifi-open", "--host", "h", "--insecure");
        Assert.AreEqual(0, run.Exit, run.Errors);
        foreach (var file in Directory.GetFiles(Bundle)) Assert.AreEqual((UnixFileMode)0b110_000_000, File.GetUnixFileMode(file), file);
    }

    [TestMethod]
    [DataRow("--wifi-open --host h --insecure", "--bundle needs --wifi-ssid")]
    [DataRow("--wifi-ssid w --wifi-open --insecure", "--bundle needs --host")]
    [DataRow("--wifi-ssid w --host h --insecure", "--wifi-psk-file, or --wifi-open")]
    [DataRow("--wifi-ssid w --wifi-open --host h", "--ca, or --insecure")]
    [DataRow("--wifi-ssid 123456789012345678901234567890123 --wifi-open --host h --insecure", "more than 32 bytes")]
    [DataRow("--wifi-ssid w --wifi-open --host h --insecure --port 70000", "cannot be understood")]
    public async Task What_a_board_could_not_use_is_refused_before_a_secret_is_made(string arguments, string problem)
    {
        var run = await RunAsync(["shoe-1", .. arguments.Split(' ')]);
        Assert.AreEqual(2, run.Exit);
        Assert.Contains(problem, run.Errors);
        Assert.IsFalse(Directory.Exists(Path.Combine(_folder, "data")), "nothing was registered");
        Assert.IsFalse(Directory.Exists(Bundle), "nothing was written");
    }

    [TestMethod]
    [DataRow(" edge ", "space")]
    [DataRow("two\nlines", "control character")]
    public void A_value_the_file_cannot_carry_is_refused_by_name(string ssid, string problem)
    {
        Assert.IsNull(DeviceBundle.TryCreate(new DeviceBundle.Parts("shoe-1", ssid, null, "h", null, null), out var why));
        Assert.Contains("ssid", why);
        Assert.Contains(problem, why);
    }

    [TestMethod]
    public void A_password_WPA2_does_not_take_is_refused()
    {
        Assert.IsNull(DeviceBundle.TryCreate(new DeviceBundle.Parts("shoe-1", "w", "short", "h", null, null), out var why));
        Assert.Contains("8 to 63", why);
    }

    [TestMethod]
    public void A_CA_that_is_none_is_expired_or_is_several_is_refused()
    {
        var old = File.ReadAllText(WriteCa(DateTimeOffset.UtcNow.AddDays(-1)));
        var good = File.ReadAllText(WriteCa(DateTimeOffset.UtcNow.AddDays(9)));
        foreach (var (pem, problem) in new[] { ("no pem", "0 certificates"), (old, "expired"), (good + "\n" + good, "2 certificates") })
        {
            Assert.IsNull(DeviceBundle.TryCreate(new DeviceBundle.Parts("shoe-1", "w", null, "h", null, pem), out var why));
            Assert.Contains(problem, why);
        }
    }

    [TestMethod]
    public async Task Without_a_bundle_the_secret_is_printed_once()
    {
        var run = await Tool.RunAsync(TestContext, "provision", "shoe-1", "--data", Path.Combine(_folder, "data"), "--json");
        Assert.AreEqual(0, run.Exit, run.Errors);
        Assert.IsGreaterThanOrEqualTo(20, JsonDocument.Parse(run.Output).RootElement.GetProperty("secret").GetString()!.Length);
    }

    private Task<Tool.Result> RunAsync(params IEnumerable<string> arguments) =>
        Tool.RunAsync(TestContext, ["provision", .. arguments, "--data", Path.Combine(_folder, "data"), "--bundle", Bundle]);

    private string WritePsk(string psk)
    {
        var path = Path.Combine(_folder, "psk");
        File.WriteAllText(path, psk + "\n");
        return path;
    }

    private string WriteCa(DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256).CreateSelfSigned(until.AddYears(-1), until);
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".pem");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        return path;
    }
}
