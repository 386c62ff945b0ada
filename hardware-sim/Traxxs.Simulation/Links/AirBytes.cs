namespace Traxxs.Simulation.Links;

/// <summary>
/// Bytes on the air around a frame: MQTT 3.1.1 QoS 1 over TLS 1.2 with an AEAD cipher over TCP/IPv4, as counted byte by byte
/// in the RFCs; radio framing below IP is not in it.
/// </summary>
public static class AirBytes
{
    private const int TcpIp = 40;             // RFC 791 + RFC 9293 without options
    private const int TlsRecord = 5 + 8 + 16; // RFC 5246 6.2.1 header, explicit nonce and tag of AES-GCM (RFC 5288)
    private const int PublishHeader = 2 + 2 + 22 + 2; // fixed header, topic length, xsole/v1/{11 characters}/up, packet identifier

    /// <summary>PUBACK down and the TCP acknowledgement up.</summary>
    public const int Acknowledgement = TcpIp + TlsRecord + 4 + TcpIp;

    /// <summary>A connection: TCP handshake and end (280), full TLS handshake with one ECDSA certificate (about 2300), CONNECT, CONNACK, SUBSCRIBE, SUBACK.</summary>
    public const int Connect = 280 + 2300 + 4 * (TcpIp + TlsRecord) + 120 + 4 + 40 + 5;

    /// <summary>A PUBLISH with a frame of so many bytes and its TCP acknowledgement.</summary>
    public static int OfPublish(int frameBytes) => TcpIp + TlsRecord + PublishHeader + frameBytes + TcpIp;
}
