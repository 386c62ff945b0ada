using Traxxs.Store.Sqlite;

namespace Traxxs.Store.Postgres;

internal sealed partial class PostgresReader
{
    /// <summary>Numbers that are known and have no row: looks at every chunk.</summary>
    public IEnumerable<ErasedNumber> ReadErased()
    {
        const int DevicesAtOnce = 100;
        for (var after = ""; ;)
        {
            var devices = Read(look => look.Devices(after, DevicesAtOnce));
            if (devices.Length == 0) yield break;
            foreach (var device in devices)
            {
                foreach (var number in ReadErased(device)) yield return number;
            }

            after = devices[^1];
        }
    }

    private IEnumerable<ErasedNumber> ReadErased(string device)
    {
        const int ChunksTogether = 64;
        for (var (epoch, number) = (0, -1L); ;)
        {
            var chunks = Read(look => look.Rows(
                $"SELECT {DeviceChunk.Columns} FROM report_chunk WHERE device = $1 AND (epoch, number) > ($2, $3) ORDER BY epoch, number LIMIT {ChunksTogether}", DeviceChunk.Read, device, epoch, number));
            if (chunks.Count == 0) yield break;
            var there = Read(look => look.Existing(chunks.SelectMany(chunk => chunk.Positions())));
            foreach (var chunk in chunks.Select(chunk => chunk.Chunk))
            {
                for (var sequence = chunk.Number * Chunk.Span; sequence < (chunk.Number + 1) * Chunk.Span; sequence++)
                {
                    if (chunk.TryFind(sequence, out var position) && !there.Contains(position)) yield return new ErasedNumber(device, chunk.Numbering, sequence);
                }
            }

            (epoch, number) = (chunks[^1].Chunk.Numbering, chunks[^1].Chunk.Number);
        }
    }
}
