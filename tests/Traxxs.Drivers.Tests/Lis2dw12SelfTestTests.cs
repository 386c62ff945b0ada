using Traxxs.Core;
using Traxxs.Simulation.Chips;

namespace Traxxs.Drivers.Tests;

/// <summary>The accelerometer's self-test at its registers: each thing that can be wrong is told, and a good chip passes.</summary>
[TestClass]
public sealed class Lis2dw12SelfTestTests
{
    // Behind the last proof: the reset that ends the push, and one look whether it is over.
    private const int ClosingReset = 2;

    private readonly ScriptedFoot _foot = new() { StillUntilMs = 0 };
    private readonly TrackerInputs _carrier = new();

    private Lis2dw12Chip Chip() => new(_foot, seed: 11);

    // As the board does it: every 100 ms until it is over, or until it should long have been.
    private Lis2dw12SelfTest Run(Lis2dw12Chip chip, int stepMs = 100)
    {
        var test = new Lis2dw12SelfTest(new Lis2dw12(chip));
        var over = !test.Begin();
        for (var step = 0; !over && step < 100; step++)
        {
            chip.AdvanceTo(chip.NowMs + stepMs);
            over = test.Advance(_carrier);
        }

        Assert.IsTrue(over, "the test must end");
        return test;
    }

    [TestMethod]
    [DataRow(40)]
    [DataRow(100)]
    [DataRow(500)]
    public void A_good_chip_at_rest_passes_however_often_it_is_asked(int stepMs)
    {
        var test = Run(Chip(), stepMs);
        Assert.IsTrue(test.IdentityGood);
        Assert.IsTrue(test.AnswerGood);
        Assert.IsTrue(test.NoiseGood);
    }

    [TestMethod]
    [DataRow(0, false)]
    [DataRow(60, false)]
    [DataRow(80, true)]
    [DataRow(-600, true)]
    [DataRow(1450, true)]
    [DataRow(1600, false)]
    public void The_answer_is_good_within_the_limits_of_the_datasheet(int answerMg, bool good)
    {
        var chip = Chip();
        chip.SelfTestMg = answerMg;
        var test = Run(chip);
        Assert.AreEqual(good, test.AnswerGood);
        Assert.IsTrue(test.NoiseGood, "noise at rest has nothing to do with it");
    }

    [TestMethod]
    public void A_stranger_on_the_address_fails_by_its_identity()
    {
        var chip = Chip();
        chip.Faults.WrongIdentity = 0x33;
        var test = Run(chip);
        Assert.IsFalse(test.IdentityGood || test.AnswerGood || test.NoiseGood);
    }

    [TestMethod]
    public void A_board_that_is_carried_about_is_not_at_rest()
    {
        _foot.At = ms => (0, 0, 1000 + (int)(ms % 200));
        Assert.IsFalse(Run(Chip()).NoiseGood);
    }

    [TestMethod]
    public void A_chip_that_feels_no_gravity_is_not_at_rest_on_earth()
    {
        _foot.At = _ => (0, 0, 0);
        Assert.IsFalse(Run(Chip()).NoiseGood);
    }

    [TestMethod]
    public void A_second_run_forgets_the_first()
    {
        var chip = Chip();
        var test = new Lis2dw12SelfTest(new Lis2dw12(chip));
        foreach (var answers in new[] { false, true, false })
        {
            chip.SelfTestMg = answers ? 600 : 0;
            Assert.IsTrue(test.Begin());
            do chip.AdvanceTo(chip.NowMs + 100);
            while (!test.Advance(_carrier));
            Assert.AreEqual(answers, test.AnswerGood);
        }
    }

    [TestMethod]
    public void A_refusal_at_any_transfer_ends_the_test_as_failed()
    {
        var whole = Chip();
        Run(whole);
        Assert.IsGreaterThan(35, whole.Faults.Transfers);
        for (var n = 0; n < whole.Faults.Transfers; n++)
        {
            var chip = Chip();
            chip.Faults.NakAt = n;
            Assert.IsFalse(Run(chip).AnswerGood, $"transfer {n} was refused and the test passed");
        }
    }

    [TestMethod]
    [DataRow(0xFF)]
    [DataRow(0x00)]
    public void A_bus_stuck_from_any_transfer_ends_the_test_as_failed(int stuckValue)
    {
        var whole = Chip();
        Run(whole);
        for (var n = 0; n < whole.Faults.Transfers - ClosingReset; n++)
        {
            var chip = Chip();
            chip.Faults.StuckFrom = n;
            chip.Faults.StuckValue = (byte)stuckValue;
            Assert.IsFalse(Run(chip).AnswerGood, $"stuck at {stuckValue:X2} from transfer {n} and the test passed");
        }
    }
}
