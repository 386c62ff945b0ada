using Traxxs.Server.Hosting;
using Traxxs.Server.Identity;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Replay;

/// <summary>The server a replay goes to: one of its own, or one that runs already.</summary>
internal sealed class ReplayTarget : IAsyncDisposable
{
    private readonly Dictionary<string, string> _secrets = new(StringComparer.Ordinal);
    private ServerHost? _own;
    private string? _temporaryFolder;

    private ReplayTarget(Uri broker, ServerApi? api) => (Broker, Api) = (broker, api);

    /// <summary>Where reports go.</summary>
    public Uri Broker { get; }

    /// <summary>Where positions are read back; null where nobody said.</summary>
    public ServerApi? Api { get; }

    /// <summary>Starts a server on free loopback ports, in a folder or in one that is gone afterwards.</summary>
    public static async Task<ReplayTarget> StartOwnAsync(string? dataFolder, CancellationToken cancellationToken)
    {
        var temporary = dataFolder is null ? Directory.CreateTempSubdirectory("traxxs-replay-").FullName : null;
        var server = await ServerHost.StartAsync(new ServerOptions { DataFolder = dataFolder ?? temporary!, MqttPort = 0, HttpPort = 0 }, cancellationToken);
        var (token, _) = server.Tokens.Create(OrganisationId.First, "replay", Role.Operator, DateTimeOffset.UtcNow.AddDays(1), "system");
        return new ReplayTarget(server.MqttAddress, new ServerApi(server.ApiAddress, token)) { _own = server, _temporaryFolder = temporary };
    }

    /// <summary>A server that runs already.</summary>
    /// <param name="broker">Its MQTT address.</param>
    /// <param name="api">Its HTTP address, or null.</param>
    /// <param name="tokenFile">File with an administrator's token, or null.</param>
    /// <param name="credentialsFile">File with lines of id, space, secret, or null to have the API provision the devices.</param>
    /// <exception cref="ReplayException">A file cannot be read.</exception>
    public static async Task<ReplayTarget> ReachAsync(Uri broker, Uri? api, string? tokenFile, string? credentialsFile, CancellationToken cancellationToken)
    {
        var target = new ReplayTarget(broker, api is null || tokenFile is null ? null : new ServerApi(api, (await LinesAsync(tokenFile, cancellationToken))[0]));
        if (credentialsFile is null) return target;
        foreach (var line in await LinesAsync(credentialsFile, cancellationToken))
        {
            var parts = line.Split((char[])[' ', '\t', ','], 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2) throw new ReplayException($"{credentialsFile}: each line is a device id, a space and its secret");
            target._secrets[parts[0]] = parts[1];
        }

        return target;
    }

    /// <summary>Has every device's secret ready.</summary>
    public async Task ProvisionAsync(IEnumerable<string> deviceIds, CancellationToken cancellationToken)
    {
        foreach (var id in deviceIds)
        {
            if (_secrets.ContainsKey(id)) continue;
            if (Api is null) throw new ReplayException($"no secret for {id}: add a line to the --credentials file, or give --api and --token-file");
            _secrets[id] = await Api.ProvisionAsync(id, cancellationToken);
        }
    }

    public string SecretOf(string deviceId) => _secrets[deviceId];

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        if (_own is not null) await _own.DisposeAsync();
        if (_temporaryFolder is not null) Directory.Delete(_temporaryFolder, recursive: true);
    }

    private static async Task<string[]> LinesAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var lines = (await File.ReadAllLinesAsync(file, cancellationToken)).Where(line => line.Length > 0 && line[0] != '#').ToArray();
            return lines.Length > 0 ? lines : throw new ReplayException($"{file} is empty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ReplayException($"{file}: {error.Message}", error);
        }
    }
}
