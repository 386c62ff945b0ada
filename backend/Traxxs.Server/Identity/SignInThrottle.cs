using System.Net;
using System.Net.Sockets;

namespace Traxxs.Server.Identity;

/// <summary>The throttle of one process. Synchronous; time is a value.</summary>
public sealed class SignInThrottle : ISignInThrottle
{
    /// <summary>Failures that cost nothing: people mistype.</summary>
    public const int FreeFailures = 5;

    /// <summary>
    /// Accounts and addresses remembered together: a megabyte or two. The one that failed longest ago makes room, so a
    /// guesser with more addresses than this is slowed by the account alone.
    /// </summary>
    public const int KeysMax = 10_000;

    /// <summary>Longest wait.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>Failures are forgotten after this long without another.</summary>
    public static readonly TimeSpan Forgotten = LongestWait + LongestWait;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byFailure = [];

    /// <summary>Keys remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <inheritdoc/>
    public TimeSpan WaitOf(string account, IPAddress? address, DateTimeOffset now)
    {
        lock (_lock)
        {
            var until = Max(UntilOf(AccountKey(account), now), UntilOf(AddressKey(address), now));
            return until > now ? until - now : TimeSpan.Zero;
        }
    }

    /// <inheritdoc/>
    public TimeSpan WaitOf(IPAddress? address, DateTimeOffset now)
    {
        lock (_lock)
        {
            var until = UntilOf(AddressKey(address), now);
            return until > now ? until - now : TimeSpan.Zero;
        }
    }

    /// <inheritdoc/>
    public void Failed(IPAddress? address, DateTimeOffset now)
    {
        lock (_lock) CountOne(AddressKey(address), now);
    }

    /// <inheritdoc/>
    public void Failed(string account, IPAddress? address, DateTimeOffset now)
    {
        lock (_lock)
        {
            CountOne(AccountKey(account), now);
            CountOne(AddressKey(address), now);
        }
    }

    /// <inheritdoc/>
    public void Worked(string account)
    {
        lock (_lock) Remove(AccountKey(account));
    }

    /// <summary>The wait after so many failures in a row.</summary>
    public static TimeSpan WaitAfter(int failures)
    {
        if (failures < FreeFailures) return TimeSpan.Zero;
        var seconds = Math.Pow(2, Math.Min(failures - FreeFailures, 20));
        return seconds < LongestWait.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestWait;
    }

    private DateTimeOffset UntilOf(string key, DateTimeOffset now) =>
        _entries.TryGetValue(key, out var node) && !node.Value.IsForgotten(now) ? node.Value.LastFailure + WaitAfter(node.Value.Failures) : now;

    private void CountOne(string key, DateTimeOffset now)
    {
        var failures = _entries.TryGetValue(key, out var known) && !known.Value.IsForgotten(now) ? known.Value.Failures : 0;
        Remove(key);
        _entries[key] = _byFailure.AddLast(new Entry(key, failures + 1, now));
        if (_entries.Count > KeysMax) Remove(_byFailure.First!.Value.Key);
    }

    private void Remove(string key)
    {
        if (!_entries.Remove(key, out var node)) return;
        _byFailure.Remove(node);
    }

    internal static string AccountKey(string account) => $"account {account.Trim().ToLowerInvariant()}";

    // One household or company has an IPv6 network of 64 bits: its addresses are one.
    internal static string AddressKey(IPAddress? address)
    {
        if (address is null) return "address";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"address {Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))}"
            : $"address {address}";
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private sealed record Entry(string Key, int Failures, DateTimeOffset LastFailure)
    {
        public bool IsForgotten(DateTimeOffset now) => now - LastFailure > Forgotten;
    }
}
