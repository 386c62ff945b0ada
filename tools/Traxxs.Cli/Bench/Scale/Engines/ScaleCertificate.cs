using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Traxxs.Server.Identity;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>A certificate of <c>localhost</c> for a day, its own authority, with a key as insoles' servers have them (P-256).</summary>
internal static class ScaleCertificate
{
    /// <summary>Writes <c>server.pem</c> and <c>server.key</c>; the key is read by its owner alone.</summary>
    public static (string Certificate, string Key) Write(string folder)
    {
        var (file, keyFile) = (Path.Combine(folder, "server.pem"), Path.Combine(folder, "server.key"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n");
        SecretFile.WriteNew(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
        return (file, keyFile);
    }
}
