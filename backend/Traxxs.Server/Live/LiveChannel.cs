using System.Collections.Concurrent;
using System.Globalization;
using Traxxs.Server.Cluster;
using Traxxs.Server.Hosting.Parts;
using Traxxs.Server.Notifications;
using Traxxs.Store.Service;

namespace Traxxs.Server.Live;

/// <summary>
/// Notifications to whoever has the page open, at whichever process: each that has watchers tells them and answers how many.
/// Where nobody has it open there is nothing to try again: the page shows open alerts when it comes.
/// </summary>
internal sealed class LiveChannel : INotificationChannel
{
    // A process that does not answer within this time tells nobody now. One that just lost the shared log tells a second later.
    private static readonly TimeSpan AnswerMax = LiveSharing.Patience + TimeSpan.FromSeconds(1);

    private readonly IServiceChannel _channel;
    private readonly Roster _roster;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Asked> _asked = new(StringComparer.Ordinal);

    /// <summary>A channel over that between processes. Before that starts.</summary>
    public LiveChannel(IServiceChannel channel, Roster roster, TimeProvider time)
    {
        (_channel, _roster, _time) = (channel, roster, time);
        channel.Subscribe(ServiceTopic.Notified, Answered);
    }

    /// <inheritdoc/>
    public string Name => "live";

    /// <summary>As many as may wait for the answer of a process that is gone.</summary>
    public int AtOnce => 16;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxEntry entry, Alert? alert, CancellationToken cancellationToken)
    {
        if (alert is null) return Delivery.Skipped("no such alert");
        var key = entry.Id.ToString(CultureInfo.InvariantCulture);
        var asked = _asked[key] = new Asked(_roster.With(PartName.Live));
        try
        {
            _channel.Publish(new ServiceMessage(ServiceTopic.Notify, key, $"{entry.Kind} {alert.Id}"));
            return await asked.Told.WaitAsync(AnswerMax, _time, cancellationToken) ? Delivery.Taken : Delivery.Skipped("nobody is watching");
        }
        catch (TimeoutException)
        {
            return _channel.Trouble is { } trouble ? Delivery.Failed(trouble) : Delivery.Skipped("nobody is watching");
        }
        finally
        {
            _asked.TryRemove(key, out _);
        }
    }

    private void Answered(ServiceMessage message)
    {
        if (!_asked.TryGetValue(message.Key, out var asked) || message.Detail?.Split(' ') is not [var process, var count]) return;
        asked.Answer(process, int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var told) && told > 0);
    }

    private sealed class Asked
    {
        private readonly TaskCompletionSource<bool> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly HashSet<string> _missing;

        public Asked(IEnumerable<string> processes)
        {
            _missing = new HashSet<string>(processes, StringComparer.Ordinal);
            if (_missing.Count == 0) _told.TrySetResult(false);
        }

        public Task<bool> Told => _told.Task;

        public void Answer(string process, bool told)
        {
            lock (_missing) _missing.Remove(process);
            if (told) _told.TrySetResult(true);
            else if (_missing.Count == 0) _told.TrySetResult(false);
        }
    }
}
