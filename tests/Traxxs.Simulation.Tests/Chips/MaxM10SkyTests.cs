using Traxxs.Core;
using Traxxs.Drivers;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Tests.Chips;

[TestClass]
public sealed class MaxM10SkyTests
{
    private static readonly GeoPoint Home = new(52.0, 5.1);

    [TestMethod]
    public void A_wall_makes_fixes_worse_by_more_than_the_receiver_owns_up_to()
    {
        var open = Standing(metresFromWall: 200);
        var beside = Standing(metresFromWall: 2);
        Assert.IsLessThan(3, open.MeanErrorM, "open sky");
        Assert.IsGreaterThan(2.5 * open.MeanErrorM, beside.MeanErrorM, "beside a wall");
        Assert.IsGreaterThan(open.MeanClaimM, beside.MeanClaimM);
        Assert.IsGreaterThan(beside.MeanClaimM / beside.MeanErrorM, open.MeanClaimM / open.MeanErrorM, "the claim must not keep up with the error");
    }

    [TestMethod]
    public void Trees_lie_between_open_sky_and_a_street_canyon()
    {
        var (open, trees, canyon) = (Standing(200).MeanErrorM, Standing(200, PlaceKind.Trees).MeanErrorM, Standing(200, PlaceKind.Canyon).MeanErrorM);
        Assert.IsTrue(open < trees && trees < canyon, $"{open:F1} {trees:F1} {canyon:F1} m");
    }

    [TestMethod]
    [DataRow(PlaceKind.Indoors)]
    [DataRow(PlaceKind.Garage)]
    public void Under_a_roof_there_is_no_fix(PlaceKind roof) => Assert.AreEqual(0, Standing(200, roof).Fixes);

    [TestMethod]
    public void The_first_fix_takes_longer_the_longer_ago_the_last_ephemerides_are()
    {
        var chip = Chip(new Places([]));
        var cold = FirstFixMs(chip, 0);
        var hot = FirstFixMs(chip, 3_600_000);
        var warm = FirstFixMs(chip, 8 * 3_600_000);
        chip.LoseBackup();
        var coldAgain = FirstFixMs(chip, 9 * 3_600_000);
        Assert.IsTrue(cold is > 20_000 and < 40_000, $"cold {cold} ms");
        Assert.IsTrue(hot is >= 1000 and < 5000, $"hot {hot} ms");
        Assert.IsTrue(warm is > 18_000 and < 28_000, $"warm {warm} ms");
        Assert.IsTrue(coldAgain is > 20_000 and < 40_000, $"cold again {coldAgain} ms");
    }

    [TestMethod]
    public void Hot_fixes_alone_do_not_renew_the_ephemerides()
    {
        var chip = Chip(new Places([]));
        FirstFixMs(chip, 0);
        for (var minute = 10; minute < 230; minute += 10) Assert.IsLessThan(5000, FirstFixMs(chip, minute * 60_000));
        Assert.IsGreaterThan(15_000, FirstFixMs(chip, 250 * 60_000), "four hours after the cold start they are too old");
        Assert.IsLessThan(5000, FirstFixMs(chip, 260 * 60_000), "and now there are new ones");
    }

    private static (int Fixes, double MeanErrorM, double MeanClaimM) Standing(double metresFromWall, PlaceKind over = PlaceKind.Geofence)
    {
        var wall = Place.Area("hall", PlaceKind.Indoors, [Home.Move(metresFromWall, -50), Home.Move(metresFromWall, 50), Home.Move(metresFromWall + 50, 50), Home.Move(metresFromWall + 50, -50)]);
        var chip = Chip(new Places([wall, Place.Circle("above", over, Home, 20)]));
        var receiver = new UbxReceiver(chip);
        var inputs = new TrackerInputs();
        chip.SetSupply(true, 0);
        receiver.PowerUp(0);
        double errors = 0, claims = 0;
        var fixes = 0;
        for (long timeMs = 500; timeMs < 1_800_000; timeMs += 500)
        {
            inputs.Clear();
            chip.AdvanceTo(timeMs);
            receiver.Poll(inputs, timeMs);
            if (!inputs.HasFix || !inputs.Fix.Valid || timeMs < 120_000) continue;
            fixes++;
            errors += Home.DistanceTo(new GeoPoint(inputs.Fix.LatitudeE7 / 1e7, inputs.Fix.LongitudeE7 / 1e7));
            claims += inputs.Fix.AccuracyMm / 1000.0;
        }

        return (fixes, errors / Math.Max(1, fixes), claims / Math.Max(1, fixes));
    }

    private static long FirstFixMs(MaxM10Chip chip, long fromMs)
    {
        chip.SetSupply(true, fromMs);
        for (var timeMs = fromMs; timeMs < fromMs + 120_000; timeMs += 100)
        {
            chip.AdvanceTo(timeMs);
            if (!chip.HasFix) continue;
            chip.AdvanceTo(timeMs + 5000);
            chip.SetSupply(false, timeMs + 5000);
            return timeMs - fromMs;
        }

        return long.MaxValue;
    }

    private static MaxM10Chip Chip(Places places)
        => new(new PersonSky(new Person("Ann", new Route([Home]), new Timeline().Then(Activity.Stand, TimeSpan.FromDays(1))), places), 5, 1_772_409_600_000);
}
