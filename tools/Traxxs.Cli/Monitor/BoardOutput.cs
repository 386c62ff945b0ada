using System.Buffers.Binary;
using System.Text;

namespace Traxxs.Cli.Monitor;

/// <summary>
/// Makes lines of what a board sends: plain text, or text inside nanoFramework's debug packets while a debugger is or was
/// attached. Takes one byte; how the port grouped them cannot matter. Packets that carry no text are skipped.
/// </summary>
internal sealed class BoardOutput
{
    /// <summary>Longest line kept; a longer one is cut there, so that noise at a wrong rate cannot fill memory.</summary>
    public const int LineLengthMax = 1000;

    // WP_Packet of nanoFramework's wire protocol 1: signature (8, with its zero), two checksums (4 each), command (4),
    // sequence and reply (2 each), flags (4), payload length (4), little endian.
    private const int HeaderSize = 32, CommandAt = 16, SizeAt = 28;
    private const uint MessageCommand = 1;      // Monitor_Message: the payload is text.
    private const uint PayloadMax = 4096;       // Boards send up to 1 KiB; more is no packet.

    private static readonly byte[] Signature = [.. "NFPKTV1"u8, 0];

    private readonly byte[] _header = new byte[HeaderSize];
    private readonly List<byte> _line = [];
    private int _headerLength;
    private uint _payloadLeft;
    private bool _payloadIsText;

    /// <summary>Takes one byte. True: a line is complete.</summary>
    public bool Feed(byte value, out string line)
    {
        line = "";
        if (_payloadLeft > 0)
        {
            _payloadLeft--;
            return _payloadIsText && Take(value, out line);
        }

        if (_headerLength >= Signature.Length || value == Signature[_headerLength])
        {
            _header[_headerLength++] = value;
            if (_headerLength == HeaderSize) EndHeader();
            return false;
        }

        // It was text that began like a packet. A signature's first byte stands nowhere else in it.
        var began = _headerLength;
        _headerLength = 0;
        for (var i = 0; i < began; i++) Take(Signature[i], out _);
        if (value != Signature[0]) return Take(value, out line);
        _header[_headerLength++] = value;
        return false;
    }

    /// <summary>What stands at the end without a line end.</summary>
    public bool Finish(out string line)
    {
        for (var i = 0; i < Math.Min(_headerLength, Signature.Length); i++) _line.Add(Signature[i]);
        _headerLength = 0;
        return End(out line);
    }

    private void EndHeader()
    {
        _headerLength = 0;
        var size = BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(SizeAt));
        if (size > PayloadMax) return;
        _payloadLeft = size;
        _payloadIsText = BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(CommandAt)) == MessageCommand;
    }

    private bool Take(byte value, out string line)
    {
        line = "";
        if (value == '\n') return End(out line);
        if (value != '\r' && _line.Count < LineLengthMax) _line.Add(value);
        return false;
    }

    private bool End(out string line)
    {
        line = Encoding.UTF8.GetString([.. _line]).TrimEnd();
        _line.Clear();
        return line.Length > 0;
    }
}
