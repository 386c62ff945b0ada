using System.Net;
using Traxxs.Engines;
using Traxxs.Server.Identity;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>A certificate of <c>localhost</c> for a day, its own authority, with a key as insoles' servers have them (P-256).</summary>
internal static class ScaleCertificate
{
    /// <summary>Writes <c>server.pem</c> and <c>server.key</c>; the key is read by its owner alone.</summary>
    public static (string Certificate, string Key) Write(string folder)
    {
        var (file, keyFile) = (Path.Combine(folder, "server.pem"), Path.Combine(folder, "server.key"));
        var (certificate, key) = DayCertificate.SelfSigned("localhost", IPAddress.Loopback);
        File.WriteAllText(file, certificate);
        SecretFile.WriteNew(keyFile, key);
        return (file, keyFile);
    }
}
