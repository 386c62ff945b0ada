using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Traxxs.Engines;

/// <summary>Certificates for a day, made when one is needed.</summary>
public static class DayCertificate
{
    /// <summary>A certificate for a DNS name, and an address where one is given, that is its own authority, and its key, both PEM.</summary>
    public static (string Certificate, string Key) SelfSigned(string name, IPAddress? address = null)
    {
        using var key = NewKey();
        var request = Request(name, key, address);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>What <see cref="SelfSigned"/> makes, as one file.</summary>
    public static string Pem(string name)
    {
        var (certificate, key) = SelfSigned(name);
        return certificate + key;
    }

    /// <summary>Writes what <see cref="SelfSigned"/> makes for <c>localhost</c> as <c>cert.pem</c> and <c>key.pem</c>; gives the certificate.</summary>
    public static string WriteSelfSigned(string folder)
    {
        var (certificate, key) = SelfSigned("localhost");
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate);
        File.WriteAllText(Path.Combine(folder, "key.pem"), key);
        return certificate;
    }

    /// <summary>An authority, without its key, and a certificate it signed for <c>localhost</c> and 127.0.0.1, with its key. The caller disposes both.</summary>
    public static (X509Certificate2 Authority, X509Certificate2 Server) Signed()
    {
        using var authorityKey = NewKey();
        var authorityRequest = new CertificateRequest("CN=Test CA", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        using var authority = authorityRequest.CreateSelfSigned(from, from.AddDays(30));
        using var key = NewKey();
        using var signed = Request("localhost", key, IPAddress.Loopback).Create(authority, from, from.AddDays(20), RandomNumberGenerator.GetBytes(8));
        using var withKey = signed.CopyWithPrivateKey(key);
        // Through PKCS 12: TLS on Windows takes no key that was never in a store.
        return (X509CertificateLoader.LoadCertificate(authority.RawData),
            X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null, X509KeyStorageFlags.Exportable));
    }

    /// <summary>Writes what <see cref="Signed"/> makes as PEM files: <c>ca.pem</c>, <c>server.pem</c> and <c>server.key</c>.</summary>
    public static void WriteSigned(string folder)
    {
        var (authority, server) = Signed();
        using (authority)
        using (server)
        using (var key = server.GetECDsaPrivateKey()!)
        {
            File.WriteAllText(Path.Combine(folder, "ca.pem"), authority.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder, "server.pem"), server.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
        }
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static CertificateRequest Request(string name, ECDsa key, IPAddress? address = null)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (address is not null) names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }
}
