using System.IO.Pipelines;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;

namespace Traxxs.Mqtt.Tests.Server;

/// <summary>No allocation per PUBLISH on the steady path.</summary>
[TestClass]
[DoNotParallelize]
public sealed class AllocationTests
{
    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;
        public PipeWriter Output => output;
    }

    [TestMethod]
    [DataRow(MqttQoS.AtMostOnce, false)]
    [DataRow(MqttQoS.AtLeastOnce, false)]
    [DataRow(MqttQoS.AtLeastOnce, true)]
    public async Task A_steady_stream_of_publishes_allocates_nothing_for_each(MqttQoS qos, bool deferred)
    {
        const int publishes = 20_000;
        await using var broker = TestBroker.Of<BuiltInServer>();
        broker.Handler.Publish = (in MqttInboundPublish publish) =>
        {
            if (!deferred) return MqttPublishDisposition.Acknowledge();
            publish.Acknowledgement.Complete();
            return MqttPublishDisposition.Deferred();
        };
        var toServer = new Pipe();
        var fromServer = new Pipe();
        var served = broker.Server.ServeAsync(new Duplex(toServer.Reader, fromServer.Writer), new MqttConnectionInfo());
        using var connect = new PacketBuffer();
        new ConnectPacket { Version = MqttProtocolVersion.V311, ClientId = "c" }.Write(connect);
        await toServer.Writer.WriteAsync(connect.Written);
        using var batch = new PacketBuffer();
        for (ushort i = 1; i <= 50; i++) new PublishFields { QoS = qos, Topic = "xsole/v1/d/up"u8, PacketIdentifier = i, Payload = new byte[24] }.TryWrite(batch, MqttProtocolVersion.V311);
        batch.WriteByte(0xC0); // the answer to a PINGREQ ends each batch
        batch.WriteByte(0);
        await ReadAsync(fromServer.Reader, 4);
        await RunAsync(5000);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await RunAsync(publishes);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)publishes;
        Console.WriteLine($"{each:0.0} bytes each");
        Assert.IsLessThan(16, each); // the pipes and tasks of a batch of 50, shared by them
        await toServer.Writer.CompleteAsync();
        await served;

        async Task RunAsync(int count)
        {
            for (var sent = 0; sent < count; sent += 50)
            {
                await toServer.Writer.WriteAsync(batch.Written);
                await ReadAsync(fromServer.Reader, qos == MqttQoS.AtMostOnce ? 2 : 202);
            }
        }
    }

    private static async Task ReadAsync(PipeReader reader, int bytes)
    {
        while (bytes > 0)
        {
            var result = await reader.ReadAsync();
            bytes -= (int)result.Buffer.Length;
            reader.AdvanceTo(result.Buffer.End);
        }
    }
}
