using System.IO.Pipelines;

namespace Traxxs.Mqtt.Transport;

/// <summary>A writer whose <see cref="WriteAsync"/> sends from the caller's memory; only who asks for memory gets a buffer.</summary>
internal abstract class UnbufferedPipeWriter : PipeWriter
{
    private byte[] _buffer = [];
    private int _length;

    /// <summary>Completes when the socket has taken everything.</summary>
    private protected abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        var sending = _length > 0 ? SendBothAsync(source, cancellationToken) : SendAsync(source, cancellationToken);
        return sending.IsCompletedSuccessfully ? default : FinishAsync(sending);
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        await SendAsync(_buffer.AsMemory(0, _length), cancellationToken);
        _length = 0;
        return default;
    }

    private async ValueTask SendBothAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await SendAsync(source, cancellationToken);
    }

    private static async ValueTask<FlushResult> FinishAsync(ValueTask sending)
    {
        await sending;
        return default;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_buffer.Length - _length < Math.Max(1, sizeHint)) Array.Resize(ref _buffer, Math.Max(256, Math.Max(_length + sizeHint, _buffer.Length * 2)));
        return _buffer.AsMemory(_length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _length += bytes;

    public override void CancelPendingFlush()
    {
        // A send under way ends when the socket is closed: see SocketPipe.Abort.
    }

    public override void Complete(Exception? exception = null)
    {
    }
}
