using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Traxxs.Cli.Replay;
using Traxxs.Cli.Shared;
using Traxxs.Server.Identity;
using Traxxs.Simulation.Links;
using Traxxs.Store;
using Traxxs.Store.Service;
using Traxxs.Store.Sqlite;

namespace Traxxs.Cli.Sim;

/// <summary>
/// The fleet's own <c>traxxs server</c>: a process of its own on free loopback ports, with every insole known to it, so that its
/// processor time and memory are told apart from the fleet's. After it has ended, what it stored is read from its folder.
/// </summary>
internal sealed class SimFleetServer : IAsyncDisposable
{
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly string _folder;
    private readonly bool _temporary;

    private SimFleetServer(Process process, string folder, bool temporary) => (_process, _folder, _temporary) = (process, folder, temporary);

    /// <summary>Where devices connect.</summary>
    public Uri Mqtt { get; private set; } = null!;

    /// <summary>Its API, as its operator.</summary>
    public ServerApi Api { get; private set; } = null!;

    /// <summary>Secrets of the insoles.</summary>
    public Dictionary<string, string> Secrets { get; } = new(StringComparer.Ordinal);

    /// <summary>User and system time so far, s.</summary>
    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? 0 : _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Resident memory, bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? 0 : _process.WorkingSet64;
        }
    }

    /// <summary>Makes the insoles known and starts it. A folder that is named is kept.</summary>
    /// <exception cref="ReplayException">It does not start, or the folder holds reports already.</exception>
    public static async Task<SimFleetServer> StartAsync(string? data, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("traxxs-fleet-").FullName;
        Directory.CreateDirectory(folder);
        if (File.Exists(Path.Combine(folder, ServiceDatabase.FileName))) throw new ReplayException($"{folder} is a server's already: name a new folder with --data, or leave it out");
        IReadOnlyList<string> secrets;
        using (var database = ServiceDatabase.Open(Path.Combine(folder, ServiceDatabase.FileName)))
            secrets = new DeviceRegistry(database, TimeProvider.System).ProvisionAll(OrganisationId.First, ids, "fleet");

        var arguments = new List<string> { "server", "--data", folder, "--mqtt-port", "0", "--http-port", "0", "--json" };
        var program = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") arguments.Insert(0, Assembly.GetEntryAssembly()!.Location);
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var server = new SimFleetServer(process, folder, data is null);
        process.ErrorDataReceived += (_, line) => server.Note(line.Data);
        process.BeginErrorReadLine();
        try
        {
            await server.TakeAddressesAsync(cancellation);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        for (var i = 0; i < ids.Count; i++) server.Secrets.Add(ids[i], secrets[i]);
        return server;
    }

    /// <summary>How an insole shows itself to it.</summary>
    public MqttServerAddress AddressOf(string deviceId) => new(Mqtt.Host, Mqtt.Port, deviceId, Secrets[deviceId]);

    /// <summary>Ends it in order and opens what it stored.</summary>
    public async Task<IReportStore> EndAsync()
    {
        await StopAsync();
        return SqliteReportStore.Open(_folder);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Api?.Dispose();
        _process.Dispose();
        if (_temporary) Directory.Delete(_folder, recursive: true);
    }

    private async Task StopAsync()
    {
        if (_process.HasExited) return;
        Posix.End(_process);
        using var limit = new CancellationTokenSource(EndMax);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task TakeAddressesAsync(CancellationToken cancellation)
    {
        var text = new StringBuilder();
        while (await _process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            text.AppendLine(line);
            if (line != "}") continue;
            using var said = JsonDocument.Parse(text.ToString());
            Mqtt = new Uri(said.RootElement.GetProperty("mqtt").GetString()!);
            var token = await File.ReadAllTextAsync(said.RootElement.GetProperty("adminTokenFile").GetString()!, cancellation);
            Api = new ServerApi(new Uri(said.RootElement.GetProperty("page").GetString()!), token.Trim());
            return;
        }

        lock (_errors) throw new ReplayException($"the fleet's server does not start: {_errors}");
    }

    private void Note(string? line)
    {
        const int most = 10_000;
        lock (_errors)
        {
            if (line is not null && _errors.Length < most) _errors.AppendLine(line);
        }
    }
}
