using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Traxxs.Server.Api;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Diagnostics;

/// <summary>
/// A key that opens the metrics and nothing else, from this machine and from nowhere else: for the collector beside the
/// server. It stands in a file of the data folder that its owner alone can read.
/// </summary>
internal sealed class MetricsKey
{
    /// <summary>Name of its file in the data folder.</summary>
    public const string FileName = "metrics.key";

    private readonly byte[] _key;

    private MetricsKey(string key) => _key = Encoding.UTF8.GetBytes(key);

    /// <summary>The folder's key; made where there is none.</summary>
    public static MetricsKey Of(string dataFolder)
    {
        var path = Path.Combine(dataFolder, FileName);
        if (SecretFile.Read(path) is not { Length: > 0 } key) SecretFile.Write(path, key = Secret.New());
        return new MetricsKey(key);
    }

    /// <summary>Whether a request carries it and came from this machine.</summary>
    public bool Opens(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && Doorkeeper.TokenOf(context.Request) is { } token && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), _key);
}

/// <summary>Says of an endpoint that the metrics key opens it too.</summary>
internal static class MetricsDoor
{
    public static TBuilder OrMetricsKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Door());

    internal sealed record Door;
}
