namespace Traxxs.Mqtt.Server;

/// <summary>The server's one clock: milliseconds that only go forward, and what they are in Unix time.</summary>
internal sealed class ServerClock
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly long _startUnixMs;

    public ServerClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _startUnixMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public long NowMs => (long)_time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Unix time, ms, of a server time; for ever stays for ever.</summary>
    public long ToUnixMs(long nowMs) => nowMs == long.MaxValue ? long.MaxValue : nowMs + _startUnixMs;

    public long FromUnixMs(long unixMs) => unixMs == long.MaxValue ? long.MaxValue : unixMs - _startUnixMs;
}
