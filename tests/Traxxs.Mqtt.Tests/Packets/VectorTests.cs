using Traxxs.Mqtt.Packets;

namespace Traxxs.Mqtt.Tests.Packets;

/// <summary>One vector, every arrival: whole, padded, split at every index, byte by byte, cut, and with each bit flipped.</summary>
[TestClass]
public sealed class VectorTests
{
    private static byte[] Whole(Vectors.Vector vector)
    {
        var frames = RoundTrip.Frames([vector.Bytes], out _, out var rest);
        Assert.HasCount(1, frames, $"{vector}");
        Assert.AreEqual(0, rest, $"{vector}");
        return frames[0];
    }

    [TestMethod]
    public void Every_packet_type_of_every_version_has_a_vector()
    {
        foreach (var (version, last) in new[] { (MqttProtocolVersion.V311, MqttPacketType.Disconnect), (MqttProtocolVersion.V500, MqttPacketType.Auth) })
        {
            var types = Vectors.All.Where(vector => vector.Version == version).Select(vector => (MqttPacketType)(vector.Bytes[0] >> 4)).ToHashSet();
            for (var type = MqttPacketType.Connect; type <= last; type++) Assert.Contains(type, types);
        }
    }

    [TestMethod]
    public void Every_property_has_a_vector()
    {
        var bytes = Vectors.All.Where(vector => vector.Version == MqttProtocolVersion.V500).SelectMany(vector => vector.Bytes).ToHashSet();
        foreach (var id in Enum.GetValues<MqttPropertyId>()) Assert.Contains((byte)id, bytes);
    }

    [TestMethod]
    public void A_vector_decodes_and_encodes_to_itself()
    {
        foreach (var vector in Vectors.All)
        {
            var frame = Whole(vector);
            var again = RoundTrip.Reencode(frame[0], frame.AsSpan(1), vector.Version, out var error);
            Assert.AreEqual(MqttReasonCode.Success, error, $"{vector}");
            Assert.AreEqual(Convert.ToHexString(vector.Bytes), Convert.ToHexString(again!), $"{vector}");
        }
    }

    [TestMethod]
    public void A_vector_split_at_every_index_or_sent_byte_by_byte_gives_the_same_frame()
    {
        foreach (var vector in Vectors.All)
        {
            var whole = Whole(vector);
            for (var i = 0; i <= vector.Bytes.Length; i++)
            {
                CollectionAssert.AreEqual(whole, RoundTrip.Frames([vector.Bytes[..i], vector.Bytes[i..]], out _, out _).Single(), $"{vector} split at {i}");
            }

            CollectionAssert.AreEqual(whole, RoundTrip.Frames(vector.Bytes.Select(b => new[] { b }), out _, out _).Single(), $"{vector}");
        }
    }

    [TestMethod]
    public void A_vector_before_and_behind_others_is_cut_at_its_own_length()
    {
        byte[] ping = [0xC0, 0];
        foreach (var vector in Vectors.All)
        {
            var frames = RoundTrip.Frames([[.. ping, .. vector.Bytes, .. ping]], out _, out var rest);
            Assert.HasCount(3, frames, $"{vector}");
            Assert.AreEqual(0, rest);
            CollectionAssert.AreEqual(Whole(vector), frames[1]);
        }
    }

    [TestMethod]
    public void A_truncated_vector_is_waited_for_and_a_truncated_body_is_never_taken_for_whole()
    {
        foreach (var vector in Vectors.All)
        {
            for (var i = 0; i < vector.Bytes.Length; i++)
            {
                Assert.IsEmpty(RoundTrip.Frames([vector.Bytes[..i]], out var status, out _), $"{vector} cut at {i}");
                Assert.AreEqual(MqttFrameStatus.NeedMore, status);
            }

            // The body cut short with its length made to fit: an error, or a packet that encodes to the same bytes.
            var frame = Whole(vector);
            for (var i = 1; i < frame.Length; i++) CheckBody(frame.AsSpan(0, i), vector);
        }
    }

    [TestMethod]
    public void A_vector_with_any_bit_flipped_is_refused_or_is_another_packet_that_encodes_to_itself()
    {
        foreach (var vector in Vectors.All)
        {
            for (var bit = 0; bit < vector.Bytes.Length * 8; bit++)
            {
                var flipped = vector.Bytes.ToArray();
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                foreach (var frame in RoundTrip.Frames([flipped], out _, out _)) CheckBody(frame, vector);
            }
        }
    }

    private static void CheckBody(ReadOnlySpan<byte> frame, Vectors.Vector vector)
    {
        if (!MqttFrameReader.IsValidHeader(frame[0])) return;
        var again = RoundTrip.Reencode(frame[0], frame[1..], vector.Version, out _);
        if (again is null) return;
        // Longer forms of the same value (a reason code of 0, an empty property list) shrink once; after that nothing moves.
        var once = RoundTrip.Frames([again], out _, out var rest).Single();
        Assert.AreEqual(0, rest);
        var twice = RoundTrip.Reencode(once[0], once.AsSpan(1), vector.Version, out var error);
        Assert.AreEqual(MqttReasonCode.Success, error, $"{vector}: {Convert.ToHexString(frame)}");
        Assert.AreEqual(Convert.ToHexString(again), Convert.ToHexString(twice!), $"{vector}");
    }

    [TestMethod]
    public void Random_bytes_never_make_a_decoder_throw()
    {
        const int seed = 20261123;
        var random = new Random(seed);
        for (var round = 0; round < 30_000; round++)
        {
            var body = new byte[random.Next(0, 60)];
            random.NextBytes(body);
            if (random.Next(2) == 0)
            {
                // A good packet with some bytes of it overwritten gets further than noise.
                var vector = Vectors.All[random.Next(Vectors.All.Count)];
                body = Whole(vector)[1..];
                for (var i = random.Next(1, 4); i > 0 && body.Length > 0; i--) body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            var version = (MqttProtocolVersion)random.Next(3, 6);
            try
            {
                RoundTrip.Reencode((byte)(random.Next(1, 16) << 4), body, version, out _);
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, round {round}, {version}, {Convert.ToHexString(body)}: {exception}");
            }
        }
    }
}
