using System.Text;
using Traxxs.Core;
using Traxxs.Simulation.Chips;

namespace Traxxs.Drivers.Tests;

[TestClass]
public sealed class GnssParserTests
{
    // NAV-PVT made by hand from the field table: 2026-09-21 13:33:20 UTC, 47.3769123 N 8.5417012 E, 2.345 m, 1.394 m/s,
    // 123.45678 degrees, 14 satellites, PDOP 1.40.
    private const string NavPvt =
        "B56201075C0000CA5B07EA0709150D2114071E0000002EFBFFFF0301E00E345C1705A3243D1CE00407009041060029090000B80B00000000000000" +
        "00000000000000720500004E61BC00C8000000E09304008C0000000000000000000000000000004FF2";

    // The far corner: 33.8567844 S 179.9999999 W, 400 us before midnight of 2026-12-31, standing.
    private const string NavPvtAtYearEnd =
        "B56201075C0000CA5B07EA070C1F173B3B071E00000080AF943B0301E00E012EB6945CDDD1EBE00407009041060029090000B80B00000000000000" +
        "000000000000000000000000000000C8000000E09304008C0000000000000000000000000000003EAF";

    private const string Ack = "B56205010200068A98C1";
    private const string Nak = "B56205000200068A97BC";
    private const string Rmc = "$GNRMC,133320.60,A,4722.61478,N,00832.50207,E,2.710,123.45,210926,,,A,V*01\r\n";
    private const string Gga = "$GNGGA,133320.60,4722.61478,N,00832.50207,E,1,14,0.78,410.0,M,47.9,M,,*47\r\n";

    private GnssParser _parser = new();

    private static byte[] Bytes(params object[] parts) =>
        [.. parts.SelectMany(part => part switch
        {
            byte[] bytes => bytes,
            string text when text.StartsWith("B5", StringComparison.Ordinal) => Convert.FromHexString(text),
            string text => Encoding.Latin1.GetBytes(text),
            _ => throw new ArgumentException("bytes, hex or text"),
        })];

    private List<(uint TimeS, int LatitudeE7, int LongitudeE7, bool Valid)> Feed(params object[] parts)
    {
        var fixes = new List<(uint, int, int, bool)>();
        foreach (var value in Bytes(parts))
        {
            for (var found = _parser.Feed(value); found; found = _parser.Next()) Take();
        }

        return fixes;

        void Take() => fixes.Add((_parser.Fix.TimeS, _parser.Fix.LatitudeE7, _parser.Fix.LongitudeE7, _parser.Fix.Valid));
    }

    private static string Sentence(string body) => $"${body}*{body.Aggregate(0, (sum, c) => sum ^ c):X2}\r\n";

    [TestMethod]
    public void A_golden_nav_pvt_gives_every_field()
    {
        Assert.AreEqual(1, Feed(NavPvt).Count);
        var fix = _parser.Fix;
        Assert.IsTrue(fix.Valid);
        Assert.AreEqual(1789997600u, fix.TimeS);
        Assert.AreEqual(473769123, fix.LatitudeE7);
        Assert.AreEqual(85417012, fix.LongitudeE7);
        Assert.AreEqual(2345u, fix.AccuracyMm);
    }

    [TestMethod]
    public void South_west_and_a_moment_before_new_year_are_read_right()
    {
        var fix = Feed(NavPvtAtYearEnd).Single();
        Assert.AreEqual(-338567844, fix.LatitudeE7);
        Assert.AreEqual(-1799999999, fix.LongitudeE7);
        Assert.AreEqual(1798761600u, fix.TimeS, "the epoch is the second it is a fraction of a millisecond short of");
    }

    [TestMethod]
    [DataRow(20, 1, DisplayName = "dead reckoning only")]
    [DataRow(20, 5, DisplayName = "time only")]
    [DataRow(20, 0, DisplayName = "no fix")]
    [DataRow(21, 0, DisplayName = "gnssFixOK not set")]
    public void A_solution_the_receiver_does_not_stand_behind_is_no_fix(int offset, int value)
    {
        var fixes = Feed(Changed(payload => payload[offset] = (byte)value));
        Assert.AreEqual(0, fixes.Count);
        Assert.AreEqual(1, _parser.RejectedFor(GnssReject.NoFix));
    }

    [TestMethod]
    [DataRow(0x00)]
    [DataRow(0x01)]
    [DataRow(0x02)]
    public void A_position_without_date_and_time_is_told_but_not_valid(int valid)
    {
        var fixes = Feed(Changed(payload => payload[11] = (byte)valid), Changed(payload => payload[11] = (byte)valid));
        Assert.AreEqual(2, fixes.Count, "without a time no epoch is the same as the last");
        Assert.IsFalse(fixes[0].Valid);
        Assert.IsFalse(_parser.FixHasDate);
    }

    [TestMethod]
    [DataRow(2007, false)]
    [DataRow(2024, false)]
    [DataRow(2025, true)]
    [DataRow(2043, true)]
    [DataRow(2045, false)]
    public void A_date_a_rollover_off_is_not_believed(int year, bool believed)
    {
        Assert.AreEqual(believed, Feed(Changed(payload => { payload[4] = (byte)year; payload[5] = (byte)(year >> 8); })).Single().Valid);
        Assert.AreEqual(believed ? 0 : 1, _parser.RejectedFor(GnssReject.ImplausibleDate));
    }

    [TestMethod]
    [DataRow(6, 13)]
    [DataRow(7, 31, DisplayName = "31 September")]
    [DataRow(8, 24)]
    [DataRow(9, 60)]
    [DataRow(31, 0x7F, DisplayName = "latitude above 90")]
    public void An_impossible_field_is_refused(int offset, int value)
    {
        Assert.AreEqual(0, Feed(Changed(payload => payload[offset] = (byte)value)).Count);
        Assert.AreEqual(1, _parser.RejectedFor(GnssReject.BadField));
    }

    [TestMethod]
    public void A_nav_pvt_of_a_wrong_length_is_refused()
    {
        Feed(MaxM10Frame(0x01, 0x07, new byte[60]));
        Assert.AreEqual(1, _parser.RejectedFor(GnssReject.BadLength));
    }

    [TestMethod]
    public void Answers_to_a_configuration_are_told_once()
    {
        Feed(Ack);
        Assert.IsTrue(_parser.TryTakeAnswer(out var message, out var good));
        Assert.AreEqual(0x068A, message);
        Assert.IsTrue(good);
        Assert.IsFalse(_parser.TryTakeAnswer(out _, out _));
        Feed(Nak);
        Assert.IsTrue(_parser.TryTakeAnswer(out _, out good));
        Assert.IsFalse(good);
    }

    [TestMethod]
    public void One_flipped_bit_anywhere_in_a_frame_costs_that_frame_only()
    {
        var frame = Convert.FromHexString(NavPvt);
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            _parser = new GnssParser();
            var damaged = (byte[])frame.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            var fixes = Feed(damaged, NavPvtAtYearEnd, Ack);
            Assert.AreEqual(1, fixes.Count, $"bit {bit}");
            Assert.AreEqual(-338567844, fixes[0].LatitudeE7, $"bit {bit}");
            Assert.IsTrue(_parser.TryTakeAnswer(out _, out _), $"bit {bit}");
        }
    }

    [TestMethod]
    public void A_frame_cut_anywhere_does_not_take_the_next_with_it()
    {
        var frame = Convert.FromHexString(NavPvt);
        for (var length = 0; length < frame.Length; length++)
        {
            _parser = new GnssParser();
            Assert.AreEqual(1, Feed(frame[..length], NavPvtAtYearEnd).Count(fix => fix.LatitudeE7 == -338567844), $"cut after {length}");
        }
    }

    [TestMethod]
    public void Several_frames_swallowed_by_a_false_start_all_come_out()
    {
        // A preamble that claims 96 bytes, then ten answers and a fix: the answers lie inside what it claimed.
        var answers = string.Concat(Enumerable.Repeat(Ack, 10));
        Assert.AreEqual(1, Feed("B562010760000000", answers, NavPvt).Count);
        Assert.AreEqual(1, _parser.RejectedFor(GnssReject.BadChecksum));
        Assert.IsTrue(_parser.TryTakeAnswer(out _, out _));
    }

    [TestMethod]
    public void A_frame_longer_than_any_we_read_is_counted_and_its_end_is_found()
    {
        var fixes = Feed(MaxM10Frame(0x01, 0x35, new byte[248]), NavPvt);
        Assert.AreEqual(1, fixes.Count);
        Assert.AreEqual(1, _parser.RejectedFor(GnssReject.TooLong));
    }

    [TestMethod]
    public void How_the_uart_grouped_the_bytes_cannot_matter()
    {
        var line = Bytes("junk$", Rmc, Gga, NavPvt, "$GPRMC,1333", NavPvtAtYearEnd, Nak);
        var whole = Parse(line, line.Length);
        Assert.AreEqual(3, whole.Count);
        for (var size = 1; size < line.Length; size++) CollectionAssert.AreEqual(whole, Parse(line, size), $"pieces of {size}");

        static List<string> Parse(byte[] line, int size)
        {
            var driver = new UbxReceiver(new ChunkedLine(line, size));
            var inputs = new TrackerInputs();
            var found = new List<string>();
            driver.PowerUp(0);
            driver.Poll(inputs, 0);
            Assert.AreEqual(line.Length, inputs.GnssBytes, "the tail of the last piece counts too");
            found.Add($"{inputs.Fix.TimeS} {inputs.Fix.LatitudeE7}");
            found.Add($"{driver.Parser.ValidRmc} {driver.Parser.ValidGga} {driver.Parser.ValidNavPvt}");
            found.Add(string.Join(' ', Enum.GetValues<GnssReject>().Select(driver.Parser.RejectedFor)));
            return found;
        }
    }

    [TestMethod]
    public void Rmc_and_gga_of_one_epoch_are_one_fix_with_the_fields_of_both()
    {
        Assert.AreEqual(0, Feed(Rmc).Count);
        Assert.AreEqual(1, Feed(Gga).Count);
        var fix = _parser.Fix;
        Assert.IsTrue(fix.Valid);
        Assert.AreEqual(1789997600u, fix.TimeS);
        Assert.AreEqual(600, _parser.FixDayMs % 1000, "point six is 600 ms");
        Assert.AreEqual(473769130, fix.LatitudeE7);
        Assert.AreEqual(85417012, fix.LongitudeE7);
        Assert.AreEqual(3900u, fix.AccuracyMm);
    }

    [TestMethod]
    public void In_either_order_and_alone_the_sentences_give_the_same_place_and_time()
    {
        var together = Feed(Gga, Rmc).Single();
        _parser = new GnssParser();
        Assert.AreEqual(0, Feed(Rmc).Count);
        Assert.IsTrue(_parser.Finish());
        Assert.AreEqual(together, (_parser.Fix.TimeS, _parser.Fix.LatitudeE7, _parser.Fix.LongitudeE7, _parser.Fix.Valid));
        Assert.AreEqual(GnssParser.AccuracyUnknown, _parser.Fix.AccuracyMm, "no dilution, no claim");
    }

    [TestMethod]
    public void A_receiver_with_rmc_alone_gives_each_epoch_when_the_next_begins()
    {
        var fixes = Feed(Rmc, Sentence("GPRMC,133321.60,A,4722.61478,N,00832.50207,E,2.710,123.45,210926,,,A"));
        Assert.AreEqual(1, fixes.Count);
        Assert.AreEqual(1789997600u, fixes[0].TimeS);
    }

    [TestMethod]
    public void Nav_pvt_and_nmea_of_one_epoch_are_one_fix()
    {
        var fixes = Feed(NavPvt, Sentence("GNRMC,133320.00,A,4722.61474,N,00832.50207,E,2.710,,210926,,,A"), Sentence("GNGGA,133320.00,4722.61474,N,00832.50207,E,1,14,0.78,,,,,,"));
        Assert.AreEqual(1, fixes.Count);
    }

    [TestMethod]
    [DataRow("133321", 0)]
    [DataRow("133321.5", 500)]
    [DataRow("133321.50", 500)]
    [DataRow("133321.500", 500)]
    [DataRow("133321.05", 50)]
    [DataRow("133321.0509", 50)]
    public void Fraction_digits_are_not_milliseconds(string time, int milliseconds)
    {
        Feed(Sentence($"GPRMC,{time},A,4722.6,N,00832.5,E,0,0,210926,,,A"));
        Assert.IsTrue(_parser.Finish());
        Assert.AreEqual(1789997601u, _parser.Fix.TimeS);
        Assert.AreEqual(milliseconds, _parser.FixDayMs % 1000);
    }

    [TestMethod]
    public void An_empty_field_is_absent_and_not_0()
    {
        Feed(Sentence("GPRMC,133321,A,4722.6,N,00832.5,E,,,210926,,,A"));
        Assert.IsTrue(_parser.Finish());
        Assert.AreEqual(GnssParser.AccuracyUnknown, _parser.Fix.AccuracyMm, "RMC has none");
        Feed(Sentence("GPRMC,133322,A,4722.6,N,00832.5,E,,,210926,,,A"));
        Feed(Sentence("GPGGA,133322,4722.6,N,00832.5,E,1,,,,M,,M,,"));
        Assert.AreEqual(1789997602u, _parser.Fix.TimeS);
        Assert.AreEqual(GnssParser.AccuracyUnknown, _parser.Fix.AccuracyMm, "a dilution that is not there");
    }

    [TestMethod]
    [DataRow("GPRMC,133321,A,,,,,0,0,210926,,,A")]
    [DataRow("GPRMC,133321,A,4722.6,N,,E,0,0,210926,,,A")]
    [DataRow("GPRMC,133321,A,4722.6,,00832.5,E,0,0,210926,,,A")]
    [DataRow("GPRMC,133321,A,4762.6,N,00832.5,E,0,0,210926,,,A")]
    [DataRow("GPRMC,133321,A,9022.6,N,00832.5,E,0,0,210926,,,A")]
    [DataRow("GPRMC,133321,A,4722.6,N,18032.5,E,0,0,210926,,,A")]
    [DataRow("GPRMC,133321,A,47x2.6,N,00832.5,E,0,0,210926,,,A")]
    [DataRow("GPRMC,133321,A,4722.6.1,N,00832.5,E,0,0,210926,,,A")]
    [DataRow("GPRMC,253321,A,4722.6,N,00832.5,E,0,0,210926,,,A")]
    [DataRow("GPRMC,1333,A,4722.6,N,00832.5,E,0,0,210926,,,A")]
    [DataRow("GPRMC,,A,4722.6,N,00832.5,E,0,0,210926,,,A")]
    [DataRow("GPGGA,133321,4722.6,N,00832.5,E,A,08,1.0,,,,,,")]
    public void A_position_with_a_part_missing_or_impossible_is_refused_and_not_at_0(string body)
    {
        Assert.AreEqual(0, Feed(Sentence(body)).Count);
        Assert.IsFalse(_parser.Finish());
        Assert.AreEqual(1, _parser.RejectedFor(GnssReject.BadField));
    }

    [TestMethod]
    public void Latitude_0_is_a_place()
    {
        Feed(Sentence("GPRMC,133321.5,A,0000.0000,N,00000.0000,W,,,210926,,,A"));
        Assert.IsTrue(_parser.Finish());
        Assert.IsTrue(_parser.Fix.Valid);
        Assert.AreEqual(0, _parser.Fix.LatitudeE7);
    }

    [TestMethod]
    [DataRow("4722.6147834", 473769131)]
    [DataRow("4722.61478", 473769130)]
    [DataRow("4722.6", 473766667)]
    [DataRow("0000.0001", 17)]
    [DataRow("8959.9999999", 900000000)]
    [DataRow("9000.0000", 900000000)]
    public void Angles_are_exact_to_the_last_digit(string latitude, int expectedE7)
    {
        Feed(Sentence($"GPRMC,133321,A,{latitude},S,00832.5,E,0,0,210926,,,A"));
        Assert.IsTrue(_parser.Finish());
        Assert.AreEqual(-expectedE7, _parser.Fix.LatitudeE7);
    }

    [TestMethod]
    public void Junk_before_a_dollar_costs_nothing()
    {
        Assert.AreEqual(1, Feed("\0\xFF,*7D\r\nGNRM$GN$", Rmc, "*00", Gga).Count);
    }

    [TestMethod]
    public void A_sentence_that_breaks_off_is_named_and_costs_only_itself()
    {
        Assert.AreEqual(1, Feed("$GNRMC,133320.60,A,47", Rmc, "$GNGGA,13\x01", Gga).Count);
        Assert.AreEqual(2, _parser.RejectedFor(GnssReject.Torn));
    }

    [TestMethod]
    public void Without_a_right_checksum_nothing_is_believed()
    {
        Assert.AreEqual(0, Feed(Rmc.Replace("*01", "*02"), Gga.Replace("*47", "")).Count);
        Assert.IsFalse(_parser.Finish());
        Assert.AreEqual(1, _parser.RejectedFor(GnssReject.BadChecksum));
        Assert.AreEqual(1, _parser.RejectedFor(GnssReject.NoChecksum));
    }

    [TestMethod]
    public void An_endless_sentence_is_given_up_and_the_next_is_read()
    {
        Assert.AreEqual(1, Feed("$GPXXX," + new string('A', 5000), Rmc, Gga).Count);
        Assert.AreEqual(1, _parser.RejectedFor(GnssReject.TooLong));
    }

    [TestMethod]
    public void While_it_searches_the_receiver_is_heard_and_nothing_is_a_fix()
    {
        Assert.AreEqual(0, Feed(Sentence("GNRMC,,V,,,,,,,,,,N,V"), Sentence("GNGGA,,,,,,0,00,99.99,,,,,,"), Sentence("GPRMC,133321,V,4722.6,N,00832.5,E,0,0,210926,,,N")).Count);
        Assert.AreEqual(3, _parser.NoFixMessages);
        Assert.AreEqual(3, _parser.NmeaSentences);
    }

    [TestMethod]
    public void Any_talker_will_do_but_a_proprietary_sentence_is_not_a_position()
    {
        Assert.AreEqual(1, Feed(Rmc.Replace("GNRMC", "BDRMC").Replace("*01", "*" + Sum("BD")), Gga).Count);
        _parser = new GnssParser();
        Feed(Sentence("PRMC,133321,A,4722.6,N,00832.5,E,0,0,210926,,,A"));
        Assert.IsFalse(_parser.Finish());
        Assert.AreEqual(1, _parser.RejectedFor(GnssReject.Unknown));

        static string Sum(string talker) => (0x01 ^ 'G' ^ 'N' ^ talker[0] ^ talker[1]).ToString("X2");
    }

    [TestMethod]
    public void The_date_of_a_gga_is_the_last_one_known_also_across_midnight()
    {
        Feed(Sentence("GPZDA,235959.00,31,12,2026,00,00"), Sentence("GPGGA,235959.00,4722.6,N,00832.5,E,1,08,1.0,,,,,,"));
        Assert.IsTrue(_parser.Finish());
        Assert.AreEqual(1798761599u, _parser.Fix.TimeS);
        Feed(Sentence("GPGGA,000000.00,4722.6,N,00832.5,E,1,08,1.0,,,,,,"));
        Assert.IsTrue(_parser.Finish());
        Assert.AreEqual(1798761600u, _parser.Fix.TimeS);
    }

    [TestMethod]
    public void Random_bytes_are_survived_and_a_fix_after_them_is_found()
    {
        for (var seed = 0UL; seed < 200; seed++)
        {
            _parser = new GnssParser();
            var noise = new byte[400];
            for (var i = 0; i < noise.Length; i++)
            {
                var draw = ChipNoise.Bits(seed, (ulong)i);
                noise[i] = (draw & 7) switch { 0 => 0xB5, 1 => 0x62, 2 => (byte)'$', 3 => (byte)'*', 4 => 0, _ => (byte)(draw >> 8) };
            }

            var fixes = Feed(noise, new byte[UbxParser.PayloadSizeMax + 8], NavPvt);
            Assert.AreEqual(473769123, fixes[^1].LatitudeE7, $"seed {seed}");
        }
    }

    private static byte[] MaxM10Frame(byte messageClass, byte id, byte[] payload)
    {
        byte[] frame = [0xB5, 0x62, messageClass, id, (byte)payload.Length, (byte)(payload.Length >> 8), .. payload, 0, 0];
        byte a = 0, b = 0;
        foreach (var value in frame.AsSpan(2, payload.Length + 4)) b += a += value;
        frame[^2] = a;
        frame[^1] = b;
        return frame;
    }

    private static byte[] Changed(Action<byte[]> change)
    {
        var payload = Convert.FromHexString(NavPvt)[6..^2];
        change(payload);
        return MaxM10Frame(0x01, 0x07, payload);
    }
}
