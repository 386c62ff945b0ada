namespace Traxxs.NanoHost;

/// <summary>What wakes the chip, and light sleep in real time.</summary>
internal sealed class SleepState
{
    private readonly ManualResetEventSlim _woken = new(false);
    private volatile bool _asleep;

    public TimeSpan Timer { get; set; } = Timeout.InfiniteTimeSpan;

    public ulong Pins { get; set; }

    public ulong? WokenBy { get; private set; }

    public bool IsAsleep => _asleep;

    public void Wake() => _woken.Set();

    public void Light(NanoBoard board)
    {
        if (board.LightSleep is { } hook)
        {
            WokenBy = hook(Timer, Pins);
            return;
        }

        _woken.Reset();
        _asleep = true;
        try
        {
            var until = Timer == Timeout.InfiniteTimeSpan ? ulong.MaxValue : board.NowUs() + (ulong)Timer.TotalMicroseconds;
            while ((WokenBy = board.HighPins(Pins)) == 0 && !board.IsOff)
            {
                var now = board.NowUs();
                if (now >= until) break;
                _woken.Wait(until == ulong.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMicroseconds(until - now));
                _woken.Reset();
            }
        }
        finally
        {
            _asleep = false;
        }
    }
}
