using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Traxxs.Server.Hosting;

/// <summary>Loads the server's certificate.</summary>
internal static class Certificates
{
    public static X509Certificate2? Load(TlsOptions? tls)
    {
        if (tls is null) return null;
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key);
            // Some platforms cannot serve from a key that was never in a store: the detour through PKCS 12 gives them one.
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (CryptographicException e)
        {
            throw new ConfigurationException([$"tls: {tls.Certificate} and {tls.Key} do not make a certificate with its key: {e.Message}"]);
        }
    }
}
