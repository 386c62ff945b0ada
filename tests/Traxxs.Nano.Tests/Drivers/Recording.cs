namespace Traxxs.Nano.Tests
{
    /// <summary>Bytes of a receiver, made by hand from the interface description.</summary>
    internal static class Recording
    {
        /// <summary>CFG-VALSET acknowledged, and refused.</summary>
        public const string Acknowledged = "b56205010200068a98c1";
        public const string Refused = "b56205000200068a97bc";

        /// <summary>GGA and RMC of one epoch at 2026-09-21 14:13:20, 48 07.038 N 11 31.000 E.</summary>
        public const string Nmea = "$GNGGA,141320.00,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*7F\r\n"
            + "$GNRMC,141320.00,A,4807.038,N,01131.000,E,0.10,84.4,210926,,,A*40\r\n";

        /// <summary>The same RMC with one digit changed under its checksum.</summary>
        public const string BadNmea = "$GNRMC,141320.00,A,4807.039,N,01131.000,E,0.10,84.4,210926,,,A*40\r\n";

        /// <summary>A whole NAV-PVT frame, 92 bytes of payload: a 3D fix of 2026-09-21 at a second of the day.</summary>
        public static byte[] NavPvt(int secondOfDay, int latitudeE7, int longitudeE7)
        {
            byte[] frame = new byte[6 + 92 + 2];
            frame[0] = 0xB5;
            frame[1] = 0x62;
            frame[2] = 0x01;
            frame[3] = 0x07;
            frame[4] = 92;
            Put(frame, 4, 2026, 2);
            Put(frame, 6, 9, 1);
            Put(frame, 7, 21, 1);
            Put(frame, 8, secondOfDay / 3600, 1);
            Put(frame, 9, secondOfDay / 60 % 60, 1);
            Put(frame, 10, secondOfDay % 60, 1);
            Put(frame, 11, 0x07, 1);
            Put(frame, 16, -250, 4);
            Put(frame, 20, 3, 1);
            Put(frame, 21, 0x01, 1);
            Put(frame, 23, 12, 1);
            Put(frame, 24, longitudeE7, 4);
            Put(frame, 28, latitudeE7, 4);
            Put(frame, 40, 2500, 4);
            Put(frame, 60, 1420, 4);
            Put(frame, 64, -9000000, 4);
            Put(frame, 76, 140, 2);
            int a = 0;
            int b = 0;
            for (int i = 2; i < frame.Length - 2; i++)
            {
                a = (a + frame[i]) & 0xFF;
                b = (b + a) & 0xFF;
            }

            frame[frame.Length - 2] = (byte)a;
            frame[frame.Length - 1] = (byte)b;
            return frame;
        }

        /// <summary>The bytes of a text.</summary>
        public static byte[] Bytes(string text)
        {
            byte[] bytes = new byte[text.Length];
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)text[i];
            return bytes;
        }

        private static void Put(byte[] frame, int payloadOffset, int value, int size)
        {
            for (int i = 0; i < size; i++) frame[6 + payloadOffset + i] = (byte)(value >> (8 * i));
        }
    }
}
