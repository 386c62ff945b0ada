using Traxxs.Simulation.SoftBoards;

namespace Traxxs.Simulation.Tests.SoftBoards;

[TestClass]
public sealed class FrozenFlashTests
{
    [TestMethod]
    public void What_is_written_without_power_never_was()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var (kept, changed, gone, late) = (Path.Combine(folder, "kept"), Path.Combine(folder, "changed"), Path.Combine(folder, "gone"), Path.Combine(folder, "late"));
            foreach (var file in new[] { kept, changed, gone }) File.WriteAllText(file, "before");
            using var open = new FileStream(kept, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
            var frozen = FrozenFlash.Of(folder);
            open.Dispose();
            File.WriteAllText(changed, "after");
            File.WriteAllText(late, "after");
            File.Delete(gone);
            frozen.Restore();
            CollectionAssert.AreEquivalent(new[] { kept, changed, gone }, Directory.GetFiles(folder));
            Assert.IsTrue(Directory.GetFiles(folder).All(file => File.ReadAllText(file) == "before"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
