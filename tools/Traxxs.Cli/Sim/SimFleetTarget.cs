using Traxxs.Cli.Replay;
using Traxxs.Simulation.Fleet;
using Traxxs.Simulation.Links;

namespace Traxxs.Cli.Sim;

/// <summary>The server a fleet lives with: its own, or one that runs already.</summary>
internal sealed class SimFleetTarget : IAsyncDisposable
{
    private readonly ReplayTarget? _other;
    private readonly Func<string, MqttServerAddress> _addressOf;

    private SimFleetTarget(SimFleetServer? own, ReplayTarget? other, Func<string, MqttServerAddress> addressOf) => (Own, _other, _addressOf) = (own, other, addressOf);

    /// <summary>The fleet's own server; null where it is another.</summary>
    public SimFleetServer? Own { get; }

    /// <summary>Its API; null where nobody said.</summary>
    public ServerApi? Api => Own?.Api ?? _other?.Api;

    /// <summary>How an insole shows itself.</summary>
    public MqttServerAddress AddressOf(string deviceId) => _addressOf(deviceId);

    /// <summary>Starts it, or makes the insoles known to the one that runs.</summary>
    public static async Task<SimFleetTarget> ReachAsync(
        FleetOptions fleet, string server, string? data, string? api, string? tokenFile, string? credentials, CancellationToken cancellation)
    {
        if (server == "own")
        {
            var own = await SimFleetServer.StartAsync(data, [.. FleetPlan.Ids(fleet.Insoles)], cancellation);
            return new SimFleetTarget(own, null, own.AddressOf);
        }

        var address = new Uri(server);
        var port = address.Port > 0 ? address.Port : 1883;
        if (api is null && credentials is null) return new SimFleetTarget(null, null, id => new MqttServerAddress(address.Host, port, id, null));
        var other = await ReplayTarget.ReachAsync(address, api is null ? null : new Uri(api), tokenFile, credentials, cancellation);
        await other.ProvisionAsync(FleetPlan.Ids(fleet.Insoles), cancellation);
        return new SimFleetTarget(null, other, id => new MqttServerAddress(address.Host, port, id, other.SecretOf(id)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Own is not null) await Own.DisposeAsync();
        if (_other is not null) await _other.DisposeAsync();
    }
}
