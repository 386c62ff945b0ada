using Traxxs.Testing;

namespace Traxxs.Drivers.Tests;

[TestClass]
public sealed class GnssRecordingTests
{
    [TestMethod]
    public void Every_valid_fix_of_the_recordings_is_found_whatever_the_chunking()
    {
        var folder = Recordings.Find("gnss_gpsd", out var message);
        if (folder is null) Assert.Inconclusive(message);
        var total = 0;
        foreach (var path in Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal))
        {
            var log = File.ReadAllBytes(path);
            var name = Path.GetFileName(path);
            var expected = IndependentGnssCounter.Count(log);
            var whole = Parse(log, log.Length);
            total += whole.Count;

            var missing = expected.Where(fix => !whole.Any(got => Math.Abs(got.DayCs - fix.DayCs) <= 1)).ToList();
            Assert.AreEqual(0, missing.Count, $"{name}: {missing.Count} valid fixes not found, first {missing.FirstOrDefault()}");
            var invented = whole.Where(got => !expected.Any(fix => Math.Abs(got.DayCs - fix.DayCs) <= 1 && got.LatitudeE7 == fix.LatitudeE7 && got.LongitudeE7 == fix.LongitudeE7)).ToList();
            Assert.AreEqual(0, invented.Count, $"{name}: {invented.Count} fixes the log does not hold, first {invented.FirstOrDefault()}");
            var doubled = whole.GroupBy(got => got.DayCs).Where(group => group.Count() > 1).ToList();
            Assert.AreEqual(0, doubled.Count, $"{name}: {doubled.Count} epochs reported twice, first {doubled.FirstOrDefault()?.First()}");
            foreach (var chunk in new[] { 1, 7, 64 }) CollectionAssert.AreEqual(whole, Parse(log, chunk), $"{name} in pieces of {chunk}");
        }

        Assert.IsTrue(total > 1500, $"{total} fixes in all");
    }

    private static List<CountedFix> Parse(byte[] log, int chunkSize)
    {
        var parser = new GnssParser(earliestTimeS: 0);
        var found = new List<CountedFix>();
        var line = new ChunkedLine(log, chunkSize);
        var chunk = new byte[chunkSize];
        for (int count; (count = line.Read(chunk, 0, chunkSize)) > 0;)
        {
            for (var i = 0; i < count; i++)
            {
                for (var has = parser.Feed(chunk[i]); has; has = parser.Next()) Take();
            }
        }

        if (parser.Finish()) Take();
        return found;

        void Take() => found.Add(new CountedFix((int)Math.Round(parser.FixDayMs / 10.0, MidpointRounding.ToZero), parser.Fix.LatitudeE7, parser.Fix.LongitudeE7, ""));
    }
}

/// <summary>A recording that arrives in pieces of one size.</summary>
internal sealed class ChunkedLine(byte[] bytes, int chunkSize) : Traxxs.Core.Ports.ISerialLine
{
    private int _at;

    public int Read(byte[] buffer, int offset, int count)
    {
        var part = Math.Min(Math.Min(count, chunkSize), bytes.Length - _at);
        bytes.AsSpan(_at, part).CopyTo(buffer.AsSpan(offset));
        _at += part;
        return part;
    }

    public bool TryWrite(byte[] buffer, int offset, int count) => true;
}
