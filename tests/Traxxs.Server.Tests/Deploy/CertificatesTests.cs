using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Traxxs.Engines;
using Traxxs.Server.Tests.Support;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Deploy;

/// <summary>What <c>deploy/certificates.sh</c> makes: for whom each certificate is, and who may read which file.</summary>
[TestClass]
public sealed class CertificatesTests
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly TemporaryFolder _folder = new();

    [TestInitialize]
    public void Copy()
    {
        if (EngineProcess.Find("openssl") is null) Assert.Inconclusive("skipped: there is no openssl here");
        File.Copy(RepositoryRoot.PathOf("deploy", "certificates.sh"), _folder.File("certificates.sh"));
    }

    [TestCleanup]
    public void Cleanup() => _folder.Dispose();

    [TestMethod]
    public void Each_is_for_the_names_it_is_reached_by_and_only_a_node_proves_itself_to_another()
    {
        Run("mqtt.example.org");
        using var rabbit = Certificate("rabbitmq");
        foreach (var name in new[] { "rabbitmq", "rabbitmq-1", "rabbitmq-2", "rabbitmq-3", "localhost", "mqtt.example.org" }) Assert.IsTrue(rabbit.MatchesHostname(name), name);
        Assert.AreEqual($"{ServerAuthentication} {ClientAuthentication}", UsesOf(rabbit));
        using var listener = Certificate("listener");
        Assert.IsTrue(listener.MatchesHostname("listener"));
        foreach (var name in new[] { "rabbitmq", "rabbitmq-1", "mqtt.example.org" }) Assert.IsFalse(listener.MatchesHostname(name), name);
        Assert.AreEqual(ServerAuthentication, UsesOf(listener));
    }

    [TestMethod]
    public void No_key_can_be_read_by_others_at_any_moment()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName != "root") throw new AssertInconclusiveException("skipped: only root gives files to other users");
        Run();
        File.WriteAllText(_folder.File("certificates/public.pem"), DayCertificate.Pem("localhost"));
        // It notes, in the place of chmod, what it is asked to open.
        Directory.CreateDirectory(_folder.File("bin"));
        File.WriteAllText(_folder.File("bin/chmod"), $"#!/bin/sh\necho \"$@\" >>{_folder.File("opened")}\nexec /bin/chmod \"$@\"\n");
        File.SetUnixFileMode(_folder.File("bin/chmod"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Run();
        var opened = File.ReadAllLines(_folder.File("opened"));
        Assert.IsTrue(opened.Any(line => line.StartsWith("0644", StringComparison.Ordinal) && line.Contains("ca.pem", StringComparison.Ordinal)), "nothing was noted");
        Assert.IsFalse(opened.Any(line => line.StartsWith("0644", StringComparison.Ordinal) && line.Contains("public.pem", StringComparison.Ordinal)), "it has its key in it");
        const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.GroupRead;
        foreach (var file in Directory.GetFiles(_folder.File("certificates"), "*.key").Append(_folder.File("certificates/public.pem"))) Assert.AreEqual(UnixFileMode.None, File.GetUnixFileMode(file) & Others, file);
    }

    private static string UsesOf(X509Certificate2 certificate) =>
        string.Join(' ', certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Select(use => use.Value));

    private X509Certificate2 Certificate(string name) => X509CertificateLoader.LoadCertificateFromFile(_folder.File($"certificates/{name}.pem"));

    private void Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", ["certificates.sh", .. arguments]) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{_folder.File("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output);
    }
}
