namespace Traxxs.Drivers
{
    /// <summary>
    /// The one configuration message the driver sends: UBX-CFG-VALSET (u-blox M10 interface description 3.10.5) that leaves
    /// NAV-PVT once a second on UART1 and nothing else. Keys by their names in section 4.9 of the same document.
    /// </summary>
    internal static class UbxConfiguration
    {
        /// <summary>Class 06 and id 8A as the acknowledgement names them.</summary>
        internal const int Message = 0x068A;

        // Layers RAM (in force now) and BBR (kept while the backup supply lasts), not flash: the MAX-M10S has none.
        internal static readonly byte[] Frame = new byte[]
        {
            0xB5, 0x62, 0x06, 0x8A, 31, 0,                  // Sync, CFG-VALSET, payload length.
            0x00, 0x03, 0x00, 0x00,                         // Version 0; layers RAM 0x01 | BBR 0x02; reserved.
            0x01, 0x00, 0x74, 0x10, 1,                      // CFG-UART1OUTPROT-UBX 0x10740001 (L): on.
            0x02, 0x00, 0x74, 0x10, 0,                      // CFG-UART1OUTPROT-NMEA 0x10740002 (L): off.
            0x07, 0x00, 0x91, 0x20, 1,                      // CFG-MSGOUT-UBX_NAV_PVT_UART1 0x20910007 (U1): every epoch.
            0x01, 0x00, 0x21, 0x30, 0xE8, 0x03,             // CFG-RATE-MEAS 0x30210001 (U2): 1000 ms.
            0x02, 0x00, 0x21, 0x30, 0x01, 0x00,             // CFG-RATE-NAV 0x30210002 (U2): one solution a measurement.
            0x08, 0x31,                                     // Checksum (8-bit Fletcher, section 3.4); the simulated receiver holds it against its own.
        };
    }
}
