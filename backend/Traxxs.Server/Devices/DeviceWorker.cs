using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Traxxs.Server.Api;
using Traxxs.Server.Firmware;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Devices;

/// <summary>
/// Reads stored reports for what devices say of themselves: configuration in force, firmware, faults, how far an update is, and
/// the effects of commands. Behind a cursor of its own like the rules, so that nothing is missed over a restart; it writes only when
/// there is something to remember, so the cursor may stand behind what was read, and reading twice changes nothing.
/// </summary>
public sealed class DeviceWorker(
    ReportArchive archive, ServiceDatabase database, ConfigurationDesk configurations, CommandDesk commands, UpdateDesk updates, DeviceDirectory directory, TimeProvider clock, ILogger log)
    : IReportConsumer, IAsyncDisposable
{
    private const int GroupMax = 256;

    // Without news the cursor is written once in so many reports: a restart reads no more than that again.
    private const int CursorEvery = 4096;

    private readonly SemaphoreSlim _wake = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _arrived = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly LoopTrouble _trouble = new(log, "what devices say of themselves waits");
    private Task _running = Task.CompletedTask;
    private long _position;
    private int _unwritten;

    /// <summary>Why devices' news wait, for a person; null where they do not.</summary>
    public string? Trouble => _trouble.Reason;

    /// <summary>Reports passed over because their news could not be taken in.</summary>
    public long PassedOver { get; private set; }

    /// <summary>Starts where it stood.</summary>
    public void Start()
    {
        _position = database.Read(session => session.DeviceStates.Cursor);
        _running = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <inheritdoc/>
    public void Accept(AcceptedReport report) => Wake();

    /// <inheritdoc/>
    public void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime)
    {
        if (!connected) return;
        _arrived.Enqueue(deviceId);
        Wake();
    }

    /// <summary>Something came or time passed: look.</summary>
    public void Wake() => _wake.ReleaseOnce();

    /// <summary>Stops after the group under way.</summary>
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
                while (!cancellationToken.IsCancellationRequested && ReadOn())
                {
                }

                while (_arrived.TryDequeue(out var deviceId))
                {
                    if (_seen.Add(deviceId)) configurations.Ensure(directory.OrgOf(deviceId), deviceId);
                }

                commands.Expire();
                updates.Expire();
                if (database.LastError is not null) database.Probe(); // a write failed: whether writing goes again is asked here
                _trouble.Worked();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Woken again by the next heartbeat; whatever it is must not end it for good.
                _trouble.Failed(e);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private bool ReadOn()
    {
        var stored = archive.Store.ReadAfter(_position, GroupMax);
        if (stored.Count == 0) return false;
        var open = database.Read(session => session.Commands.DevicesWithOpen()).ToHashSet(StringComparer.Ordinal);
        var telling = stored.Select(archive.Decode).OfType<AcceptedReport>()
            .Where(report => report.News is not null || UpdateDesk.Concerns(report) || open.Contains(report.DeviceId) || DeviceState.Empty.After(report) != DeviceState.Empty).ToList();
        _unwritten += stored.Count;
        if (telling.Count > 0 || _unwritten >= CursorEvery) RememberAll(telling, stored[^1].Position);
        _position = stored[^1].Position;
        return true;
    }

    // One report that cannot be taken in costs itself, and none behind it its turn.
    private void RememberAll(List<AcceptedReport> telling, long through)
    {
        try
        {
            Remember(telling, through);
        }
        catch (Exception e) when (e is not StoreUnavailableException && telling.Count > 0)
        {
            foreach (var report in telling)
            {
                try
                {
                    Remember([report], report.Position);
                }
                catch (Exception failed) when (failed is not StoreUnavailableException)
                {
                    PassedOver++;
                    log.LogError(failed, "what report {Position} of {Device} says of it is passed over", report.Position, report.DeviceId);
                }
            }

            Remember([], through);
        }
    }

    private void Remember(List<AcceptedReport> telling, long through)
    {
        var (ended, updated, republish) = database.Write(session =>
        {
            var now = clock.GetUtcNow();
            var ended = new List<DeviceCommand>();
            var updated = new HashSet<string>(StringComparer.Ordinal);
            var republish = false;
            foreach (var report in telling)
            {
                var before = DeviceState.Stored(session.DeviceStates.Find(report.DeviceId));
                if (before.After(report) is var after && after != before) session.DeviceStates.Put(report.DeviceId, after.ToJson());
                if (report.News?.Configuration is { } news && after.Configuration?.Value == news) republish |= ConfigurationDesk.Heed(session, report.DeviceId, news, now);
                if (UpdateDesk.Heed(session, report, now)) updated.Add(report.DeviceId);
                ended.AddRange(End(session, report, now));
            }

            session.DeviceStates.Cursor = through;
            return (ended, updated, republish);
        });
        _unwritten = 0;
        commands.Tell(ended);
        updates.Tell(updated);
        if (republish) configurations.Wake();
    }

    private static List<DeviceCommand> End(ServiceSession session, AcceptedReport report, DateTimeOffset now)
    {
        var ended = new List<DeviceCommand>();
        foreach (var open in session.Commands.Open(report.DeviceId))
        {
            if (CommandCatalogue.Find(open.Code) is not { } known || !CommandCatalogue.IsDone(known, report, open.AskedAt)) continue;
            session.Commands.End(open.Number, "done", now);
            ended.Add(session.Commands.Find(open.Number)!);
        }

        return ended;
    }
}
