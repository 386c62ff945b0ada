using System.Net;
using System.Net.Sockets;

namespace Traxxs.Store.Tests.Postgres;

/// <summary>
/// Stands between a client and the server and cuts the connection at the next COMMIT: before the server hears it, or after it heard and
/// before the client hears that.
/// </summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private readonly Lock _lock = new();
    private readonly List<TcpClient> _open = [];
    private volatile Cut _next;

    public CuttingProxy(int serverPort)
    {
        _server = serverPort;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>When the next COMMIT is cut.</summary>
    public enum Cut
    {
        /// <summary>Not at all.</summary>
        None,

        /// <summary>The server never hears it.</summary>
        Before,

        /// <summary>The server commits and nobody hears.</summary>
        After,
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Commits that were cut.</summary>
    public int Cuts { get; private set; }

    public void CutNext(Cut cut) => _next = cut;

    public void Dispose()
    {
        _listener.Stop();
        lock (_lock) _open.ForEach(client => client.Dispose());
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _server);
            lock (_lock) _open.AddRange([client, server]);
            _ = Task.Run(() => UpAsync(client, server));
            _ = Task.Run(() => DownAsync(server, client));
        }
    }

    private async Task UpAsync(TcpClient client, TcpClient server)
    {
        var buffer = new byte[65536];
        try
        {
            for (int count; (count = await client.GetStream().ReadAsync(buffer)) > 0;)
            {
                var cut = buffer.AsSpan(0, count).IndexOf("COMMIT\0"u8) >= 0 ? _next : Cut.None;
                if (cut == Cut.None)
                {
                    await server.GetStream().WriteAsync(buffer.AsMemory(0, count));
                    continue;
                }

                _next = Cut.None;
                Cuts++;
                client.Dispose();
                if (cut == Cut.After) await server.GetStream().WriteAsync(buffer.AsMemory(0, count));
                // The server commits what it was sent before it sees that nobody is there.
                server.Client.Shutdown(SocketShutdown.Send);
                return;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or SocketException)
        {
            // One of them went; so does the other.
        }

        client.Dispose();
        server.Dispose();
    }

    private static async Task DownAsync(TcpClient server, TcpClient client)
    {
        try
        {
            await server.GetStream().CopyToAsync(client.GetStream());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or SocketException)
        {
            // As above.
        }

        client.Dispose();
    }
}
