using Traxxs.Server.Identity;

namespace Traxxs.Server.Tests.Identity;

[TestClass]
public sealed class HashingGateTests
{
    [TestMethod]
    public async Task Who_finds_the_queue_full_is_turned_away_and_who_waits_gets_a_turn()
    {
        using var gate = new HashingGate();
        using var hold = new ManualResetEventSlim();
        var running = Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount / 2)).Select(_ => Run(() => hold.Wait(TimeSpan.FromSeconds(30)))).ToList();
        var waiting = Enumerable.Range(0, HashingGate.WaitingMax).Select(_ => Run(() => true)).ToList();
        var (done, _) = await Run(() => true);
        Assert.IsFalse(done);
        hold.Set();
        foreach (var one in running.Concat(waiting)) Assert.AreEqual((true, true), await one);
        Assert.AreEqual((true, true), await Run(() => true));

        Task<(bool Done, bool Result)> Run(Func<bool> work) => gate.TryRunAsync(work, CancellationToken.None);
    }
}
