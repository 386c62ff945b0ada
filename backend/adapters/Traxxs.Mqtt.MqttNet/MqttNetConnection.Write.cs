using System.Net.Sockets;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>The writer: one at a time takes everything that is ready and sends it in one piece.</summary>
internal sealed partial class MqttNetConnection
{
    private PacketBuffer _spareBuffer = new();
    private Task _writer = Task.CompletedTask;
    private bool _writing;
    private long _writeStartedMs;

    /// <summary>Starts sending what is in the buffer unless a write is under way, which will take it along.</summary>
    public void Flush()
    {
        lock (Gate)
        {
            if (_link is null) return;
            _link.FlushQueued = false;
            if (_writing || _link.Buffer.Length == 0) return;
            _writing = true;
            _writeStartedMs = _server.Clock.NowMs;
            _spareBuffer = _link.Swap(_spareBuffer);
        }

        _writer = WriteAsync();
    }

    void Transport.IBatchEnd.OnBatchEnd() => Flush();

    private async Task WriteAsync()
    {
        var buffer = _spareBuffer; // filled; the empty one has taken its place at the link
        try
        {
            while (true)
            {
                var result = await _transport.Output.WriteAsync(buffer.Written);
                Interlocked.Add(ref Counters._bytesSent, buffer.Length);
                lock (Gate)
                {
                    buffer.Dispose();
                    if (result.IsCanceled || result.IsCompleted) throw new OperationCanceledException("the peer does not read any more");
                    _writeStartedMs = _server.Clock.NowMs;
                    // What waited for room: more of the session's messages, and the client's own.
                    if (_session is { } session && ReferenceEquals(session.Link, _link) && _link!.IsOpen) session.Pump(_writeStartedMs);
                    if (_paused && _link!.HasRoom) _resume?.TrySetResult();
                    _link!.FlushQueued = false;
                    if (_link.Buffer.Length == 0)
                    {
                        _spareBuffer = buffer;
                        _writing = false;
                        return;
                    }

                    buffer = _link.Swap(buffer);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException or SocketException)
        {
            lock (Gate)
            {
                _link!.IsOpen = false;
                _link.Buffer.Dispose();
                _spareBuffer = buffer;
                _writing = false;
            }

            _transport.Input.CancelPendingRead();
        }
    }

    private async Task FinishWritingAsync()
    {
        Flush();
        try
        {
            while (true)
            {
                await _writer;
                lock (Gate)
                {
                    if (!_writing) break;
                }

                await Task.Yield(); // the write that was just begun has not been noted yet
            }

            await _transport.Output.CompleteAsync();
            await _transport.Input.CompleteAsync();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException or SocketException)
        {
            // The peer is gone already.
        }

        lock (Gate)
        {
            if (_link is null) return;
            _link.IsOpen = false;
            _link.Buffer.Dispose();
            _spareBuffer.Dispose();
        }
    }
}
