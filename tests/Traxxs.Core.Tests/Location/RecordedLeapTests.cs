using System.Globalization;
using System.IO.Compression;
using Traxxs.Core.Location;
using Traxxs.Testing;

namespace Traxxs.Core.Tests.Location;

/// <summary>
/// Days that people recorded, on foot, by bicycle, bus and train: what the filter doubts of them. Steps are the way on foot over a stride;
/// rides have none, and the device notices them or not.
/// </summary>
[TestClass]
public class RecordedLeapTests
{
    private const double StrideM = 1.4;
    private const int IntervalS = 70;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Of_recorded_days_hardly_a_search_is_doubted(bool ridesAreNoticed)
    {
        var days = Live(ridesAreNoticed, lieNorthE7: 0);
        var (taken, doubted) = (days.Sum(day => day.Scheduler.Taken), days.Sum(day => day.Scheduler.SearchesInVain));
        TestContext.WriteLine($"rides {(ridesAreNoticed ? "" : "not ")}noticed: {taken} fixes, {doubted} searches in doubt");
        Assert.IsGreaterThan(4000, taken);
        Assert.IsTrue(doubted * 100 < taken, $"{doubted} of {taken + doubted} searches were doubted");
    }

    [TestMethod]
    public void Five_minutes_of_lies_an_hour_are_believed_only_where_a_pause_would_explain_a_ride()
    {
        var days = Live(ridesAreNoticed: true, lieNorthE7: 2_000_000);
        var (lies, believed) = (days.Sum(day => day.Lies), days.Sum(day => day.LiesBelieved));
        TestContext.WriteLine($"{believed} of {lies} fixes 22 km off believed");
        Assert.IsGreaterThan(200, lies);
        // Three solutions of any search were once enough: all were believed.
        Assert.IsTrue(believed * 10 < lies, $"{believed} of {lies} were believed");
    }

    private static List<Day> Live(bool ridesAreNoticed, int lieNorthE7)
    {
        var folder = Recordings.Find("gps_geolife", out var message);
        if (folder is null) Assert.Inconclusive(message);
        var days = new List<Day>();
        foreach (var file in Directory.GetFiles(folder, "*.csv.gz").Order(StringComparer.Ordinal))
        {
            days.Add(new Day(ridesAreNoticed, lieNorthE7));
            foreach (var point in Points(file)) days[^1].Go(point);
        }

        return days;
    }

    private static IEnumerable<(long TimeS, int LatitudeE7, int LongitudeE7, bool OnFoot)> Points(string file)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        text.ReadLine();
        while (text.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            yield return (long.Parse(cells[0], CultureInfo.InvariantCulture), E7(cells[1]), E7(cells[2]), cells[4] is "walk" or "run");
        }
    }

    private static int E7(string degrees) => (int)Math.Round(double.Parse(degrees, CultureInfo.InvariantCulture) * 1e7);

    // One recorded day. Five minutes of each hour the receiver may lie.
    private sealed class Day(bool ridesAreNoticed, int lieNorthE7)
    {
        private readonly GnssFix _fix = new() { Valid = true, AccuracyMm = 5000 };
        private double _wayM;
        private long _beganS = -1;
        private int _searchLied = -1;
        private (long TimeS, int LatitudeE7, int LongitudeE7, bool OnFoot) _before;

        public FixScheduler Scheduler { get; } = new(new TrackerProfile());

        /// <summary>Searches on foot in which the receiver lied.</summary>
        public int Lies { get; private set; }

        /// <summary>Of those, the ones that were believed.</summary>
        public int LiesBelieved { get; private set; }

        // Distance.Metres is whole metres, and a point is little more than one from the next.
        private static double WayM((long TimeS, int LatitudeE7, int LongitudeE7, bool OnFoot) from, (long TimeS, int LatitudeE7, int LongitudeE7, bool OnFoot) to)
        {
            var east = (to.LongitudeE7 - from.LongitudeE7) * 0.011132 * Math.Cos(from.LatitudeE7 * 1e-7 * Math.PI / 180);
            var north = (to.LatitudeE7 - from.LatitudeE7) * 0.011132;
            return Math.Sqrt(east * east + north * north);
        }

        public void Go((long TimeS, int LatitudeE7, int LongitudeE7, bool OnFoot) point)
        {
            if (_beganS < 0) (_beganS, _before) = (point.TimeS, point);
            if (point.OnFoot) _wayM += WayM(_before, point);
            _before = point;
            var lies = lieNorthE7 != 0 && point.OnFoot && (point.TimeS - _beganS) / 60 % 60 is >= 30 and < 35;
            (_fix.TimeS, _fix.LatitudeE7, _fix.LongitudeE7) = ((uint)point.TimeS, point.LatitudeE7 + (lies ? lieNorthE7 : 0), point.LongitudeE7);
            var searching = Scheduler.State == SearchState.Searching;
            if (searching && lies && _searchLied != Scheduler.Searches)
            {
                _searchLied = Scheduler.Searches;
                Lies++;
            }

            Scheduler.Update(true, ridesAreNoticed && !point.OnFoot, (uint)(_wayM / StrideM), IntervalS, searching ? _fix : null, (point.TimeS - _beganS) * 1000);
            if (lies && Scheduler.JustTaken && Scheduler.Fix.LatitudeE7 == _fix.LatitudeE7) LiesBelieved++;
        }
    }
}
