namespace Traxxs.Mqtt.Transport;

/// <summary>Has something to do when a batch of events has been handled; see <see cref="EpollLoop.TryDefer"/>.</summary>
internal interface IBatchEnd
{
    void OnBatchEnd();
}

/// <summary>
/// A thread that waits for many sockets and handles what comes on the spot: a packet that comes alone costs one wake-up, one
/// receive and one send, and no change of thread. Nothing that runs here may block.
/// </summary>
internal sealed class EpollLoop
{
    private const int EventsMax = 256; // handled between two looks at the queue: some 0.5 ms of work

    // Half of the cores: the rest is for what does not belong on a loop, above all the store's and the rules' threads.
    private static readonly Lazy<EpollLoop>[] Loops =
        [.. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount / 2)).Select(static i => new Lazy<EpollLoop>(() => new EpollLoop(i)))];

    private static int _next;

    [ThreadStatic]
    private static List<IBatchEnd>? _deferred;

    private readonly int _queue = Epoll.Create();
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private EpollDuplexPipe?[] _pipes = new EpollDuplexPipe?[64];
    private int _used;
    private uint _generation;

    private EpollLoop(int number) => new Thread(Run) { Name = $"socket loop {number}", IsBackground = true }.Start();

    /// <summary>True where there is epoll.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux();

    /// <summary>The loop for the next connection.</summary>
    public static EpollLoop Next() => Loops[(int)((uint)Interlocked.Increment(ref _next) % (uint)Loops.Length)].Value;

    /// <summary>On a loop's thread: leaves something for the end of the batch, so that what many sockets cause is done once. False elsewhere.</summary>
    public static bool TryDefer(IBatchEnd work)
    {
        if (_deferred is null) return false;
        _deferred.Add(work);
        return true;
    }

    /// <summary>Begins to watch a pipe's socket.</summary>
    public void Add(EpollDuplexPipe pipe)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var slot))
            {
                slot = _used++;
                if (slot == _pipes.Length) Array.Resize(ref _pipes, _pipes.Length * 2);
            }

            // The generation tells the events of a socket from those of an earlier one in its slot.
            pipe.Registration = (long)++_generation << 32 | (uint)slot;
            _pipes[slot] = pipe;
        }

        Epoll.Watch(_queue, pipe.Handle, pipe.Registration);
    }

    /// <summary>Ends the watch. An event that is on its way finds nobody.</summary>
    public void Remove(EpollDuplexPipe pipe)
    {
        var slot = (int)(uint)pipe.Registration;
        lock (_gate)
        {
            if (!ReferenceEquals(_pipes[slot], pipe)) return;
            _pipes[slot] = null;
            _free.Push(slot);
        }

        try
        {
            Epoll.Forget(_queue, pipe.Handle);
        }
        catch (ObjectDisposedException)
        {
            // Closed, which ended the watch.
        }
    }

    private void Run()
    {
        _deferred = [];
        var events = new byte[EventsMax * Epoll.EventSize];
        while (true)
        {
            var count = Epoll.Wait(_queue, events);
            for (var i = 0; i < count; i++)
            {
                var (flags, data) = Epoll.Read(events, i);
                var pipe = Volatile.Read(ref _pipes)[(int)(uint)data];
                if (pipe is not null && pipe.Registration == data) pipe.OnEvent(flags);
            }

            // What is deferred may defer more.
            for (var i = 0; i < _deferred.Count; i++) _deferred[i].OnBatchEnd();
            _deferred.Clear();
        }
    }
}
