using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Traxxs.Mqtt.Transport;

/// <summary>A socket on an <see cref="EpollLoop"/>. While nothing comes it has no buffer and nothing that waits but its place there.</summary>
internal sealed class EpollDuplexPipe : SocketPipe
{
    private readonly EpollLoop _loop;
    private readonly EpollPipeReader _reader;
    private readonly EpollPipeWriter _writer;

    public EpollDuplexPipe(Socket socket, EpollLoop loop)
        : base(socket)
    {
        socket.Blocking = false;
        _loop = loop;
        _reader = new EpollPipeReader(socket);
        _writer = new EpollPipeWriter(socket);
        loop.Add(this);
    }

    public override PipeReader Input => _reader;

    public override PipeWriter Output => _writer;

    /// <summary>The socket's place on the loop.</summary>
    public long Registration { get; set; }

    public SafeHandle Handle => Socket.SafeHandle;

    private protected override bool SawEnd => _reader.SawEnd;

    /// <summary>The loop's thread: the socket became ready.</summary>
    public void OnEvent(uint flags)
    {
        if ((flags & (Epoll.Out | Epoll.Ended)) != 0) _writer.OnWritable();
        if ((flags & (Epoll.In | Epoll.Ended)) != 0) _reader.OnReadable((flags & Epoll.Ended) != 0);
    }

    public override void Abort()
    {
        _loop.Remove(this);
        base.Abort();
        _reader.CancelPendingRead();
        _writer.OnWritable(); // a send that waits finds the socket closed
    }

    public override ValueTask CloseAsync(int lingerMs)
    {
        _loop.Remove(this);
        return base.CloseAsync(lingerMs);
    }
}

/// <summary>
/// Receives when the loop says so, into a buffer from the pool that goes back as soon as all of it is consumed. One reader at
/// a time, which may change threads.
/// </summary>
internal sealed class EpollPipeReader(Socket socket) : PipeReader, IValueTaskSource<ReadResult>, IThreadPoolWorkItem
{
    private const int UsualSize = 4 * 1024;
    private const int LargeSize = 16 * 1024;

    // Bits of the state. Who takes Waiting away completes the read; nobody else may.
    private const int Ready = 1;     // an edge came since the last receive began
    private const int Ended = 2;     // the peer sends no more: there is no further edge to wait for
    private const int Waiting = 4;   // a read is pending
    private const int Cancelled = 8;

    private ManualResetValueTaskSourceCore<ReadResult> _pending;
    private byte[]? _buffer;
    private int _start, _end, _examined;
    private int _state;
    private bool _lastFilled;
    private bool _sawEnd;

    public bool SawEnd => _sawEnd || (Volatile.Read(ref _state) & Cancelled) != 0;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (TryRead(out var result)) return new ValueTask<ReadResult>(result);
        // The flag goes down before the receive: an edge that comes during it brings the next one about.
        if ((Interlocked.And(ref _state, ~Ready) & (Ready | Ended)) != 0 && TryReceive()) return new ValueTask<ReadResult>(Result());
        _pending.Reset();
        var version = _pending.Version;
        if (!Wait()) _pending.SetResult(Result());
        return new ValueTask<ReadResult>(this, version);
    }

    /// <summary>The loop's thread: there is something to receive, or the end.</summary>
    public void OnReadable(bool ended)
    {
        var before = Interlocked.Or(ref _state, ended ? Ready | Ended : Ready);
        if ((before & Waiting) == 0 || !TryTakeWaiting()) return;
        Interlocked.And(ref _state, ~Ready);
        if (TryReceiveGuarded() || !Wait()) _pending.SetResult(Result());
    }

    /// <summary>Leaves the read pending. False if there is something to be told at once, which is then received.</summary>
    private bool Wait()
    {
        while (true)
        {
            var before = Interlocked.Or(ref _state, Waiting);
            if ((before & (Ready | Cancelled)) == 0) return true;
            if (!TryTakeWaiting()) return true; // told by another thread
            if ((before & Cancelled) != 0) return false;
            Interlocked.And(ref _state, ~Ready);
            if (TryReceiveGuarded()) return false;
        }
    }

    private bool TryTakeWaiting() => (Interlocked.And(ref _state, ~Waiting) & Waiting) != 0;

    // An error is told as the end of the stream: whose connection it was has nothing else to do with it.
    private bool TryReceiveGuarded()
    {
        try
        {
            return TryReceive();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            _sawEnd = true;
            return true;
        }
    }

    /// <summary>Receives once; false if there was nothing yet.</summary>
    private bool TryReceive()
    {
        MakeRoom();
        var room = _buffer!.AsSpan(_end);
        var count = socket.Receive(room, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            if (_start == _end) ReturnBuffer();
            return false;
        }

        if (error != SocketError.Success) throw new SocketException((int)error);
        _lastFilled = count == room.Length;
        if (_lastFilled) Interlocked.Or(ref _state, Ready); // there may be more, and no edge will tell
        _end += count;
        _sawEnd = count == 0;
        return true;
    }

    private void MakeRoom()
    {
        if (_buffer is null)
        {
            _start = _end = _examined = 0;
            _buffer = ArrayPool<byte>.Shared.Rent(_lastFilled ? LargeSize : UsualSize);
            return;
        }

        if (_end < _buffer.Length && _start < _buffer.Length / 2) return;
        var kept = _end - _start;
        var target = kept > _buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(Math.Max(LargeSize, _buffer.Length * 2)) : _buffer;
        Buffer.BlockCopy(_buffer, _start, target, 0, kept);
        if (target != _buffer) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end, _examined) = (target, 0, kept, kept);
    }

    private ReadResult Result() => new(
        _buffer is null ? default : new ReadOnlySequence<byte>(_buffer, _start, _end - _start), (Volatile.Read(ref _state) & Cancelled) != 0, _sawEnd);

    public override bool TryRead(out ReadResult result)
    {
        result = Result();
        return _sawEnd || _examined < _end || result.IsCanceled;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Positions in a sequence over one array are its indexes; an empty default sequence has none.
        if (consumed.GetObject() is null) return;
        _start = consumed.GetInteger();
        _examined = examined.GetInteger();
        if (_start == _end) ReturnBuffer();
    }

    public override void CancelPendingRead()
    {
        var before = Interlocked.Or(ref _state, Cancelled);
        // Not on this thread: it may hold locks that what follows the read wants to take in another order.
        if ((before & Waiting) != 0 && TryTakeWaiting()) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _pending.SetResult(Result());

    public override void Complete(Exception? exception = null) => ReturnBuffer();

    private void ReturnBuffer()
    {
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = _end = _examined = 0;
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _pending.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _pending.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _pending.OnCompleted(continuation, state, token, flags);
}

/// <summary>Sends from the caller's memory at once, and waits for the loop only where the socket takes no more.</summary>
internal sealed class EpollPipeWriter(Socket socket) : UnbufferedPipeWriter
{
    private TaskCompletionSource? _room;
    private int _edges;

    private protected override ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var edges = Volatile.Read(ref _edges);
        var sent = Send(bytes.Span);
        return sent == bytes.Length ? default : SendRestAsync(bytes[sent..], edges);
    }

    // A send that took a part has found the socket full, as one that took nothing.
    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> bytes, int edges)
    {
        while (!bytes.IsEmpty)
        {
            await RoomAsync(edges);
            edges = Volatile.Read(ref _edges);
            bytes = bytes[Send(bytes.Span)..];
        }
    }

    private int Send(ReadOnlySpan<byte> bytes)
    {
        var sent = socket.Send(bytes, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => sent,
            SocketError.WouldBlock => 0,
            _ => throw new SocketException((int)error),
        };
    }

    /// <summary>Completes when an edge came after <paramref name="edges"/> of them.</summary>
    private Task RoomAsync(int edges)
    {
        var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _room, room);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _edges) != edges) room.TrySetResult();
        return room.Task;
    }

    /// <summary>The loop's thread, or the one that cuts the connection.</summary>
    public void OnWritable()
    {
        Interlocked.Increment(ref _edges);
        Volatile.Read(ref _room)?.TrySetResult();
    }
}
