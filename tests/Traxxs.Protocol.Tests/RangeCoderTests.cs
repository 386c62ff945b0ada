namespace Traxxs.Protocol.Tests;

[TestClass]
public class RangeCoderTests
{
    private readonly byte[] _buffer = new byte[4096];
    private readonly RangeEncoder _encoder = new();
    private readonly RangeDecoder _decoder = new();

    [TestMethod]
    [DataRow(41)]
    [DataRow(42)]
    public void Symbols_of_every_kind_come_back_in_any_order(int seed)
    {
        for (var round = 0; round < 300; round++)
        {
            _encoder.Begin(_buffer, 0);
            var sent = Play(new Random(seed + round), _encoder, null);
            var length = _encoder.Finish();
            _decoder.Begin(_buffer, 0, length);
            Play(new Random(seed + round), _decoder, sent);
            Assert.AreEqual(DecodeResult.Ok, _decoder.Finish(), $"seed {seed + round}");
        }
    }

    [TestMethod]
    public void A_carry_runs_through_bytes_already_written()
    {
        // Always the last of very many keeps the code just below one, and a last small step carries through all of it.
        for (var symbols = 1; symbols < 40; symbols++)
        {
            _encoder.Begin(_buffer, 0);
            _encoder.Uniform(1, 16);
            for (var i = 0; i < symbols; i++) _encoder.Uniform((1L << 32) - 1, 1L << 32);
            _encoder.Uniform(2, 3);
            var length = _encoder.Finish();
            _decoder.Begin(_buffer, 0, length);
            Assert.AreEqual(1, _decoder.Uniform(0, 16));
            for (var i = 0; i < symbols; i++) Assert.AreEqual((1L << 32) - 1, _decoder.Uniform(0, 1L << 32));
            Assert.AreEqual(2, _decoder.Uniform(0, 3));
            Assert.AreEqual(DecodeResult.Ok, _decoder.Finish());
        }
    }

    [TestMethod]
    public void The_first_nibble_stands_in_the_first_byte_as_it_is()
    {
        for (var nibble = 0; nibble < 16; nibble++)
        {
            _encoder.Begin(_buffer, 0);
            _encoder.Uniform(nibble, 16);
            _encoder.Uniform((1L << 32) - 1, 1L << 32);
            _encoder.Uniform(99, 100);
            _encoder.Finish();
            Assert.AreEqual(nibble, _buffer[0] >> 4);
        }
    }

    [TestMethod]
    [DataRow(0u, 6)]
    [DataRow(1u, 6)]
    [DataRow(255u, 13)]
    [DataRow(uint.MaxValue, 37)]
    public void A_number_of_unknown_size_takes_its_length_and_its_bits(uint value, int bitsMax)
    {
        _encoder.Begin(_buffer, 0);
        for (var i = 0; i < 80; i++) Assert.AreEqual(value, _encoder.Wide(value));
        Assert.IsLessThanOrEqualTo(bitsMax * 10 + 1, _encoder.Finish());
    }

    private static List<long> Play(Random random, SymbolCoder coder, List<long>? expected)
    {
        var played = new List<long>();
        var model = new CellModel(-500, 1001, [40000, 25536], [60000, 5536, 5536, 60000]);
        model.Start();
        for (var i = 0; i < 200; i++)
        {
            long value, returned;
            switch (random.Next(5))
            {
                case 0:
                    var count = 1 + random.NextInt64(1L << random.Next(0, 33));
                    value = random.Next(4) == 0 ? count - 1 : random.NextInt64(count);
                    returned = coder.Uniform(value, count);
                    break;
                case 1:
                    value = random.Next(2);
                    returned = coder.Flag(value == 1, 1 + random.Next(SymbolCoder.Whole - 1)) ? 1 : 0;
                    break;
                case 2:
                    value = SampleReports.AnyUInt(random);
                    returned = coder.Wide((uint)value);
                    break;
                case 3:
                    value = unchecked((int)SampleReports.AnyUInt(random));
                    returned = coder.WideSigned((int)value);
                    break;
                default:
                    value = random.Next(-500, 502);
                    model.Step();
                    model.Shape(0, random.Next(-500, 500), random.Next(0, 100));
                    model.Shape(1, 0, 120);
                    returned = coder.Cell((int)value, model);
                    if (returned != model.Escape) model.Learn((int)returned);
                    break;
            }

            played.Add(value);
            if (expected is not null) Assert.AreEqual(expected[i], returned, $"symbol {i}");
        }

        return played;
    }
}
