using Traxxs.Store.Service;

namespace Traxxs.Server.Notifications;

/// <summary>Makes what waits for a device on a channel due as soon as the device is back and listens.</summary>
internal sealed class Hastener(ServiceDatabase database, string channel, Func<string, bool> isListening, TimeProvider clock) : IDisposable
{
    // A device subscribes some time after CONNACK; a command sent before that would reach no subscription and be lost. Looked at
    // often at first, since a contact lasts a second or two, and for as long as a slow link may take.
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SubscribeWithin = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();

    /// <summary>Something is due.</summary>
    public event Action? Hastened;

    /// <summary>A device is back; <paramref name="first"/> may put in what is to wait for it.</summary>
    public void Arrived(string deviceId, Action<string>? first = null) => _ = HastenAsync(deviceId, first);

    /// <summary>Stops to hasten.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task HastenAsync(string deviceId, Action<string>? first)
    {
        try
        {
            var waited = TimeSpan.Zero;
            for (var look = FirstLook; waited < SubscribeWithin; look = look * 2 < LongestLook ? look * 2 : LongestLook)
            {
                await Task.Delay(look, _stop.Token);
                first?.Invoke(deviceId);
                first = null;
                waited += look;
                if (!database.Read(session => session.Outbox.IsPending(channel, deviceId))) return;
                if (!isListening(deviceId)) continue;
                // Again until it is gone: an attempt under way, begun when nobody listened, may write its own later time over this one.
                database.Write(session => session.Outbox.Hasten(channel, deviceId, clock.GetUtcNow()));
                Hastened?.Invoke();
            }
        }
        catch (Exception)
        {
            // The server stops or cannot write, or whatever else: the entry is tried in its own time, by who tells what fails.
        }
    }
}
