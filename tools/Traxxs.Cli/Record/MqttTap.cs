using System.Net;
using System.Net.Sockets;

namespace Traxxs.Cli.Record;

/// <summary>
/// Sits between devices and their server on plain TCP: hands on every byte both ways and writes down the messages. A device that cannot
/// be listened to is served all the same.
/// </summary>
internal sealed class MqttTap(IPEndPoint listen, string host, int port, CaptureWriter capture, Action<string> tell) : IDisposable
{
    /// <summary>Most connections at a time; one more is closed at once.</summary>
    public const int ConnectionsMax = 10_000;

    private readonly TcpListener _listener = new(listen);
    private int _connections;

    /// <summary>Begins to listen; the port that was found where 0 was asked for.</summary>
    /// <exception cref="CaptureException">The port is taken.</exception>
    public int Start()
    {
        try
        {
            _listener.Start();
            return ((IPEndPoint)_listener.LocalEndpoint).Port;
        }
        catch (SocketException problem)
        {
            throw new CaptureException($"--tap {listen}: {problem.Message}", problem);
        }
    }

    /// <summary>Takes devices until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync(cancellation), cancellation);
        }
        catch (OperationCanceledException)
        {
            _listener.Stop();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Socket device, CancellationToken cancellation)
    {
        using var near = device;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (Interlocked.Increment(ref _connections) > ConnectionsMax) tell($"more than {ConnectionsMax} connections: one is closed");
        else await CarryAsync(near, far, cancellation);
        Interlocked.Decrement(ref _connections);
    }

    private async Task CarryAsync(Socket near, Socket far, CancellationToken cancellation)
    {
        var gate = new Lock();
        var listening = new MqttListening((bool up, string topic, in Traxxs.Mqtt.Packets.PublishPacket packet, ReadOnlySpan<byte> payload) =>
            capture.Write(DateTimeOffset.UtcNow, up ? "up" : "down", topic, packet.QoS, packet.Retain, packet.Duplicate, payload));
        try
        {
            await far.ConnectAsync(host, port, cancellation);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var ways = new[] { PumpAsync(near, far, up: true, either.Token), PumpAsync(far, near, up: false, either.Token) };
            await Task.WhenAny(ways);
            await either.CancelAsync();
            await Task.WhenAll(ways);
        }
        catch (Exception problem) when (problem is SocketException or OperationCanceledException)
        {
            if (!cancellation.IsCancellationRequested && problem is SocketException) tell($"{listening.ClientId ?? "a device"}: {problem.Message}");
        }

        async Task PumpAsync(Socket from, Socket to, bool up, CancellationToken until)
        {
            var buffer = new byte[16 * 1024];
            while (true)
            {
                var count = await from.ReceiveAsync(buffer, until);
                if (count == 0) return;
                // Written down before it is handed on: what a server acknowledged stands in the capture.
                lock (gate)
                {
                    var before = listening.Problem;
                    listening.Feed(up, buffer.AsSpan(0, count));
                    if (before is null && listening.Problem is { } problem) tell($"{listening.ClientId ?? "a device"} is served, but not written down: {problem}");
                }

                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), until);
            }
        }
    }
}
