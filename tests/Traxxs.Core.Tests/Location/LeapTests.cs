using Traxxs.Core.Location;
using Traxxs.Core.Power;

namespace Traxxs.Core.Tests.Location;

/// <summary>Places too far to have been walked to: a receiver's lies, and journeys that nobody noticed.</summary>
[TestClass]
public class LeapTests
{
    private const int IntervalS = 70;

    private FixScheduler _scheduler = new(new TrackerProfile());
    private readonly List<(long AtMs, int Place)> _taken = [];
    private long _nowMs;
    private uint _steps;
    private int _heardS;

    // What the receiver says: how many metres north of where the walk began.
    private int _saysM;

    [TestMethod]
    public void One_solution_that_leaps_is_refused_and_the_next_that_does_not_is_taken()
    {
        Walk(600);
        var before = _taken.Count;
        _scheduler.Request(_nowMs);
        while (_heardS < 2) Step(0);
        Step(40_000);
        Step(40_000);
        Assert.HasCount(before, _taken);
        Step(0);
        Assert.HasCount(before + 1, _taken);
        Assert.AreEqual(0, _taken[^1].Place);
    }

    [TestMethod]
    [DataRow(40_000, 300)]
    [DataRow(40_000, 540)]
    [DataRow(2_000, 400)]
    [DataRow(3_000, 80)]
    [DataRow(-2_000_000, 540)]
    public void A_lie_that_no_vehicle_explains_is_not_believed_on_a_walk(int awayM, int lastsS)
    {
        Walk(1800);
        _saysM = awayM;
        Walk(lastsS);
        Assert.IsTrue(_taken.All(fix => fix.Place == 0), string.Join(" ", _taken));
        _saysM = 0;
        var backMs = _nowMs;
        Walk(300);
        Assert.IsTrue(_taken.Any(fix => fix.AtMs > backMs && fix.AtMs <= backMs + 2 * IntervalS * 1000 && fix.Place == 0), "the truth is believed again at once");
    }

    [TestMethod]
    public void On_a_walk_a_lie_that_ten_searches_repeat_is_believed_and_the_truth_after_it_by_as_many()
    {
        Walk(1800);
        _saysM = 3_000;
        var beganMs = _nowMs;
        Walk(900);
        var believedMs = _taken.First(fix => fix.Place == 3_000).AtMs - beganMs;
        Assert.IsTrue(believedMs is > 540_000 and < 720_000, $"{believedMs} ms");
        _saysM = 0;
        beganMs = _nowMs;
        Walk(720);
        Assert.AreEqual(0, _taken[^1].Place);
    }

    [TestMethod]
    [DataRow(600, 3_000)]
    [DataRow(3 * 3600, 500_000)]
    public void After_a_ride_that_nobody_noticed_the_first_search_is_believed(int restS, int awayM)
    {
        Walk(600);
        Rest(restS);
        _saysM = awayM;
        var beganMs = _nowMs;
        Walk(60);
        Assert.IsTrue(_taken.Any(fix => fix.AtMs > beganMs && fix.Place == awayM), string.Join(" ", _taken));
    }

    [TestMethod]
    public void After_a_flight_the_far_country_is_believed_within_a_quarter_of_an_hour_of_walking()
    {
        Walk(1800);
        Rest(8 * 3600);
        _saysM = 7_000_000;
        var beganMs = _nowMs;
        Walk(1200);
        var afterMs = _taken.First(fix => fix.Place == 7_000_000).AtMs - beganMs;
        Assert.IsTrue(afterMs < 900_000, $"{afterMs} ms");
    }

    [TestMethod]
    public void A_first_fix_that_was_wrong_is_outvoted_by_two_searches()
    {
        _scheduler.Request(_nowMs);
        _saysM = 3_000_000;
        Walk(5);
        Assert.AreEqual(3_000_000, _taken.Single().Place);
        _saysM = 0;
        var beganMs = _nowMs;
        Walk(300);
        Assert.IsTrue(_taken.First(fix => fix.Place == 0).AtMs - beganMs < 3 * IntervalS * 1000L);
    }

    [TestMethod]
    public void Who_calls_for_help_far_away_is_found_after_a_second_start_of_the_receiver()
    {
        Walk(1800);
        _saysM = 900_000;
        _scheduler.Request(_nowMs);
        var (beganMs, searches) = (_nowMs, _scheduler.Searches);
        while (_taken[^1].Place == 0 && _nowMs - beganMs < 60_000) Step(_saysM);
        Assert.AreEqual(900_000, _taken[^1].Place);
        Assert.AreEqual(2, _scheduler.Searches - searches);
        Assert.IsTrue(_nowMs - beganMs < 15_000);
        Assert.IsTrue(_scheduler.WasUrgent);
        _saysM = 0;
        beganMs = _nowMs;
        Walk(300);
        Assert.IsTrue(_taken.Any(fix => fix.AtMs > beganMs && fix.Place == 0), "where that was a lie, two searches outvote it");
    }

    [TestMethod]
    public void A_receiver_that_names_another_far_place_in_each_search_is_asked_three_times_and_no_more()
    {
        Walk(1800);
        _scheduler.Request(_nowMs);
        var (searches, before, failed) = (_scheduler.Searches, _taken.Count, 0);
        for (var i = 0; i < 60; i++)
        {
            Step(1_000_000 * (_scheduler.Searches - searches));
            failed += _scheduler.JustFailed ? 1 : 0;
        }

        Assert.AreEqual((3, before, 1), (_scheduler.Searches - searches, _taken.Count, failed));
        Assert.IsTrue(_scheduler.IsQuiet());
    }

    [TestMethod]
    public void After_a_deep_sleep_two_searches_are_enough()
    {
        Walk(1800);
        var checkpoint = new Checkpoint();
        checkpoint.Begin(false);
        _scheduler.Keep(checkpoint);
        _scheduler = new FixScheduler(new TrackerProfile());
        checkpoint.Begin(true);
        _scheduler.Keep(checkpoint);
        Rest(600);
        _saysM = 2_000_000;
        var beganMs = _nowMs;
        Walk(300);
        var believedMs = _taken.First(fix => fix.Place == 2_000_000).AtMs - beganMs;
        Assert.IsTrue(believedMs is > IntervalS * 1000 and < 3 * IntervalS * 1000, $"{believedMs} ms");
    }

    // A second of walking is a stride of this foot; the receiver has a solution two seconds after it was switched on.
    private void Walk(int seconds)
    {
        for (var i = 0; i < seconds; i++) Step(_saysM);
    }

    private void Step(int saysM)
    {
        _nowMs += 1000;
        _steps++;
        var searching = _scheduler.State == SearchState.Searching;
        _heardS = searching ? _heardS + 1 : 0;
        _scheduler.Update(true, false, _steps, IntervalS, _heardS > 2 ? Fix(saysM) : null, _nowMs);
        if (_scheduler.JustTaken) _taken.Add((_nowMs, saysM));
    }

    private void Rest(int seconds) => _nowMs += seconds * 1000L;

    private static GnssFix Fix(int northM) => new() { Valid = true, TimeS = 1_790_000_000, LatitudeE7 = (int)(100_000_000 + northM / 11.132e-3), LongitudeE7 = 115_000_000, AccuracyMm = 3000 };
}
