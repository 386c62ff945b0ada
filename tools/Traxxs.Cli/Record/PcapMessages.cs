namespace Traxxs.Cli.Record;

/// <summary>The MQTT messages in the connections of a pcap file.</summary>
internal static class PcapMessages
{
    /// <summary>Writes them in the order of the file; connections that are not MQTT, and broken ones, are told of and left out from there.</summary>
    public static void Write(IReadOnlyList<TcpPiece> pieces, CaptureWriter capture, Action<string> tell)
    {
        var connections = new Dictionary<int, (MqttListening Listening, int ServerPort)>();
        var at = DateTimeOffset.UnixEpoch;
        foreach (var piece in pieces)
        {
            at = piece.At;
            // Who speaks first is the client.
            if (!connections.TryGetValue(piece.Connection, out var connection))
            {
                connections[piece.Connection] = connection = (new MqttListening((bool up, string topic, in Traxxs.Mqtt.Packets.PublishPacket packet, ReadOnlySpan<byte> payload) =>
                    capture.Write(at, up ? "up" : "down", topic, packet.QoS, packet.Retain, packet.Duplicate, payload)), piece.ToPort);
            }

            var before = connection.Listening.Problem;
            connection.Listening.Feed(piece.ToPort == connection.ServerPort, piece.Bytes);
            if (before is null && connection.Listening.Problem is { } problem) tell($"connection {piece.Connection} to port {connection.ServerPort}: {problem}");
        }
    }
}
