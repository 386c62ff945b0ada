using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Tests.Sqlite;

[TestClass]
public sealed class ChunkTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void A_chunk_filled_in_any_order_finds_each_report_also_after_it_was_stored(int seed)
    {
        var sequences = Enumerable.Range(0, Chunk.Span).Select(i => 640L + i).ToArray();
        new Random(seed).Shuffle(sequences);
        var chunk = new Chunk(1, 10);
        for (var i = 0; i < sequences.Length; i++)
        {
            Assert.IsFalse(chunk.TryFind(sequences[i], out _));
            chunk.Add(sequences[i], 1000 + i, i == 5 ? 7 : null, i == 5 ? 9 : null);
            var data = new byte[Chunk.DataSizeMax];
            var stored = Chunk.Read(1, 10, chunk.FirstFixTimeS, chunk.LastFixTimeS, chunk.Newest, data.AsSpan(0, chunk.Write(data)));
            for (var j = 0; j <= i; j++)
            {
                Assert.IsTrue(stored.TryFind(sequences[j], out var position));
                Assert.AreEqual(1000 + j, position);
            }
        }

        Assert.IsTrue(chunk.IsFull);
        Assert.AreEqual(((long?)7, (long?)9, 1063L), (chunk.FirstFixTimeS, chunk.LastFixTimeS, chunk.Newest));
    }

    [TestMethod]
    public void Chunks_that_wait_for_their_row_are_handed_out_oldest_first_and_once()
    {
        var index = new ChunkIndex();
        var chunks = Enumerable.Range(0, 4).Select(i => new Chunk(1, i)).ToArray();
        for (var i = 0; i < chunks.Length; i++) index.Add(chunks[i], i * Chunk.Span, 100 + i, null, null);
        index.Add(chunks[0], 1, 200, null, null);
        var due = new List<Chunk>();
        index.TakeUnwrittenBefore(102, due);
        CollectionAssert.AreEqual(new[] { chunks[0], chunks[1] }, due);
        foreach (var chunk in due) index.Written(chunk);
        index.Add(chunks[1], Chunk.Span + 1, 201, null, null);
        due.Clear();
        index.TakeUnwrittenBefore(long.MaxValue, due);
        CollectionAssert.AreEqual(new[] { chunks[2], chunks[3], chunks[1] }, due);
    }
}
