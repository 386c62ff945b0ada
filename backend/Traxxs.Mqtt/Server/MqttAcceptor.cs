using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Transport;

namespace Traxxs.Mqtt.Server;

/// <summary>Serves one connection until it ends.</summary>
/// <param name="transport">What it sends and receives on.</param>
/// <param name="info">Where it comes from.</param>
/// <param name="abort">Cuts it where the transport cannot do so itself.</param>
/// <param name="cancellationToken">The server stops.</param>
internal delegate Task ServeConnection(IDuplexPipe transport, MqttConnectionInfo info, Action? abort, CancellationToken cancellationToken);

/// <summary>What comes before the first packet, whichever server then reads it: listeners, limits on connections, TLS.</summary>
internal sealed class MqttAcceptor(
    MqttServerOptions options, MqttServerCounters counters, TimeProvider time, ILogger logger, ServeConnection serve, CancellationToken stopping)
{
    private const int LingerMs = 1000; // long enough for a DISCONNECT to cross a slow link, short enough not to collect sockets

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50); // for others to give their descriptors back

    private readonly ConcurrentDictionary<IPAddress, int> _perAddress = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _acceptors = [];
    private readonly List<IPEndPoint> _endpoints = [];
    private int _admitted; // transports, those in a TLS handshake too

    /// <summary>The addresses listened on, in the order of the listeners, with the ports chosen.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => _endpoints;

    /// <summary>Binds all listeners. Throws a <see cref="SocketException"/> if a port is taken.</summary>
    public void Start()
    {
        foreach (var listener in options.Listeners)
        {
            var socket = new Socket(listener.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            socket.Bind(new IPEndPoint(listener.Address, listener.Port));
            socket.Listen(512);
            _endpoints.Add((IPEndPoint)socket.LocalEndPoint!);
            _acceptors.Add(AcceptAsync(socket, listener));
        }
    }

    /// <summary>Serves a connection on a transport of the host's, unless the limits leave it no place.</summary>
    public async Task ServeAsync(IDuplexPipe transport, MqttConnectionInfo info, CancellationToken cancellationToken)
    {
        var address = AddressOf(info.RemoteEndPoint);
        if (!TryAdmit(address)) return;
        try
        {
            await serve(transport, info, null, cancellationToken);
        }
        finally
        {
            Dismiss(address);
        }
    }

    /// <summary>Stops listening; the token is cancelled already.</summary>
    public void Close()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }

    /// <summary>Completes when nothing is accepted any more.</summary>
    public Task ClosedAsync() => Task.WhenAll(_acceptors);

    private async Task AcceptAsync(Socket listening, MqttListener listener)
    {
        while (!stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listening.AcceptAsync(stopping);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                // Out of descriptors, or the peer left before it was accepted: the listener goes on.
                logger.LogWarning(exception, "accept failed");
                await Task.Delay(AcceptPause, time, CancellationToken.None);
                continue;
            }

            Interlocked.Increment(ref counters._accepted);
            _ = ServeSocketAsync(socket, listener);
        }
    }

    private async Task ServeSocketAsync(Socket socket, MqttListener listener)
    {
        var address = AddressOf(socket.RemoteEndPoint);
        if (!TryAdmit(address))
        {
            socket.Close(0);
            return;
        }

        try
        {
            if (listener.Certificate is null)
            {
                var pipe = SocketPipe.Open(socket);
                await serve(pipe, new MqttConnectionInfo { RemoteEndPoint = socket.RemoteEndPoint, Transport = "tcp" }, null, stopping);
                await pipe.CloseAsync(stopping.IsCancellationRequested ? 100 : LingerMs);
            }
            else await ServeTlsAsync(socket, listener);
        }
        catch (Exception exception)
        {
            logger.LogDebug(exception, "connection from {Address} failed", address);
        }
        finally
        {
            socket.Dispose();
            Dismiss(address);
        }
    }

    /// <summary>Takes a place in all and one of the address's; false at either limit.</summary>
    private bool TryAdmit(IPAddress? address)
    {
        var isWithin = Interlocked.Increment(ref _admitted) <= options.ConnectionsMax;
        if (address is not null) isWithin &= _perAddress.AddOrUpdate(address, 1, static (_, count) => count + 1) <= options.ConnectionsPerAddressMax;
        if (isWithin) return true;
        Dismiss(address);
        Interlocked.Increment(ref counters._refusedByLimit);
        return false;
    }

    private void Dismiss(IPAddress? address)
    {
        Interlocked.Decrement(ref _admitted);
        if (address is null) return;
        if (_perAddress.AddOrUpdate(address, 0, static (_, count) => count - 1) <= 0) _perAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
    }

    private async Task ServeTlsAsync(Socket socket, MqttListener listener)
    {
        socket.NoDelay = true;
        await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using (time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), limit, options.ConnectTimeout, Timeout.InfiniteTimeSpan))
        {
            try
            {
                await stream.AuthenticateAsServerAsync(TlsOptions(listener), limit.Token);
            }
            catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
            {
                Interlocked.Increment(ref counters._tlsFailures);
                logger.LogInformation("TLS with {Address} failed: {Text}", socket.RemoteEndPoint, exception.Message);
                return;
            }
        }

        var info = new MqttConnectionInfo
        {
            RemoteEndPoint = socket.RemoteEndPoint,
            Transport = "tls",
            IsSecure = true,
            ClientCertificate = stream.RemoteCertificate as X509Certificate2,
        };
        await serve(new StreamDuplexPipe(stream), info, () => socket.Close(0), stopping);
        try
        {
            await stream.ShutdownAsync();
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone already.
        }
    }

    private static SslServerAuthenticationOptions TlsOptions(MqttListener listener)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = listener.Certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = listener.ClientCertificates,
        };
        if (!listener.ClientCertificates) return options;
        if (listener.ClientCertificateAuthorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        // None at all is for the handler to judge; a wrong one never gets that far.
        options.RemoteCertificateValidationCallback = static (_, certificate, _, errors) => certificate is null || errors == SslPolicyErrors.None;
        return options;
    }

    private static IPAddress? AddressOf(EndPoint? peer) => (peer as IPEndPoint)?.Address;
}
