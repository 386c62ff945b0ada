using System.Text.Json;
using Microsoft.Extensions.Logging;
using Traxxs.Server.Ingest;
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
    private readonly LoopTrouble _trouble = new(log, "configurations wait");
    private Task _running = Task.CompletedTask;
    private DateTimeOffset _again = DateTimeOffset.MaxValue;
    private bool _cutOff = true; // perhaps by a crash

    /// <summary>Why configurations wait, for a person; null where they do not.</summary>
    public string? Trouble => _trouble.Reason;

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

                _trouble.Worked();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _trouble.Failed(e);
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
        var sent = new List<DesiredConfiguration>();
        foreach (var desired in some)
        {
            if (await TrySendAsync(desired, cancellationToken)) sent.Add(desired);
        }

        database.Write(session =>
        {
            foreach (var desired in sent) session.Configurations.Published(desired.DeviceId, desired.Version, clock.GetUtcNow());
        });
        return true;
    }

    // One that cannot be read or has no frame stays handed over and not published, as its device's page shows; the others go out.
    private async Task<bool> TrySendAsync(DesiredConfiguration desired, CancellationToken cancellationToken)
    {
        try
        {
            var command = DeviceSettings.Stored(desired.Settings).ToCommand(desired.Version);
            await downlink.SendCommandAsync(desired.DeviceId, command, cancellationToken: cancellationToken);
            return true;
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            log.LogError(e, "the configuration of {Device} cannot be sent and is passed over", desired.DeviceId);
            return false;
        }
    }
}
