using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Traxxs.Mqtt.Transport;

/// <summary>Linux's queue of sockets that are ready, epoll(7): its calls and the layout of its events.</summary>
internal static class Epoll
{
    /// <summary>There is something to read.</summary>
    public const uint In = 0x001;
    /// <summary>There is room to write.</summary>
    public const uint Out = 0x004;
    /// <summary>An error, the end of both directions, the end of what the peer sends.</summary>
    public const uint Ended = 0x008 | 0x010 | 0x2000;
    /// <summary>Told once when it becomes so, not as long as it is so.</summary>
    private const uint EdgeTriggered = 1u << 31;
    private const uint ReadHangUp = 0x2000;

    private const int CloseOnExec = 0x80000;
    private const int Add = 1, Delete = 2;
    private const int Interrupted = 4; // EINTR

    // struct epoll_event: four bytes of flags, eight of data, which only Intel's layout packs.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;
    private static readonly int DataOffset = IsPacked ? 4 : 8;

    /// <summary>Bytes of one event.</summary>
    public static readonly int EventSize = DataOffset + 8;

    /// <summary>A new queue.</summary>
    public static int Create() => epoll_create1(CloseOnExec) is var queue and >= 0 ? queue : throw Failure("epoll_create1");

    /// <summary>Puts a socket under watch; <paramref name="data"/> comes back with its events.</summary>
    public static void Watch(int queue, SafeHandle socket, long data)
    {
        var entry = new byte[EventSize];
        MemoryMarshal.Write(entry, In | Out | ReadHangUp | EdgeTriggered);
        MemoryMarshal.Write(entry.AsSpan(DataOffset), data);
        if (epoll_ctl(queue, Add, socket, entry) != 0) throw Failure("epoll_ctl");
    }

    /// <summary>Ends the watch; a socket that is closed has ended it already.</summary>
    public static void Forget(int queue, SafeHandle socket) => _ = epoll_ctl(queue, Delete, socket, new byte[EventSize]);

    /// <summary>Waits for events; answers how many stand in <paramref name="events"/>.</summary>
    public static int Wait(int queue, byte[] events)
    {
        while (true)
        {
            var count = epoll_wait(queue, events, events.Length / EventSize, -1);
            if (count >= 0) return count;
            if (Marshal.GetLastPInvokeError() != Interrupted) throw Failure("epoll_wait");
        }
    }

    /// <summary>One event.</summary>
    public static (uint Flags, long Data) Read(byte[] events, int index)
    {
        var entry = events.AsSpan(index * EventSize, EventSize);
        return (MemoryMarshal.Read<uint>(entry), MemoryMarshal.Read<long>(entry[DataOffset..]));
    }

    private static IOException Failure(string call) => new($"{call} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [DllImport("libc", SetLastError = true)]
    private static extern int epoll_create1(int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int epoll_ctl(int queue, int operation, SafeHandle socket, [In] byte[] entry);

    [DllImport("libc", SetLastError = true)]
    private static extern int epoll_wait(int queue, [Out] byte[] events, int eventsMax, int timeoutMs);
}
