using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Traxxs.Testing.Engines;

/// <summary>
/// A name server on loopback for a network of a test's own (RFC 1035 over UDP, A records alone): what containers' own name server is to
/// them. A name it has no address for does not exist.
/// </summary>
public sealed class NameServer : IDisposable
{
    private const int HeaderSize = 12;
    private const ushort TypeA = 1;
    private const uint SecondsToLive = 1;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Task _running;
    private volatile Dictionary<string, IPAddress[]> _names = [];

    /// <summary>A server that knows no name yet.</summary>
    public NameServer() => _running = RunAsync();

    /// <summary>Where it listens, <c>host:port</c>.</summary>
    public string Address => _socket.Client.LocalEndPoint!.ToString()!;

    /// <summary>Names and their addresses.</summary>
    public IReadOnlyDictionary<string, IPAddress[]> Names
    {
        get => _names;
        set => _names = new(value, StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _running.GetAwaiter().GetResult();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var asked = await _socket.ReceiveAsync().ConfigureAwait(false);
                if (Answer(asked.Buffer) is { } answer) await _socket.SendAsync(answer, asked.RemoteEndPoint).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // It is over.
        }
    }

    // The question comes back as it was, without what follows it, and behind it an address each.
    private byte[]? Answer(byte[] question)
    {
        if (!TryReadName(question, out var name, out var end)) return null;
        var known = _names.TryGetValue(name, out var all);
        var addresses = known && BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(end)) == TypeA ? all! : [];
        var answer = new byte[end + 4 + addresses.Length * 16];
        question.AsSpan(0, end + 4).CopyTo(answer);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(2), (ushort)(known ? 0x8580 : 0x8583)); // a final answer, or: no such name
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(6), (ushort)addresses.Length);
        answer.AsSpan(8, 4).Clear();
        for (var i = 0; i < addresses.Length; i++)
        {
            var record = answer.AsSpan(end + 4 + i * 16);
            BinaryPrimitives.WriteUInt16BigEndian(record, 0xC000 | HeaderSize); // the name of the question
            BinaryPrimitives.WriteUInt16BigEndian(record[2..], TypeA);
            BinaryPrimitives.WriteUInt16BigEndian(record[4..], 1);
            BinaryPrimitives.WriteUInt32BigEndian(record[6..], SecondsToLive);
            BinaryPrimitives.WriteUInt16BigEndian(record[10..], 4);
            addresses[i].GetAddressBytes().CopyTo(record[12..]);
        }

        return answer;
    }

    private static bool TryReadName(byte[] question, out string name, out int end)
    {
        (name, end) = ("", HeaderSize);
        var labels = new List<string>();
        while (end < question.Length && question[end] != 0)
        {
            if (question[end] > 63 || end + 1 + question[end] >= question.Length) return false;
            labels.Add(Encoding.ASCII.GetString(question, end + 1, question[end]));
            end += question[end] + 1;
        }

        name = string.Join('.', labels);
        return ++end + 4 <= question.Length;
    }
}
