using Traxxs.Mqtt.Storage;

namespace Traxxs.Mqtt.Tests;

/// <summary>
/// A folder in memory that loses power. What a crash leaves: of each file what was synced and any part of what was not, the last
/// write torn anywhere; of the names what was synced and any part of what was done to them since.
/// </summary>
internal sealed class FaultyFolder : IStoreFolder
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Node> _names = [];
    private readonly Dictionary<string, Node> _durableNames = [];
    private readonly List<(string Name, Node? Node)> _nameChanges = [];
    private int _operations;

    private sealed class Node
    {
        public byte[] Durable = [];
        public byte[] Current = [];
        public List<(long Offset, byte[] Bytes)> Unsynced = [];
    }

    /// <summary>Called before each operation with its number; may throw, or take a <see cref="Crash"/>.</summary>
    public Action<int>? Before { get; set; }

    /// <summary>A folder sync that does nothing: what a store that forgets it would get.</summary>
    public bool ForgetsFolderSync { get; init; }

    /// <summary>Operations so far.</summary>
    public int Operations => _operations;

    /// <summary>A folder that has one file.</summary>
    public static FaultyFolder With(string name, byte[] content)
    {
        var folder = new FaultyFolder();
        folder._names[name] = folder._durableNames[name] = new Node { Durable = content, Current = content };
        return folder;
    }

    /// <summary>What a file holds now.</summary>
    public byte[] ContentOf(string name)
    {
        lock (_gate) return _names[name].Current;
    }

    /// <summary>What is found after the power went now.</summary>
    public FaultyFolder Crash(Random random)
    {
        lock (_gate)
        {
            var names = new Dictionary<string, Node>(_durableNames);
            foreach (var (name, node) in _nameChanges)
            {
                if (random.Next(2) == 0) continue; // each change for itself, as POSIX allows
                if (node is null) names.Remove(name);
                else names[name] = node;
            }

            var after = new FaultyFolder();
            foreach (var (name, node) in names)
            {
                var left = new Node { Durable = Remains(node, random) };
                left.Current = left.Durable;
                after._names[name] = after._durableNames[name] = left;
            }

            return after;
        }
    }

    private static byte[] Remains(Node node, Random random)
    {
        var bytes = node.Durable;
        foreach (var (offset, written) in node.Unsynced)
        {
            if (random.Next(3) == 0) continue;
            var kept = random.Next(3) == 0 ? random.Next(written.Length + 1) : written.Length;
            bytes = Overwrite(bytes, written[..kept], offset);
        }

        return bytes;
    }

    private static byte[] Overwrite(byte[] bytes, ReadOnlySpan<byte> written, long offset)
    {
        var result = new byte[Math.Max(bytes.Length, offset + written.Length)];
        bytes.CopyTo(result, 0);
        written.CopyTo(result.AsSpan((int)offset));
        return result;
    }

    private void Step() => Before?.Invoke(++_operations);

    public IDisposable Lock(string name) => new MemoryStream();

    public IReadOnlyList<string> Names()
    {
        lock (_gate) return [.. _names.Keys];
    }

    public IStoreFile Open(string name, bool empty)
    {
        Step();
        lock (_gate)
        {
            if (!_names.TryGetValue(name, out var node) || empty)
            {
                _names[name] = node = new Node();
                _nameChanges.Add((name, node));
            }

            return new FaultyFile(this, node);
        }
    }

    public void Rename(string name, string to)
    {
        Step();
        lock (_gate)
        {
            Assert.IsFalse(_names.ContainsKey(to), "the name is taken");
            _names.Remove(name, out var node);
            _names[to] = node!;
            // A rename is one step: never neither name.
            _nameChanges.Add((to, node));
        }
    }

    public void Delete(string name)
    {
        Step();
        lock (_gate)
        {
            _names.Remove(name);
            _nameChanges.Add((name, null));
        }
    }

    public void Sync()
    {
        Step();
        if (ForgetsFolderSync) return;
        lock (_gate)
        {
            _durableNames.Clear();
            foreach (var (name, node) in _names) _durableNames[name] = node;
            _nameChanges.Clear();
        }
    }

    private sealed class FaultyFile(FaultyFolder folder, Node node) : IStoreFile
    {
        public long Length
        {
            get
            {
                lock (folder._gate) return node.Current.Length;
            }

            set
            {
                folder.Step();
                lock (folder._gate) node.Current = node.Current[..(int)value];
            }
        }

        public int Read(Span<byte> target, long offset)
        {
            lock (folder._gate)
            {
                var count = Math.Clamp(node.Current.Length - (int)offset, 0, target.Length);
                node.Current.AsSpan((int)Math.Min(offset, node.Current.Length), count).CopyTo(target);
                return count;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            folder.Step();
            lock (folder._gate)
            {
                node.Unsynced.Add((offset, bytes.ToArray()));
                node.Current = Overwrite(node.Current, bytes, offset);
            }
        }

        public void Sync()
        {
            folder.Step();
            lock (folder._gate)
            {
                node.Durable = node.Current;
                node.Unsynced = [];
            }
        }

        public void Dispose()
        {
        }
    }
}
