using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Traxxs.Simulation.Chips;

/// <summary>Bytes of the messages the simulated receiver sends (u-blox M10 interface description: NMEA in 2, UBX in 3).</summary>
internal static class MaxM10Messages
{
    /// <summary>A UBX frame around a payload.</summary>
    public static byte[] Ubx(byte messageClass, byte id, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[payload.Length + 8];
        frame[0] = 0xB5;
        frame[1] = 0x62;
        frame[2] = messageClass;
        frame[3] = id;
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(4), (ushort)payload.Length);
        payload.CopyTo(frame.AsSpan(6));
        Checksum(frame.AsSpan(2, payload.Length + 4), out frame[^2], out frame[^1]);
        return frame;
    }

    /// <summary>8-bit Fletcher checksum.</summary>
    public static void Checksum(ReadOnlySpan<byte> data, out byte a, out byte b)
    {
        a = 0;
        b = 0;
        foreach (var value in data)
        {
            a += value;
            b += a;
        }
    }

    /// <summary>NAV-PVT, 92 bytes.</summary>
    public static byte[] NavPvt(in MaxM10Solution solution, DateTime utc)
    {
        Span<byte> payload = stackalloc byte[92];
        payload.Clear();
        var intoWeek = utc - utc.Date.AddDays(-(int)utc.DayOfWeek);
        BinaryPrimitives.WriteUInt32LittleEndian(payload, (uint)((intoWeek.TotalMilliseconds + 18000) % 604800000));      // GPS is 18 leap seconds ahead of UTC.
        BinaryPrimitives.WriteUInt16LittleEndian(payload[4..], (ushort)utc.Year);
        payload[6] = (byte)utc.Month;
        payload[7] = (byte)utc.Day;
        payload[8] = (byte)utc.Hour;
        payload[9] = (byte)utc.Minute;
        payload[10] = (byte)utc.Second;
        payload[11] = (byte)((solution.TimeKnown ? 0x03 : 0) | (solution.TimeKnown && solution.TimeResolved ? 0x04 : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(payload[12..], solution.HasFix ? 30 : 4_000_000_000);
        BinaryPrimitives.WriteInt32LittleEndian(payload[16..], -1200 - utc.Second * 7);
        payload[20] = (byte)(solution.HasFix ? 3 : 0);
        payload[21] = (byte)(solution.HasFix ? 0x01 : 0);
        payload[22] = (byte)(solution.TimeKnown ? 0xE0 : 0x20);
        payload[23] = (byte)solution.Satellites;
        BinaryPrimitives.WriteInt32LittleEndian(payload[24..], ToE7(solution.LongitudeDeg));
        BinaryPrimitives.WriteInt32LittleEndian(payload[28..], ToE7(solution.LatitudeDeg));
        BinaryPrimitives.WriteUInt32LittleEndian(payload[40..], solution.HasFix ? (uint)(solution.AccuracyM * 1000) : 0xFFFFFFFF);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[44..], solution.HasFix ? (uint)(solution.AccuracyM * 1600) : 0xFFFFFFFF);
        BinaryPrimitives.WriteInt32LittleEndian(payload[60..], (int)(solution.SpeedMS * 1000));
        BinaryPrimitives.WriteInt32LittleEndian(payload[64..], (int)(solution.HeadingDeg * 100000));
        BinaryPrimitives.WriteUInt16LittleEndian(payload[76..], (ushort)(solution.HasFix ? solution.Pdop * 100 : 9999));
        return Ubx(0x01, 0x07, payload);
    }

    /// <summary>ACK-ACK or ACK-NAK of a message.</summary>
    public static byte[] Answer(byte messageClass, byte id, bool good) => Ubx(0x05, (byte)(good ? 1 : 0), [messageClass, id]);

    /// <summary>The sentences of one epoch that a receiver sends by default.</summary>
    public static byte[] Nmea(in MaxM10Solution solution, DateTime utc)
    {
        var time = solution.TimeKnown ? utc.ToString("HHmmss.ff", CultureInfo.InvariantCulture) : "";
        var date = solution.TimeKnown ? utc.ToString("ddMMyy", CultureInfo.InvariantCulture) : "";
        var position = solution.HasFix
            ? $"{Angle(solution.LatitudeDeg, 2)},{(solution.LatitudeDeg < 0 ? 'S' : 'N')},{Angle(solution.LongitudeDeg, 3)},{(solution.LongitudeDeg < 0 ? 'W' : 'E')}"
            : ",,,";
        var knots = solution.HasFix ? Text(solution.SpeedMS / 0.514444, "F3") : "";
        var course = solution.HasFix && solution.SpeedMS > 0.5 ? Text(solution.HeadingDeg, "F2") : "";
        var hdop = solution.HasFix ? Text(solution.Pdop * 0.55, "F2") : "99.99";
        var mode = solution.HasFix ? 'A' : 'N';
        var text = new StringBuilder();
        Append(text, $"GNRMC,{time},{(solution.HasFix ? 'A' : 'V')},{position},{knots},{course},{date},,,{mode},V");
        Append(text, $"GNVTG,{course},T,,M,{knots},N,{(solution.HasFix ? Text(solution.SpeedMS * 3.6, "F3") : "")},K,{mode}");
        Append(text, $"GNGGA,{time},{position},{(solution.HasFix ? 1 : 0)},{solution.Satellites:D2},{hdop},{(solution.HasFix ? "410.0,M,47.9,M" : ",,,")},,");
        Append(text, $"GNGSA,A,{(solution.HasFix ? 3 : 1)},,,,,,,,,,,,,{(solution.HasFix ? Text(solution.Pdop, "F2") : "99.99")},{hdop},99.99,1");
        Append(text, "GPGSV,1,1,02,05,41,210,34,12,22,081,29,1");
        Append(text, $"GNGLL,{position},{time},{(solution.HasFix ? 'A' : 'V')},{mode}");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>What a receiver with NMEA output says when it has started.</summary>
    public static byte[] BootText()
    {
        var text = new StringBuilder();
        Append(text, "GNTXT,01,01,02,u-blox AG - www.u-blox.com");
        Append(text, "GNTXT,01,01,02,HW UBX 10 000A0000");
        Append(text, "GNTXT,01,01,02,ROM CORE 1.00 (b1b1b1)");
        Append(text, "GNTXT,01,01,02,PROTVER=34.10");
        Append(text, "GNTXT,01,01,02,ANTSTATUS=INIT");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static void Append(StringBuilder text, string body)
    {
        var sum = 0;
        foreach (var c in body) sum ^= c;
        text.Append('$').Append(body).Append('*').Append(sum.ToString("X2", CultureInfo.InvariantCulture)).Append("\r\n");
    }

    private static string Angle(double degrees, int digits)
    {
        var minutesE5 = (long)Math.Round(Math.Abs(degrees) * 60e5);
        return string.Create(CultureInfo.InvariantCulture, $"{(minutesE5 / 6000000).ToString(new string('0', digits), CultureInfo.InvariantCulture)}{minutesE5 % 6000000 / 100000:D2}.{minutesE5 % 100000:D5}");
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static int ToE7(double degrees) => (int)Math.Round(degrees * 1e7);
}
