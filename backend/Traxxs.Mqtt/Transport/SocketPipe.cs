using System.IO.Pipelines;
using System.Net.Sockets;

namespace Traxxs.Mqtt.Transport;

/// <summary>
/// A connected stream socket ([MQTT-4.2.0-1]: ordered, without loss) as a duplex pipe without pipes in between: what is received is handed over in the buffer it was
/// received into, and what is sent is sent from the caller's memory.
/// </summary>
public abstract class SocketPipe : IDuplexPipe, IAsyncDisposable
{
    private protected SocketPipe(Socket socket)
    {
        Socket = socket;
        if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true; // an acknowledgement must not wait for the next one
    }

    /// <summary>
    /// Takes over a socket whose reader does not block: on Linux what it does runs on the thread that waits for the sockets,
    /// which costs a lone packet no change of thread; elsewhere on the thread pool.
    /// </summary>
    public static SocketPipe Open(Socket socket) => EpollLoop.IsSupported ? new EpollDuplexPipe(socket, EpollLoop.Next()) : new SocketDuplexPipe(socket);

    /// <inheritdoc/>
    public abstract PipeReader Input { get; }

    /// <inheritdoc/>
    public abstract PipeWriter Output { get; }

    private protected Socket Socket { get; }

    /// <summary>True once the peer closed its side or the reading was cancelled.</summary>
    private protected abstract bool SawEnd { get; }

    /// <summary>Cuts the connection at once.</summary>
    public virtual void Abort() => Socket.Close(0);

    /// <summary>
    /// Closes the connection. What was sent still arrives: closing with unread bytes would make the peer discard it, so the
    /// peer gets up to <paramref name="lingerMs"/> to close its side.
    /// </summary>
    public virtual async ValueTask CloseAsync(int lingerMs)
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
            if (!SawEnd && lingerMs > 0)
            {
                using var limit = new CancellationTokenSource(lingerMs);
                var discarded = new byte[1024];
                while (await Socket.ReceiveAsync(discarded, SocketFlags.None, limit.Token) > 0)
                {
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Gone already, or still talking: closed all the same.
        }

        Socket.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync(0);
}
