using Traxxs.Simulation.World;
using Traxxs.Testing;

namespace Traxxs.Simulation.Tests.World;

[TestClass]
public sealed class FootGaitTests
{
    [TestMethod]
    public void A_walk_at_5_kilometres_an_hour_has_the_shape_of_walks_recorded_in_the_sole()
    {
        if (Recordings.Find("foot_openshoe", out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        // All but the last walk are at 5 km/h: see the set's README.
        var recorded = GaitStatistics.Of(Directory.GetFiles(folder, "m*.csv.gz").Where(f => !f.Contains("m44"))
            .Select(f => GaitStatistics.Read(f, 250, 1, counterColumn: false)));
        AreAlike(recorded, Walk(speedCmS: 139), tolerance: 0.15);
    }

    [TestMethod]
    public void A_walk_at_7_kilometres_an_hour_has_the_shape_of_the_fast_walk_recorded_in_the_sole()
    {
        if (Recordings.Find("foot_openshoe", out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        var recorded = GaitStatistics.Of(GaitStatistics.Read(Path.Combine(folder, "m44.csv.gz"), 250, 1, counterColumn: false));
        AreAlike(recorded, Walk(speedCmS: 194), tolerance: 0.25);
    }

    [TestMethod]
    public void Walks_of_eleven_people_spread_around_the_model()
    {
        if (Recordings.Find("gait_voisard", out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        // On the instep and at everybody's own speed: the same strides, loosely.
        var recorded = GaitStatistics.Of(Directory.GetFiles(folder, "*.csv.gz").Select(f => GaitStatistics.Read(f, 100, 9.81, counterColumn: true)));
        AreAlike(recorded, Walk(speedCmS: 139), tolerance: 0.35);
    }

    [TestMethod]
    public void A_fall_is_weightlessness_then_an_impact_then_a_foot_on_its_side()
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            var gait = new FootGait(new Timeline().Then(Activity.Walk, TimeSpan.FromSeconds(10)).ThenFall(TimeSpan.FromMinutes(5)), seed);
            var fall = Enumerable.Range(0, 100).Select(i => Magnitude(gait, 10_000 + i * 20)).ToList();
            var lightest = fall.IndexOf(fall.Min());
            var impact = fall.IndexOf(fall.Max());
            Assert.IsLessThan(0.35, fall.Min(), $"seed {seed}");
            Assert.IsTrue(fall.Max() is > 3.5 and < 9, $"seed {seed}: impact of {fall.Max():F1} g");
            Assert.IsLessThan(impact, lightest, $"seed {seed}");
            gait.AccelerationAt(60_000, out _, out var yMg, out var zMg);
            Assert.IsGreaterThan(800, Math.Abs(yMg), $"seed {seed}");
            Assert.IsTrue(gait.IsStillUntil(13_000, out var untilMs), $"seed {seed}");
            Assert.IsGreaterThan(200_000, untilMs);
        }
    }

    [TestMethod]
    public void A_fall_is_as_hard_and_turns_as_far_as_falls_recorded_at_the_ankle()
    {
        if (Recordings.Find("falls_umafall", out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        var recorded = Directory.GetFiles(folder, "*_Fall_*.csv.gz").Select(FallStatistics.Read).ToList();
        var model = Enumerable.Range(1, 60).Select(seed =>
        {
            var gait = new FootGait(new Timeline().Then(Activity.Walk, TimeSpan.FromSeconds(10)).ThenFall(TimeSpan.FromMinutes(1)), (ulong)seed);
            return FallStatistics.Of([.. Samples(gait, Enumerable.Range(250, 700)).Select((s, i) => (i * 20, s.Item1 / 1000.0, s.Item2 / 1000.0, s.Item3 / 1000.0))]);
        }).ToList();
        Within(recorded.Select(f => f.PeakG), model.Select(f => f.PeakG), "peak in g");
        Within(recorded.Select(f => f.ForceAfterMg), model.Select(f => f.ForceAfterMg), "force in the 800 ms after it");
        Within(recorded.Select(f => f.TurnDegrees), model.Select(f => f.TurnDegrees), "turn in degrees");

        // The middle half of the model's falls lies among the middle 80 % of those recorded.
        static void Within(IEnumerable<double> recorded, IEnumerable<double> model, string what)
        {
            var (truth, made) = (recorded.Order().ToList(), model.Order().ToList());
            var (low, high) = (truth[truth.Count / 10], truth[truth.Count * 9 / 10]);
            Console.WriteLine($"{what}: recorded {low:F1} to {high:F1}, model {made[made.Count / 4]:F1} to {made[made.Count * 3 / 4]:F1}");
            Assert.IsTrue(made[made.Count / 4] >= low && made[made.Count * 3 / 4] <= high, what);
        }
    }

    [TestMethod]
    public void A_foot_that_is_called_still_does_not_move()
    {
        var timeline = new Timeline().Then(Activity.LieStill, TimeSpan.FromHours(2)).Then(Activity.Sit, TimeSpan.FromHours(1))
            .Then(Activity.Stand, TimeSpan.FromMinutes(20)).Then(Activity.Fidget, TimeSpan.FromMinutes(20)).Then(Activity.ShoeOff, TimeSpan.FromHours(1));
        var gait = new FootGait(timeline, 7);
        long still = 0, moving = 0;
        for (long time = 0; time < timeline.EndMs - 10_000; time += 20)
        {
            if (!gait.IsStillUntil(time, out var untilMs))
            {
                moving++;
                continue;
            }

            Assert.IsGreaterThan(time, untilMs);
            gait.AccelerationAt(time, out var x0, out var y0, out var z0);
            for (; time + 20 < Math.Min(untilMs, timeline.EndMs); time += 20, still++)
            {
                gait.AccelerationAt(time, out var x, out var y, out var z);
                Assert.AreEqual((x0, y0, z0), (x, y, z), $"at {time} ms");
            }
        }

        Assert.IsGreaterThan(20 * moving, still);
        Assert.IsGreaterThan(100, moving);
    }

    [TestMethod]
    public void The_answer_does_not_depend_on_the_order_of_asking()
    {
        var timeline = new Timeline().Then(Activity.Stand, TimeSpan.FromSeconds(30)).Then(Activity.Walk, TimeSpan.FromMinutes(1))
            .Then(Activity.Stairs, TimeSpan.FromSeconds(20)).Then(Activity.Stamp, TimeSpan.FromSeconds(3))
            .Then(Activity.Run, TimeSpan.FromMinutes(1)).Then(Activity.Ride, TimeSpan.FromMinutes(1));
        var forward = Samples(new FootGait(timeline, 3), Enumerable.Range(0, 10_000)).ToList();
        var backward = Samples(new FootGait(timeline, 3), Enumerable.Range(0, 10_000).Reverse()).Reverse().ToList();
        CollectionAssert.AreEqual(forward, backward);
        CollectionAssert.AreNotEqual(forward, Samples(new FootGait(timeline, 4), Enumerable.Range(0, 10_000)).ToList());
    }

    private static IEnumerable<(int, int, int)> Samples(FootGait gait, IEnumerable<int> indices)
    {
        foreach (var i in indices)
        {
            gait.AccelerationAt(i * 20L, out var x, out var y, out var z);
            yield return (x, y, z);
        }
    }

    private static GaitStatistics Walk(int speedCmS)
    {
        var gait = new FootGait(new Timeline().Then(Activity.Walk, TimeSpan.FromMinutes(5), speedCmS), 1);
        return GaitStatistics.Of(Enumerable.Range(0, 5 * 60 * 250).Select(i => (i / 250.0, Magnitude(gait, i * 4L))).ToList());
    }

    private static double Magnitude(FootGait gait, long timeMs)
    {
        gait.AccelerationAt(timeMs, out var x, out var y, out var z);
        return Math.Sqrt((double)x * x + (double)y * y + (double)z * z) / 1000;
    }

    private static void AreAlike(GaitStatistics recorded, GaitStatistics model, double tolerance)
    {
        Console.WriteLine($"recorded {recorded}\nmodel    {model}");
        Assert.IsGreaterThan(30, recorded.Strides);
        Assert.AreEqual(recorded.PeriodS, model.PeriodS, recorded.PeriodS * tolerance, $"stride period: recorded {recorded}, model {model}");
        Assert.AreEqual(recorded.ShareNear1G, model.ShareNear1G, recorded.ShareNear1G * tolerance, $"share near 1 g: recorded {recorded}, model {model}");
        Assert.AreEqual(recorded.ShareAbove2G, model.ShareAbove2G, recorded.ShareAbove2G * tolerance, $"share above 2 g: recorded {recorded}, model {model}");
        Assert.AreEqual(recorded.PeakG, model.PeakG, recorded.PeakG * tolerance, $"peak: recorded {recorded}, model {model}");
    }
}
