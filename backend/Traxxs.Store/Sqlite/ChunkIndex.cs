namespace Traxxs.Store.Sqlite;

/// <summary>
/// The chunks in memory: those whose stored row is behind (the tail of the log that a restart reads again), and lately
/// used ones. Written by the writer, looked into by readers; its lock is held for moments.
/// </summary>
internal sealed class ChunkIndex
{
    /// <summary>Chunks kept though they are stored: about 10 MB, the working set of 16,000 devices.</summary>
    public const int StoredKeptMax = 16_384;

    private readonly Lock _lock = new();
    private readonly Dictionary<(int Numbering, long Number), Chunk> _chunks = [];
    private readonly Dictionary<int, List<Chunk>> _unwritten = [];
    private readonly Queue<(Chunk Chunk, long FirstUnwritten)> _oldest = new();
    private readonly Queue<Chunk> _stored = new();

    public Chunk? Find(int numbering, long number)
    {
        lock (_lock) return _chunks.GetValueOrDefault((numbering, number));
    }

    /// <summary>Takes in a chunk as the database has it.</summary>
    public void Keep(Chunk chunk)
    {
        lock (_lock)
        {
            _chunks[(chunk.Numbering, chunk.Number)] = chunk;
            KeepStored(chunk);
        }
    }

    /// <summary>Adds a report to its chunk, which is kept and not full there.</summary>
    public void Add(Chunk chunk, long sequence, long position, long? firstFixTimeS, long? lastFixTimeS)
    {
        lock (_lock)
        {
            chunk.Add(sequence, position, firstFixTimeS, lastFixTimeS);
            if (chunk.FirstUnwritten != 0) return;
            chunk.FirstUnwritten = position;
            _chunks[(chunk.Numbering, chunk.Number)] = chunk;
            _oldest.Enqueue((chunk, position));
            if (!_unwritten.TryGetValue(chunk.Numbering, out var chunks)) _unwritten[chunk.Numbering] = chunks = [];
            chunks.Add(chunk);
        }
    }

    /// <summary>Takes the chunks whose rows lack a report before <paramref name="position"/>, to be written now.</summary>
    public void TakeUnwrittenBefore(long position, List<Chunk> chunks)
    {
        lock (_lock)
        {
            while (_oldest.TryPeek(out var head) && head.FirstUnwritten < position)
            {
                _oldest.Dequeue();
                // One that was written since, being full, has another mark by now or none.
                if (head.Chunk.FirstUnwritten == head.FirstUnwritten) chunks.Add(head.Chunk);
            }
        }
    }

    /// <summary>
    /// The chunk's row is written and committed. Not before the commit: a reader must find it in memory or in the database.
    /// </summary>
    public void Written(Chunk chunk)
    {
        lock (_lock)
        {
            chunk.FirstUnwritten = 0;
            var chunks = _unwritten[chunk.Numbering];
            chunks.Remove(chunk);
            if (chunks.Count == 0) _unwritten.Remove(chunk.Numbering);
            KeepStored(chunk);
        }
    }

    /// <summary>Copies of the chunks of a numbering whose rows are behind.</summary>
    public void CopyUnwritten(int numbering, List<Chunk> copies)
    {
        lock (_lock)
        {
            if (!_unwritten.TryGetValue(numbering, out var chunks)) return;
            foreach (var chunk in chunks) copies.Add(chunk.Copy());
        }
    }

    private void KeepStored(Chunk chunk)
    {
        _stored.Enqueue(chunk);
        while (_stored.Count > StoredKeptMax)
        {
            var oldest = _stored.Dequeue();
            var key = (oldest.Numbering, oldest.Number);
            if (oldest.FirstUnwritten == 0 && _chunks.GetValueOrDefault(key) == oldest) _chunks.Remove(key);
        }
    }
}
