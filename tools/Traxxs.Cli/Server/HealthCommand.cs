using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Traxxs.Cli.Shared;

namespace Traxxs.Cli.Server;

/// <summary>
/// <c>traxxs server health</c>: asks a running server whether each of its parts works. For container images, which have no
/// shell and no other client, and for people.
/// </summary>
internal static class HealthCommand
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var address = new Argument<Uri?>("ADDRESS")
        {
            Description = "where the server's HTTP port is",
            DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
            CustomParser = UriParsing.Of("https", "http"),
        };
        var ca = new Option<FileInfo?>("--ca") { Description = "PEM certificate of the authority that signed the server's, where the machine does not know it" };
        var json = new Option<bool>("--json") { Description = "print the server's answer, one JSON object" };
        var command = new Command("health", "Asks a running server whether each of its parts works; fails where one does not.") { address, ca, json };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(address)!, result.GetValue(ca), result.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Uri address, FileInfo? ca, bool json, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new HttpClient(HandlerOf(ca)) { Timeout = TimeLimit };
            using var answer = await client.GetAsync(new Uri(address, "/health/ready"), cancellationToken);
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(cancellationToken));
            if (json) JsonOutput.Write(body.RootElement);
            else Tell(body.RootElement);
            return answer.IsSuccessStatusCode ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or System.Security.Cryptography.CryptographicException
            || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Console.Error.WriteLine($"no answer from {address}: {(e is TaskCanceledException ? $"none within {TimeLimit.TotalSeconds:0} s" : e.Message)}");
            return ExitCode.Failed;
        }
    }

    // A server's parts, with the reason of each that does not work.
    private static void Tell(JsonElement ready)
    {
        foreach (var check in ready.GetProperty("checks").EnumerateArray())
        {
            var reason = check.TryGetProperty("reason", out var told) && told.ValueKind == JsonValueKind.String ? told.GetString() : null;
            Console.Out.WriteLine($"{check.GetProperty("name").GetString(),-16} {(check.GetProperty("ok").GetBoolean() ? "works" : $"does not: {reason}")}");
        }
    }

    private static SocketsHttpHandler HandlerOf(FileInfo? ca)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (ca is null) return handler;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(ca.FullName);
        handler.SslOptions.CertificateChainPolicy = policy;
        return handler;
    }
}
