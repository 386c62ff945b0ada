namespace Traxxs.Server.Api.Http;

/// <summary>A response's body held back until it is whole; one that grows beyond a bound goes out as it comes.</summary>
internal sealed class HeldBody(Stream client, int bytesMax) : Stream
{
    private readonly MemoryStream _held = new();

    /// <summary>Whether nothing has gone out yet.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>What is held.</summary>
    public ReadOnlySpan<byte> Bytes => _held.GetBuffer().AsSpan(0, (int)_held.Length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Sends nothing of what is held.</summary>
    public void Forget() => _held.SetLength(0);

    /// <summary>Sends what is held.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        if (_held.Length > 0) await client.WriteAsync(_held.GetBuffer().AsMemory(0, (int)_held.Length), cancellationToken);
        _held.SetLength(0);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsWhole && _held.Length + buffer.Length <= bytesMax)
        {
            _held.Write(buffer.Span);
            return;
        }

        IsWhole = false;
        await SendAsync(cancellationToken);
        await client.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (!IsWhole || _held.Length + count > bytesMax) throw new InvalidOperationException("a long answer is written asynchronously");
        _held.Write(buffer, offset, count);
    }

    // Held back: nothing goes out before it is known to be whole.
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => IsWhole ? Task.CompletedTask : client.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
