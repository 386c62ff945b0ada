using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Traxxs.Mqtt.Transport;

namespace Traxxs.Mqtt.Tests.Transport;

/// <summary>What both kinds of socket pipe promise, over real loopback sockets.</summary>
[TestClass]
public sealed class SocketPipeTests
{
    private static IEnumerable<object[]> Kinds => EpollLoop.IsSupported ? [["epoll"], ["thread pool"]] : [["thread pool"]];

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task Bytes_arrive_whole_however_they_are_cut(string kind)
    {
        using var pair = await Pair.OpenAsync(kind);
        var sent = Bytes(200_000, seed: 1);
        var receiving = ReadAsync(pair.Pipe.Input, sent.Length);
        var random = new Random(2);
        for (var at = 0; at < sent.Length;)
        {
            var count = Math.Min(sent.Length - at, random.Next(3) == 0 ? 1 : random.Next(1, 20_000));
            await pair.Peer.SendAsync(sent.AsMemory(at, count));
            at += count;
        }

        CollectionAssert.AreEqual(sent, await receiving);
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task What_was_examined_and_not_consumed_comes_again_with_what_follows(string kind)
    {
        using var pair = await Pair.OpenAsync(kind);
        await pair.Peer.SendAsync(new byte[] { 1, 2 });
        var first = await pair.Pipe.Input.ReadAsync();
        pair.Pipe.Input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        var second = pair.Pipe.Input.ReadAsync();
        await pair.Peer.SendAsync(new byte[] { 3 });
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, (await second).Buffer.ToArray());
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task Data_and_the_end_that_arrive_together_are_both_told(string kind)
    {
        for (var round = 0; round < 50; round++)
        {
            using var pair = await Pair.OpenAsync(kind);
            await pair.Peer.SendAsync(new byte[] { 9 });
            pair.Peer.Shutdown(SocketShutdown.Send);
            var read = await pair.Pipe.Input.ReadAsync();
            Assert.AreEqual(1, read.Buffer.Length);
            pair.Pipe.Input.AdvanceTo(read.Buffer.End);
            read = await pair.Pipe.Input.ReadAsync();
            Assert.IsTrue(read.IsCompleted && read.Buffer.IsEmpty);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task A_peer_that_does_not_read_holds_the_write_and_gets_everything_when_it_does(string kind)
    {
        using var pair = await Pair.OpenAsync(kind);
        var sent = Bytes(20_000_000, seed: 3);
        var writing = pair.Pipe.Output.WriteAsync(sent).AsTask();
        Assert.IsFalse(writing.IsCompleted, "no socket buffer is that large");
        var received = new byte[sent.Length];
        for (var at = 0; at < received.Length;) at += await pair.Peer.ReceiveAsync(received.AsMemory(at, Math.Min(70_000, received.Length - at)));
        await writing;
        Assert.IsTrue(sent.AsSpan().SequenceEqual(received));
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task Cancelling_ends_a_read_that_waits_and_not_on_the_caller(string kind)
    {
        using var pair = await Pair.OpenAsync(kind);
        var gate = new Lock();
        var read = ContinueAsync();

        // Whoever cancels may hold a lock that what follows the read wants.
        lock (gate)
        {
            pair.Pipe.Input.CancelPendingRead();
            Assert.IsFalse(read.IsCompleted);
        }

        Assert.IsTrue((await read).IsCanceled);
        Assert.IsTrue((await pair.Pipe.Input.ReadAsync()).IsCanceled, "and every read after it");

        async Task<ReadResult> ContinueAsync()
        {
            var result = await pair.Pipe.Input.ReadAsync();
            var mine = await Task.Run(() => gate.TryEnter(TimeSpan.FromSeconds(10)));
            Assert.IsTrue(mine);
            return result;
        }
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task Cutting_the_connection_ends_reads_and_writes_that_wait(string kind)
    {
        using var pair = await Pair.OpenAsync(kind);
        var writing = pair.Pipe.Output.WriteAsync(new byte[20_000_000]).AsTask();
        var reading = pair.Pipe.Input.ReadAsync().AsTask();
        pair.Pipe.Abort();
        pair.Pipe.Input.CancelPendingRead();
        await Assert.ThrowsAsync<Exception>(() => writing);
        try
        {
            var read = await reading;
            Assert.IsTrue(read.IsCanceled || read.IsCompleted);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Told as an error: as good.
        }
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task A_peer_that_resets_ends_the_read(string kind)
    {
        using var pair = await Pair.OpenAsync(kind);
        var reading = pair.Pipe.Input.ReadAsync().AsTask();
        pair.Peer.Close(0);
        try
        {
            Assert.IsTrue((await reading).IsCompleted);
        }
        catch (SocketException)
        {
            // Told as an error: as good.
        }
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task Sockets_that_come_and_go_do_not_get_each_others_bytes(string kind)
    {
        // Handles and places on the loop are used again at once.
        await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            using var pair = await Pair.OpenAsync(kind);
            var bytes = Bytes(100 + i, seed: i);
            await pair.Peer.SendAsync(bytes);
            CollectionAssert.AreEqual(bytes, await ReadAsync(pair.Pipe.Input, bytes.Length));
            if (i % 3 == 0) pair.Pipe.Abort();
            else await pair.Pipe.CloseAsync(0);
        });
    }

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(PipeReader input, int count)
    {
        var received = new List<byte>(count);
        while (received.Count < count)
        {
            var read = await input.ReadAsync();
            Assert.IsFalse(read.IsCompleted, $"ended after {received.Count} of {count}");
            received.AddRange(read.Buffer.ToArray());
            input.AdvanceTo(read.Buffer.End);
        }

        return [.. received];
    }

    private sealed class Pair : IDisposable
    {
        private Pair(SocketPipe pipe, Socket peer) => (Pipe, Peer) = (pipe, peer);

        public SocketPipe Pipe { get; }

        public Socket Peer { get; }

        public static async Task<Pair> OpenAsync(string kind)
        {
            using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            var peer = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await peer.ConnectAsync(listener.LocalEndPoint!);
            var socket = await listener.AcceptAsync();
            return new Pair(kind == "epoll" ? SocketPipe.Open(socket) : new SocketDuplexPipe(socket), peer);
        }

        public void Dispose()
        {
            Pipe.Abort();
            Peer.Dispose();
        }
    }
}
