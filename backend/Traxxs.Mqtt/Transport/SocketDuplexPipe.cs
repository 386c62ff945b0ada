using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Traxxs.Mqtt.Transport;

/// <summary>
/// A socket on the thread pool: one receive buffer that grows with the traffic and shrinks back when the peer falls silent.
/// For clients, whose callbacks may block, and for systems without epoll.
/// </summary>
public sealed class SocketDuplexPipe : SocketPipe
{
    private readonly SocketPipeReader _reader;

    /// <summary>Takes over a connected stream socket.</summary>
    public SocketDuplexPipe(Socket socket)
        : base(socket)
    {
        Input = _reader = new SocketPipeReader(socket);
        Output = new SocketPipeWriter(socket);
    }

    /// <inheritdoc/>
    public override PipeReader Input { get; }

    /// <inheritdoc/>
    public override PipeWriter Output { get; }

    private protected override bool SawEnd => _reader.SawEnd;
}

/// <summary>Receives into one array that grows while messages are larger than it.</summary>
internal sealed class SocketPipeReader(Socket socket) : PipeReader
{
    private const int SmallSize = 512;    // what an idle connection keeps; a device's report fits
    private const int LargeSize = 16 * 1024;

    private readonly byte[] _small = new byte[SmallSize];
    private byte[]? _large;
    private int _start, _end, _examined;
    private bool _lastFilled;
    private bool _ended;
    private volatile bool _cancelled;

    private byte[] Buffer => _large ?? _small;

    /// <summary>True once the peer closed its side or the reading was cancelled.</summary>
    public bool SawEnd => _ended || _cancelled;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_cancelled) return new ReadResult(default, isCanceled: true, isCompleted: _ended);
        if (_examined < _end || _ended) return Result();
        MakeRoom();
        int count;
        try
        {
            count = await socket.ReceiveAsync(Buffer.AsMemory(_end), SocketFlags.None, cancellationToken);
        }
        catch (SocketException) when (_cancelled)
        {
            count = 0;
        }

        _lastFilled = _end + count == Buffer.Length;
        _end += count;
        if (count == 0) _ended = true;
        return Result();
    }

    private ReadResult Result() => new(new ReadOnlySequence<byte>(Buffer, _start, _end - _start), _cancelled, _ended);

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = _examined = 0;
            if (_lastFilled && _large is null) _large = ArrayPool<byte>.Shared.Rent(LargeSize);
            else if (!_lastFilled && _large is not null) ReturnLarge();
            return;
        }

        if (_end < Buffer.Length && _start < Buffer.Length / 2) return;
        var kept = _end - _start;
        if (kept > Buffer.Length / 2)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(LargeSize, Buffer.Length * 2));
            System.Buffer.BlockCopy(Buffer, _start, larger, 0, kept);
            ReturnLarge();
            _large = larger;
        }
        else System.Buffer.BlockCopy(Buffer, _start, Buffer, 0, kept);

        _start = 0;
        _end = _examined = kept;
    }

    private void ReturnLarge()
    {
        if (_large is not null) ArrayPool<byte>.Shared.Return(_large);
        _large = null;
    }

    public override bool TryRead(out ReadResult result)
    {
        result = Result();
        return _cancelled || _ended || _examined < _end;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Positions in a sequence over one array are its indexes; an empty default sequence has none.
        if (consumed.GetObject() is null) return;
        _start = consumed.GetInteger();
        _examined = examined.GetInteger();
    }

    public override void CancelPendingRead()
    {
        _cancelled = true;
        try
        {
            socket.Shutdown(SocketShutdown.Receive); // a receive that is under way answers 0
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
    }

    public override void Complete(Exception? exception = null) => ReturnLarge();
}

/// <summary>Sends from the caller's memory.</summary>
internal sealed class SocketPipeWriter(Socket socket) : UnbufferedPipeWriter
{
    private protected override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
    }
}
