using Traxxs.Device.Adapters;

namespace Traxxs.Device.Tests.Adapters;

[TestClass]
public sealed class FileSegmentStorageTests
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()) + Path.DirectorySeparatorChar;

    [TestInitialize]
    public void MakeRoot() => Directory.CreateDirectory(_root);

    [TestCleanup]
    public void RemoveRoot() => Directory.Delete(_root, true);

    [TestMethod]
    public void What_is_appended_is_read_back_also_after_a_restart()
    {
        var storage = New();
        Assert.AreEqual(0, storage.LengthOf(3));
        Assert.IsTrue(storage.TryAppend(3, [9, 1, 2, 3], 1, 2));
        Assert.IsTrue(storage.TryAppend(3, [3], 0, 1));
        foreach (var reader in new[] { storage, New() })
        {
            var buffer = new byte[4];
            Assert.AreEqual(3, reader.LengthOf(3));
            Assert.IsTrue(reader.TryRead(3, 1, buffer, 1, 2));
            CollectionAssert.AreEqual(new byte[] { 0, 2, 3, 0 }, buffer);
        }
    }

    [TestMethod]
    public void A_read_beyond_the_end_is_a_false()
    {
        var storage = New();
        storage.TryAppend(0, [1, 2], 0, 2);
        Assert.IsFalse(storage.TryRead(0, 1, new byte[4], 0, 2));
        Assert.IsFalse(storage.TryRead(0, -1, new byte[4], 0, 1));
        Assert.IsFalse(storage.TryRead(1, 0, new byte[4], 0, 1), "an erased segment holds nothing");
        Assert.IsTrue(storage.TryRead(0, 2, new byte[4], 0, 0));
    }

    [TestMethod]
    public void A_full_segment_refuses_and_is_as_it_was()
    {
        var storage = New();
        Assert.IsTrue(storage.TryAppend(0, new byte[60], 0, 60));
        Assert.IsFalse(storage.TryAppend(0, new byte[5], 0, 5));
        Assert.AreEqual(60, storage.LengthOf(0));
        Assert.IsTrue(storage.TryAppend(0, new byte[4], 0, 4));
    }

    [TestMethod]
    public void A_torn_file_is_as_long_as_what_is_left_of_it()
    {
        New().TryAppend(2, [1, 2, 3, 4, 5], 0, 5);
        using (var file = File.OpenWrite(Path.Combine(_root, "segment02.bin"))) file.SetLength(3);
        var storage = New();
        Assert.AreEqual(3, storage.LengthOf(2));
        Assert.IsFalse(storage.TryRead(2, 0, new byte[5], 0, 5));
        Assert.IsTrue(storage.TryRead(2, 0, new byte[5], 0, 3));
    }

    [TestMethod]
    public void A_file_that_shrinks_under_the_storage_is_a_false_and_no_exception()
    {
        var storage = New();
        storage.TryAppend(2, [1, 2, 3, 4, 5], 0, 5);
        using (var file = File.OpenWrite(Path.Combine(_root, "segment02.bin"))) file.SetLength(3);
        Assert.IsFalse(storage.TryRead(2, 0, new byte[5], 0, 5));
        File.Delete(Path.Combine(_root, "segment02.bin"));
        Assert.IsFalse(storage.TryRead(2, 0, new byte[5], 0, 5));
    }

    [TestMethod]
    public void An_erased_segment_is_empty_and_can_be_used_again()
    {
        var storage = New();
        storage.TryAppend(1, [1, 2, 3], 0, 3);
        Assert.IsTrue(storage.TryErase(1));
        Assert.IsTrue(storage.TryErase(1), "erasing what is erased changes nothing");
        Assert.AreEqual(0, storage.LengthOf(1));
        Assert.IsTrue(storage.TryAppend(1, [7], 0, 1));
        Assert.AreEqual(1, New().LengthOf(1));
    }

    [TestMethod]
    public void A_segment_that_cannot_be_read_says_so_and_refuses()
    {
        // A folder in the file's place is what every platform refuses to open.
        Directory.CreateDirectory(Path.Combine(_root, "segment00.bin"));
        var storage = New();
        Assert.IsFalse(storage.TryAppend(0, [1], 0, 1));
        Directory.Delete(Path.Combine(_root, "segment00.bin"));
        Assert.IsTrue(storage.TryAppend(0, [1], 0, 1), "a storage that works again is used again");
    }

    [TestMethod]
    public void A_segment_that_could_not_be_read_once_is_looked_at_again()
    {
        New().TryAppend(0, [1, 2, 3], 0, 3);
        var path = Path.Combine(_root, "segment00.bin");
        File.Move(path, path + ".away");
        Directory.CreateDirectory(path);
        var storage = New();
        Assert.AreEqual(-1, storage.LengthOf(0), "not known is not erased");
        Assert.IsFalse(storage.TryErase(0));
        Assert.IsFalse(storage.TryRead(0, 0, new byte[3], 0, 3));
        Directory.Delete(path);
        File.Move(path + ".away", path);
        Assert.AreEqual(3, storage.LengthOf(0));
        Assert.IsTrue(storage.TryRead(0, 0, new byte[3], 0, 3));
    }

    private FileSegmentStorage New() => new(_root, "segment", 4, 64);
}
