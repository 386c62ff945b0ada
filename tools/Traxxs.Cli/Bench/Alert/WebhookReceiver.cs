using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Traxxs.Cli.Bench.Alert;

/// <summary>Takes every request and answers 204: as much of HTTP as a webhook's receiver needs, and no more time than that.</summary>
internal sealed class WebhookReceiver : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public WebhookReceiver()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The measurement is over.
        }
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        var buffer = new byte[64 * 1024];
        var length = 0;
        try
        {
            while (await client.GetStream().ReadAsync(buffer.AsMemory(length)) is var read and > 0)
            {
                length += read;
                while (WholeRequest(buffer.AsSpan(0, length)) is var size and > 0)
                {
                    buffer.AsSpan(size, length - size).CopyTo(buffer);
                    length -= size;
                    await client.GetStream().WriteAsync(Answer);
                }
            }
        }
        catch (IOException)
        {
            // The server closed it.
        }
    }

    /// <summary>Bytes of the first request, head and body; 0 while it is not all there.</summary>
    private static int WholeRequest(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0) return 0;
        var header = Encoding.ASCII.GetString(bytes[..end]).Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        var size = end + 4 + (header is null ? 0 : int.Parse(header.AsSpan("Content-Length:".Length)));
        return bytes.Length >= size ? size : 0;
    }
}
