using System.Buffers.Binary;

namespace Traxxs.Store.Tests;

/// <summary>Makes reports for tests and compares them.</summary>
internal static class Reports
{
    public static ReportRecord Make(string device, long sequence, (long First, long Last)? fixS = null, byte[]? payload = null)
    {
        if (payload is null) BinaryPrimitives.WriteInt64BigEndian(payload = new byte[20], sequence);
        return new ReportRecord(device, 3, sequence, 1_700_000_000_000 + sequence, 1_700_000_000, fixS?.First, fixS?.Last, fixS is null ? 0 : 1, payload);
    }

    public static void AssertSame(ReportRecord expected, ReportRecord actual)
    {
        Assert.AreEqual(expected with { Payload = default }, actual with { Payload = default });
        CollectionAssert.AreEqual(expected.Payload.ToArray(), actual.Payload.ToArray());
    }

    public static void AssertSame(IReadOnlyList<StoredReport> expected, IReadOnlyList<StoredReport> actual)
    {
        Assert.HasCount(expected.Count, actual);
        for (var i = 0; i < expected.Count; i++) AssertSame(expected[i].Report, actual[i].Report);
    }
}
