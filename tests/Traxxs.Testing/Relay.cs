using System.Net;
using System.Net.Sockets;

namespace Traxxs.Testing;

/// <summary>What stands in front of several processes, as small as it can be: hands each connection to the first port that answers.</summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile int[] _ports = [];

    /// <summary>A relay that listens on a port of loopback; 0 for a free one.</summary>
    public Relay(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _running = RunAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Where connections go: to the first that answers.</summary>
    public IReadOnlyList<int> Ports
    {
        set => _ports = [.. value];
    }

    /// <summary>Cuts all connections and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // It is over, or somebody left before being let in.
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        foreach (var port in _ports)
        {
            using var target = new TcpClient();
            try
            {
                await target.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                continue;
            }

            try
            {
                await Task.WhenAny(client.GetStream().CopyToAsync(target.GetStream(), _stop.Token), target.GetStream().CopyToAsync(client.GetStream(), _stop.Token));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // One side went.
            }

            return;
        }
    }
}
