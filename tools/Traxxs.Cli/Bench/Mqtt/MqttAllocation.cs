using System.Net.Sockets;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Cli.Bench.Mqtt;

/// <summary>
/// What the server allocates for a PUBLISH on the steady path, from the socket to the acknowledgement. It runs in this process
/// against a peer that allocates nothing, so that what the runtime counts is the server's.
/// </summary>
internal static class MqttAllocation
{
    private const int Publishes = 20_000;

    /// <summary>Bytes for each of many publishes, <paramref name="together"/> of them arriving at a time.</summary>
    public static async Task<double> MeasureAsync(MqttQoS qos, int together)
    {
        await using var server = new MqttServer(new MqttServerOptions { Listeners = { new MqttListener() } }, new MqttOpenHandler());
        await server.StartAsync();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server.Endpoints[0]); // not asynchronously: the socket would then allocate for each wait
        return await Task.Run(() => Measure(socket, qos, together));
    }

    private static double Measure(Socket socket, MqttQoS qos, int together)
    {
        var answer = new byte[4096];
        using var packets = new PacketBuffer();
        new ConnectPacket { Version = MqttProtocolVersion.V311, ClientId = "c" }.Write(packets);
        Exchange(4);
        packets.TruncateTo(0);
        for (ushort i = 1; i <= together; i++)
        {
            new PublishFields { QoS = qos, Topic = "xsole/v1/d/up"u8, PacketIdentifier = i, Payload = new byte[24] }.TryWrite(packets, MqttProtocolVersion.V311);
            if (qos == MqttQoS.ExactlyOnce) AckPacket.Write(packets, MqttPacketType.Pubrel, i, MqttProtocolVersion.V311);
        }

        if (qos == MqttQoS.AtMostOnce) packets.WriteBytes([(int)MqttPacketType.Pingreq << 4, 0]); // something to wait for
        var expected = qos == MqttQoS.AtMostOnce ? 2 : together * (qos == MqttQoS.ExactlyOnce ? 8 : 4);
        for (var i = 0; i < Publishes; i += together) Exchange(expected);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Publishes; i += together) Exchange(expected);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Publishes;

        void Exchange(int bytes)
        {
            socket.Send(packets.Written.Span);
            while (bytes > 0) bytes -= socket.Receive(answer);
        }
    }
}
