using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Traxxs.Testing;

/// <summary>Certificates for a day, made when a test needs one.</summary>
public static class TestCertificate
{
    /// <summary>A self-signed certificate for a DNS name and its key, both PEM, as one file.</summary>
    public static string Pem(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }
}
