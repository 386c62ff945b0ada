using System.IO.Pipelines;
using System.Net.WebSockets;

namespace Traxxs.Mqtt.Transport;

/// <summary>
/// A WebSocket as a duplex pipe, MQTT 5.0 section 6: binary frames whose borders mean nothing. An endpoint accepts the socket
/// with <see cref="SubProtocol"/> and hands this to <c>MqttServer.ServeAsync</c>.
/// </summary>
public sealed class WebSocketDuplexPipe : IDuplexPipe, IAsyncDisposable
{
    /// <summary>[MQTT-6.0.0-3], [MQTT-6.0.0-4] the sub-protocol both sides name.</summary>
    public const string SubProtocol = "mqtt";

    private readonly WebSocketStream _stream;
    private readonly StreamDuplexPipe _pipe;

    /// <summary>Takes over an open WebSocket.</summary>
    public WebSocketDuplexPipe(WebSocket socket)
    {
        _stream = new WebSocketStream(socket);
        _pipe = new StreamDuplexPipe(_stream);
    }

    /// <inheritdoc/>
    public PipeReader Input => _pipe.Input;

    /// <inheritdoc/>
    public PipeWriter Output => _pipe.Output;

    /// <summary>Says goodbye if the peer still listens, for at most a second.</summary>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private sealed class WebSocketStream(WebSocket socket) : Stream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (true)
            {
                ValueWebSocketReceiveResult result;
                try
                {
                    result = await socket.ReceiveAsync(buffer, cancellationToken);
                }
                catch (WebSocketException exception)
                {
                    throw new IOException("the WebSocket connection was lost", exception);
                }

                if (result.MessageType == WebSocketMessageType.Close) return 0;
                // [MQTT-6.0.0-1] a data frame that is not binary ends the connection
                if (result.MessageType != WebSocketMessageType.Binary) throw new IOException("a WebSocket frame that is not binary");
                // [MQTT-6.0.0-2] packets do not care for frames: an empty one is no end of stream
                if (result.Count > 0 || buffer.IsEmpty) return result.Count;
            }
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            }
            catch (WebSocketException exception)
            {
                throw new IOException("the WebSocket connection was lost", exception);
            }
        }

        public override async ValueTask DisposeAsync()
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
                try
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
                }
                catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
                {
                    // Gone already.
                }
            }

            socket.Dispose();
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
