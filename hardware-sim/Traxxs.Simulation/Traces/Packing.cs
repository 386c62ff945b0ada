using System.Buffers.Binary;
using System.IO.Compression;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Traces;

/// <summary>Numbers of a trace as text: differences, Brotli, base64. See FORMAT.md beside.</summary>
internal static class Packing
{
    private const int UnpackedMax = 16 << 20;       // The largest block is a minute of motion: 180,000 numbers.
    private const int SkySize = 5 * sizeof(double) + 1;

    /// <summary>Accelerations: of each axis in turn, the difference from one to the next as a zigzag varint.</summary>
    public static string Motion(ReadOnlySpan<int> mg)
    {
        var bytes = new List<byte>(mg.Length);
        for (var axis = 0; axis < 3; axis++)
        {
            var before = 0;
            for (var i = axis; i < mg.Length; i += 3)
            {
                var difference = mg[i] - before;
                before = mg[i];
                for (var left = (uint)((difference << 1) ^ (difference >> 31)); ; left >>= 7)
                {
                    bytes.Add((byte)(left < 0x80 ? left : left & 0x7F | 0x80));
                    if (left < 0x80) break;
                }
            }
        }

        return Pack(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes));
    }

    /// <summary>The same read back; <paramref name="samples"/> of three numbers each.</summary>
    public static int[] Motion(string text, int samples)
    {
        var bytes = Unpack(text);
        var mg = new int[samples * 3];
        var at = 0;
        for (var axis = 0; axis < 3; axis++)
        {
            var before = 0;
            for (var i = axis; i < mg.Length; i += 3)
            {
                uint value = 0;
                for (var shift = 0; ; shift += 7)
                {
                    if (at == bytes.Length || shift > 28) throw new InvalidDataException("fewer samples than it says");
                    value |= (uint)(bytes[at] & 0x7F) << shift;
                    if (bytes[at++] < 0x80) break;
                }

                mg[i] = before += (int)(value >> 1) ^ -(int)(value & 1);
            }
        }

        return at == bytes.Length ? mg : throw new InvalidDataException("more samples than it says");
    }

    /// <summary>Skies: of each in turn latitude, longitude, speed, heading, reflections as IEEE doubles, and the view.</summary>
    public static string Sky(ReadOnlySpan<SkyState> states)
    {
        var bytes = new byte[states.Length * SkySize];
        for (var i = 0; i < states.Length; i++)
        {
            var at = bytes.AsSpan(i * SkySize);
            var state = states[i];
            BinaryPrimitives.WriteDoubleLittleEndian(at, state.LatitudeDeg);
            BinaryPrimitives.WriteDoubleLittleEndian(at[8..], state.LongitudeDeg);
            BinaryPrimitives.WriteDoubleLittleEndian(at[16..], state.SpeedMS);
            BinaryPrimitives.WriteDoubleLittleEndian(at[24..], state.HeadingDeg);
            BinaryPrimitives.WriteDoubleLittleEndian(at[32..], state.Reflections);
            at[40] = (byte)state.View;
        }

        return Pack(bytes);
    }

    /// <summary>The same read back.</summary>
    public static SkyState[] Sky(string text)
    {
        var bytes = Unpack(text);
        if (bytes.Length % SkySize != 0) throw new InvalidDataException("a sky breaks off");
        var states = new SkyState[bytes.Length / SkySize];
        for (var i = 0; i < states.Length; i++)
        {
            var at = bytes.AsSpan(i * SkySize);
            states[i] = new SkyState
            {
                LatitudeDeg = BinaryPrimitives.ReadDoubleLittleEndian(at),
                LongitudeDeg = BinaryPrimitives.ReadDoubleLittleEndian(at[8..]),
                SpeedMS = BinaryPrimitives.ReadDoubleLittleEndian(at[16..]),
                HeadingDeg = BinaryPrimitives.ReadDoubleLittleEndian(at[24..]),
                Reflections = BinaryPrimitives.ReadDoubleLittleEndian(at[32..]),
                View = (SkyView)at[40],
            };
        }

        return states;
    }

    private static string Pack(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true)) brotli.Write(bytes);
        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }

    private static byte[] Unpack(string text)
    {
        try
        {
            using var brotli = new BrotliStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            var buffer = new byte[81920];
            for (int read; (read = brotli.Read(buffer)) > 0;)
            {
                bytes.Write(buffer, 0, read);
                if (bytes.Length > UnpackedMax) throw new InvalidDataException("a block is larger than any that is written");
            }

            return bytes.ToArray();
        }
        catch (Exception problem) when (problem is FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"a block cannot be unpacked: {problem.Message}", problem);
        }
    }
}
