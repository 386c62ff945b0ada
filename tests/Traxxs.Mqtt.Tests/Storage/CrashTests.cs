using System.Buffers.Binary;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Storage;

namespace Traxxs.Mqtt.Tests.Storage;

/// <summary>The power goes at every step of what the stores do to their folder; see <see cref="FaultyFolder"/> for what is left then.</summary>
[TestClass]
public sealed class CrashTests
{
    private const int CompactionBytesMin = 1500; // some fifty records: a run compacts several times

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void The_session_store_has_what_was_durable_after_a_crash_at_any_step(int seed)
    {
        var compactions = 0;
        Assert.AreEqual(0, LossesOfSessions(new FaultyFolder(), seed, ref compactions), $"seed {seed}");
        Assert.IsGreaterThan(3, compactions, "the steps of a compaction must be among those that were crashed");
    }

    [TestMethod]
    public void What_is_overwritten_while_the_log_is_about_to_be_copied_is_there_after_a_crash_the_old_or_the_new()
    {
        var (key, other) = (new MqttStoreKey(MqttStoreKind.Message, 1), new MqttStoreKey(MqttStoreKind.Message, 2));
        var folder = new FaultyFolder();
        var (names, lost, stored) = (new HashSet<string>(), 0, false);
        using var waits = new ManualResetEventSlim(true);
        folder.Before = _ =>
        {
            waits.Wait(); // nothing is written before somebody waits for it: then the writer itself tells
            names.UnionWith(folder.Names());
            if (!Volatile.Read(ref stored)) return;
            using var log = new RecordLog(folder.Crash(new Random(1)), "sessions", long.MaxValue, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            if (!log.Contains(key)) lost++;
        };
        var store = new FileSessionStore(folder, CompactionBytesMin);
        store.Load();
        for (var i = 0; i < 300; i++)
        {
            waits.Reset();
            var position = store.Put(key, new byte[4 + i * 7 % 41]); // of many lengths, so that a copy comes due behind this write or the next
            using var overwritten = new ManualResetEventSlim();
            store.WhenDurable(position, _ =>
            {
                // The writer is just behind its write and looks next whether to copy.
                store.Put(key, BitConverter.GetBytes(-i));
                store.Put(other, BitConverter.GetBytes(i));
                Volatile.Write(ref stored, true);
                overwritten.Set();
            }, this);
            waits.Set();
            Assert.IsTrue(overwritten.Wait(TimeSpan.FromSeconds(60)));
        }

        store.DisposeAsync().AsTask().Wait();
        Assert.IsGreaterThan(3, names.Count(name => name.EndsWith(".log", StringComparison.Ordinal)), "it was never copied");
        Assert.AreEqual(0, lost);
    }

    [TestMethod]
    public void Without_the_folder_s_sync_the_same_run_loses_what_was_durable()
    {
        var compactions = 0;
        Assert.AreNotEqual(0, LossesOfSessions(new FaultyFolder { ForgetsFolderSync = true }, seed: 1, ref compactions), "this test could not fail");
    }

    /// <summary>Puts and removes at random, crashing before each operation on the folder; counts the crashes that lost something.</summary>
    private static int LossesOfSessions(FaultyFolder folder, int seed, ref int compactions)
    {
        var random = new Random(seed);
        var chance = new Random(seed); // the writer's own: it crashes while this thread puts and removes
        var history = new List<(long Position, MqttStoreKey Key, int? Value)>();
        var losses = 0;
        var names = new HashSet<string>();
        FileSessionStore? store = null;
        folder.Before = _ =>
        {
            var durable = store?.DurablePosition ?? 0;
            names.UnionWith(folder.Names());
            (long, MqttStoreKey, int?)[] appended;
            lock (history) appended = [.. history];
            if (!IsSound(folder.Crash(chance), appended, durable)) losses++;
        };
        store = new FileSessionStore(folder, CompactionBytesMin);
        store.Load();
        for (var i = 0; i < 400; i++)
        {
            var key = new MqttStoreKey(MqttStoreKind.Message, random.Next(8));
            var value = random.Next(4) == 0 ? (int?)null : i;
            var expected = history.Count == 0 ? 2 : history[^1].Position + 1;
            // Noted before it can be written, so that no crash finds more than the history knows; and let go of before the store is
            // called, whose writer wants the history with the store's own lock in hand.
            lock (history) history.Add((expected, key, value));
            var position = value is null ? store.Remove(key) : store.Put(key, BitConverter.GetBytes(i));
            if (position != expected)
            {
                lock (history) history.RemoveAt(history.Count - 1); // there was nothing to remove
            }

            if (random.Next(3) == 0) SpinWait.SpinUntil(() => store.DurablePosition >= position, TimeSpan.FromSeconds(60));
        }

        store.DisposeAsync().AsTask().Wait();
        compactions = names.Count(name => name.EndsWith(".log", StringComparison.Ordinal)) - 1;
        return losses;
    }

    /// <summary>What is found must be the state after some append that is not before the last durable one.</summary>
    private static bool IsSound(FaultyFolder left, (long Position, MqttStoreKey Key, int? Value)[] history, long durable)
    {
        Dictionary<MqttStoreKey, int> found;
        using (var log = new RecordLog(left, "sessions", long.MaxValue, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance))
        {
            found = log.Load().ToDictionary(item => item.Key, item => BitConverter.ToInt32(item.Value));
        }

        var state = new Dictionary<MqttStoreKey, int>();
        if (durable <= 1 && found.Count == 0) return true;
        foreach (var (position, key, value) in history)
        {
            if (value is { } put) state[key] = put;
            else state.Remove(key);
            if (position >= durable && state.Count == found.Count && !state.Except(found).Any()) return true;
        }

        return false;
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(6)]
    public void The_client_s_store_has_every_publish_it_took_after_a_crash_at_any_step(int seed)
    {
        var random = new Random(seed);
        var folder = new FaultyFolder();
        var kept = new Dictionary<ushort, int>();          // taken and not acknowledged: must be there
        var acknowledged = new HashSet<(ushort, int)>();   // may be there: a repeat does no harm
        (ushort Identifier, int Value)? underWay = null;   // may be there or not
        folder.Before = step =>
        {
            using var store = new FileClientStore(folder.Crash(random), "c", CompactionBytesMin);
            var found = store.Load().ToDictionary(item => item.Key, item => BinaryPrimitives.ReadInt32BigEndian(item.Value));
            foreach (var (identifier, value) in kept)
            {
                // While the same identifier is stored anew, the one or the other is there.
                var isThere = found.TryGetValue(identifier, out var there) && (there == value || underWay == (identifier, there));
                Assert.IsTrue(isThere || underWay?.Identifier == identifier && found.ContainsKey(identifier), $"seed {seed}, step {step}: {identifier} is lost");
            }

            foreach (var (identifier, value) in found)
                Assert.IsTrue(kept.GetValueOrDefault(identifier, -1) == value || underWay == (identifier, value) || acknowledged.Contains((identifier, value)), $"seed {seed}, step {step}: {identifier} was never stored");
        };
        using var live = new FileClientStore(folder, "c", CompactionBytesMin);
        for (var i = 0; i < 500; i++)
        {
            var identifier = (ushort)random.Next(1, 12);
            if (random.Next(3) == 0 && kept.Remove(identifier, out var was))
            {
                acknowledged.Add((identifier, was));
                live.Remove(identifier);
                continue;
            }

            var packet = new byte[random.Next(4, 40)];
            BinaryPrimitives.WriteInt32BigEndian(packet, i);
            underWay = (identifier, i);
            live.Put(identifier, packet);
            if (kept.TryGetValue(identifier, out var replaced)) acknowledged.Add((identifier, replaced));
            kept[identifier] = i;
            underWay = null;
        }

        Assert.IsGreaterThan(500, folder.Operations);
    }

    [TestMethod]
    public void The_client_s_store_gives_publishes_back_in_their_order_and_releases_in_that_of_the_pubrecs()
    {
        var folder = new FaultyFolder();
        using (var store = new FileClientStore(folder, "c"))
        {
            foreach (ushort identifier in new ushort[] { 7, 3, 9 }) store.Put(identifier, [0x34, (byte)identifier, 1]);
            store.Put(3, [0, 3]); // PUBREC
            store.Put(7, [0, 7]);
        }

        using var again = new FileClientStore(folder, "c");
        CollectionAssert.AreEqual(new ushort[] { 9, 3, 7 }, again.Load().Select(item => item.Key).ToArray());
    }

    [TestMethod]
    public void A_session_store_that_is_in_use_is_not_opened_twice()
    {
        var path = Directory.CreateTempSubdirectory("traxxs-mqtt-").FullName;
        try
        {
            using (var log = new RecordLog(new DiskFolder(path), "sessions", 1, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance))
            {
                Assert.ThrowsExactly<IOException>(() => new FileSessionStore(path));
            }

            new FileSessionStore(path).DisposeAsync().AsTask().Wait();
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [TestMethod]
    public void Clients_that_share_a_folder_do_not_see_each_other()
    {
        var folder = new FaultyFolder();
        using var one = new FileClientStore(folder, "a");
        using var other = new FileClientStore(folder, "a-1");
        one.Put(1, [1]);
        other.Put(2, [2]);
        using var again = new FileClientStore(folder, "a");
        Assert.AreEqual(1, again.Load().Single().Key);
    }

    [TestMethod]
    public void A_disk_folder_keeps_the_same_promises_and_is_the_owner_s_alone()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("traxxs-mqtt-").FullName, "client");
        try
        {
            using (var store = new FileClientStore(path, "c"))
            {
                for (ushort i = 1; i <= 3000; i++)
                {
                    store.Put(i, new byte[100]);
                    if (i > 5) store.Remove((ushort)(i - 5));
                }

                Assert.ThrowsExactly<IOException>(() => new FileClientStore(path, "c"), "another process has it");
            }

            using var again = new FileClientStore(path, "c");
            CollectionAssert.AreEqual(new ushort[] { 2996, 2997, 2998, 2999, 3000 }, again.Load().Select(item => item.Key).ToArray());
            var file = Directory.GetFiles(path, "*.log").Single();
            Assert.IsLessThan(200_000, new FileInfo(file).Length, "what is superseded is not kept");
            if (OperatingSystem.IsWindows()) return;
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
