using Microsoft.Extensions.Logging;
using Traxxs.Server.Ingest;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Devices;

/// <summary>
/// Hands desired configurations to the broker, which keeps each on its device's topic until the next: a device finds it
/// whenever it comes. What a crash cuts off is handed over again; the device knows the version.
/// </summary>
public sealed class ConfigurationPublisher(ServiceDatabase database, IDownlink downlink, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    // A default for ten thousand devices goes out in some hundred portions, with commands to others in between.
    private const int AtOnce = 100;

    private readonly SemaphoreSlim _wake = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private DateTimeOffset _again = DateTimeOffset.MaxValue;
    private bool _cutOff = true; // perhaps by a crash

    /// <summary>Starts with what was left from before.</summary>
    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>Something is to be published.</summary>
    public void Wake() => _wake.ReleaseOnce();

    /// <summary>Time has passed: what failed is tried again.</summary>
    public void Tick(DateTimeOffset now)
    {
        if (now >= _again) Wake();
    }

    /// <summary>Stops; what is left goes out after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(cancellationToken);
                _again = DateTimeOffset.MaxValue;
                if (_cutOff) database.Write(session => session.Configurations.HandOverAgain());
                _cutOff = false;
                while (await PublishAsync(cancellationToken))
                {
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is StoreUnavailableException or InvalidOperationException or ArgumentException or IOException or OperationCanceledException)
            {
                log.LogError("configurations wait: {Reason}", e.Message);
                _cutOff = true;
                _again = clock.GetUtcNow().AddSeconds(5);
            }
        }
    }

    private async Task<bool> PublishAsync(CancellationToken cancellationToken)
    {
        var some = database.Read(session => session.Configurations.Unpublished(AtOnce));
        if (some.Count == 0) return false;
        // A device may answer that it has forgotten it before the broker's word is written down: then it is to be told again.
        database.Write(session =>
        {
            foreach (var desired in some) session.Configurations.Publishing(desired.DeviceId, desired.Version);
        });
        foreach (var desired in some)
            await downlink.SendCommandAsync(desired.DeviceId, DeviceSettings.Stored(desired.Settings).ToCommand(desired.Version), cancellationToken: cancellationToken);
        database.Write(session =>
        {
            foreach (var desired in some) session.Configurations.Published(desired.DeviceId, desired.Version, clock.GetUtcNow());
        });
        return true;
    }
}
