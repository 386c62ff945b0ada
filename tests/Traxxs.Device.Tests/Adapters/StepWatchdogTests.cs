using Traxxs.Core.Diagnostics;
using Traxxs.Device.Adapters;
using Traxxs.NanoHost;

namespace Traxxs.Device.Tests.Adapters;

[TestClass]
public sealed class StepWatchdogTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-watchdog-").FullName + Path.DirectorySeparatorChar;
    private ulong _nowUs = 5_000_000;
    private NanoBoard _board = null!;
    private StepWatchdog _watchdog = null!;

    [TestInitialize]
    public void PowerOn()
    {
        _board = NanoBoard.Current = new NanoBoard { ClockUs = () => _nowUs };
        _watchdog = new StepWatchdog(_folder);
    }

    [TestCleanup]
    public void RemoveFolder()
    {
        _watchdog.Stop();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public void A_step_that_does_not_end_restarts_the_board_and_the_next_start_says_why()
    {
        _watchdog.Begin();
        Pass(StepWatchdog.StepMaxMs - 1);
        _watchdog.Look(null);
        Assert.AreEqual(0, _board.Reboots);
        Pass(1);
        Assert.ThrowsExactly<BoardOffException>(() => _watchdog.Look(null));
        Assert.AreEqual(1, _board.Reboots);
        NanoBoard.Current = new NanoBoard();
        Assert.AreEqual(BootReason.Watchdog, BootNote.Take(_folder));
    }

    [TestMethod]
    public void Waiting_between_steps_is_no_hang()
    {
        _watchdog.Begin();
        _watchdog.End();
        Pass(86_400_000);
        _watchdog.Look(null);
        Assert.AreEqual(0, _board.Reboots);
    }

    private void Pass(long ms) => _nowUs += (ulong)ms * 1000;
}
