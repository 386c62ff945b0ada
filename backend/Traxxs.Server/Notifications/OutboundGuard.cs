using System.Net;
using System.Net.Sockets;

namespace Traxxs.Server.Notifications;

/// <summary>
/// Connects to addresses people typed in, and only to public ones: a webhook must not become a way to look around behind
/// the server. Names are resolved here and the address that was checked is the one connected to. Networks of one's own are
/// allowed by the server's configuration.
/// </summary>
public sealed class OutboundGuard(IReadOnlyList<IPNetwork> allowed)
{
    // Everything the registries keep for purposes other than hosts of the internet (RFC 6890 and its updates).
    private static readonly IPNetwork[] NotPublic =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        ]).Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Whether it connects to an address.</summary>
    public bool Allows(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (allowed.Any(network => network.Contains(address))) return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address)) return false;
        return !NotPublic.Any(network => network.Contains(address));
    }

    /// <summary>A connection to a host, to the first of its addresses that is allowed and answers.</summary>
    /// <exception cref="OutboundRefusedException">None of its addresses is allowed.</exception>
    public async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        var open = addresses.Where(Allows).ToArray();
        if (open.Length == 0) throw new OutboundRefusedException($"{host} is not a public address; the server's configuration can allow its network (allowedNetworks)");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>An HTTP client that connects this way, follows no redirects, keeps no cookies and uses no proxy.</summary>
    public HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 16,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken),
    });
}

/// <summary>An address is none the server may connect to.</summary>
public sealed class OutboundRefusedException(string message) : IOException(message);
