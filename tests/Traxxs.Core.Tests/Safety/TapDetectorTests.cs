using Traxxs.Cli.Motion;
using Traxxs.Core.Safety;
using Traxxs.Core.Tests.Fakes;
using Traxxs.Protocol;
using Traxxs.Testing;

namespace Traxxs.Core.Tests.Safety;

/// <summary>The foot gesture that calls for help: found when it is meant, and never otherwise.</summary>
[TestClass]
public class TapDetectorTests
{
    private const int PeriodMs = TrackerProfile.SamplePeriodMs;

    [TestMethod]
    [DataRow(5, 500, 1)]
    [DataRow(5, 360, 1)]
    [DataRow(6, 600, 1)]
    [DataRow(8, 440, 1)]
    [DataRow(4, 500, 0, DisplayName = "too few")]
    [DataRow(9, 500, 0, DisplayName = "too many")]
    [DataRow(5, 240, 0, DisplayName = "nervous")]
    [DataRow(5, 900, 0, DisplayName = "strides")]
    public void Five_to_eight_even_taps_between_two_rests_are_the_gesture(int taps, int gapMs, int found)
        => Assert.AreEqual(found, Run(2000, [.. Enumerable.Repeat(gapMs, taps - 1)], 2000));

    [TestMethod]
    public void Taps_without_an_even_rhythm_a_rest_or_strength_are_none()
    {
        Assert.AreEqual(0, Run(2000, [320, 640, 320, 640], 2000), "in pairs, as walking does");
        Assert.AreEqual(0, Run(400, [500, 500, 500, 500], 2000), "no rest before");
        Assert.AreEqual(0, Run(2000, [500, 500, 500, 500], 800), "no rest after");
        Assert.AreEqual(0, Run(2000, [500, 500, 500, 500], 2000, tapMg: 200), "too weak");
        Assert.AreEqual(0, Run(2000, [500, 500, 500, 500], 2000, turned: true), "the foot has turned: a fall, or a shoe put away");
        Assert.AreEqual(1, Run(2000, [500, 520, 480, 560], 2000), "as evenly as people can");
    }

    [TestMethod]
    public void Walking_fidgeting_and_riding_are_no_gesture()
    {
        foreach (var sample in new Func<long, (int X, int Y, int Z)>[] { Wearer.Walking, Wearer.Fidgeting, Wearer.Riding, Wearer.Still })
        {
            var detector = new TapDetector();
            for (long t = 0; t < 3_600_000; t += PeriodMs)
            {
                var (x, y, z) = t % 20_000 < 4000 ? Wearer.Still(t) : sample(t);
                Assert.IsFalse(detector.Feed(x, y, z, PeriodMs), $"{sample.Method.Name} at {t} ms");
            }
        }
    }

    [TestMethod]
    public void Two_and_a_half_seconds_at_half_the_rate_before_the_rest_at_the_whole_are_the_gesture_too()
    {
        for (var switchMs = 2600; switchMs < 4600; switchMs += 40)
        {
            var detector = new TapDetector();
            detector.Rested(asleep: true);
            var found = 0;
            var periodMs = 80;
            for (long t = switchMs - 31 * 80; t < 8000; t += periodMs)
            {
                var (x, y, z) = Wearer.Tapping(t - 2000);
                found += detector.Feed(x, y, z, periodMs) ? 1 : 0;
                if (t == switchMs) periodMs = PeriodMs;
            }

            Assert.AreEqual(1, found, $"awake from {switchMs} ms on");
        }
    }

    [TestMethod]
    public void The_gesture_is_found_out_of_deep_sleep()
    {
        for (var lateMs = 0; lateMs < 200; lateMs += 40)
        {
            var rig = new Rig(null, new MemoryStorage(32, 4096)) { SleepsDeeply = true, BootMs = 1400 + lateMs };
            rig.Do(Doing.Walking, 60);
            rig.Do(Doing.Still, 900);
            Assert.AreEqual(RestMode.DeepSleep, rig.Outputs.Rest);
            var sleeps = rig.Sleeps;
            rig.Do(Doing.Tapping, 5);
            rig.Do(Doing.Still, 60);
            Assert.IsGreaterThan(sleeps, rig.Sleeps);
            Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos), $"a start of {rig.BootMs} ms");
        }
    }

    [TestMethod]
    [DataRow("gait_voisard", 100.0)]
    [DataRow("gait_truong", 100.0)]
    [DataRow("foot_openshoe", 250.0)]
    [DataRow("foot_xio", 0.0)]
    [DataRow("steps_pdiot", 0.0)]
    [DataRow("steps_oxford", 0.0)]
    [DataRow("falls_umafall", 0.0)]
    [DataRow("falls_sisfall", 200.0)]
    public void No_recording_has_the_gesture_wherever_in_it_the_device_wakes(string set, double rateHz)
    {
        const int BootSamples = 1400 / PeriodMs, PastSamples = 31 * 2, EverySamples = 1000 / PeriodMs, GestureSamples = 10_000 / PeriodMs;
        var folder = Recordings.Find(set, out var message);
        if (folder is null) Assert.Inconclusive(message);
        foreach (var path in RecordingIndex.Find([folder!]))
        {
            foreach (var track in AccelerometerTrack.Read(path, "ankle", rateHz > 0 ? rateHz : null, AccelerationUnit.ByName, PeriodMs))
            {
                var samples = track.Samples.ToArray();
                for (var at = PastSamples; at < samples.Length; at += EverySamples)
                {
                    var detector = new TapDetector();
                    detector.Rested(asleep: true);
                    for (var i = at - PastSamples; i < Math.Min(samples.Length, at + GestureSamples); i += i < at ? 2 : 1)
                    {
                        Assert.IsFalse(detector.Feed(samples[i][0], samples[i][1], samples[i][2], i <= at ? 2 * PeriodMs : PeriodMs), $"{path}: woken {(at - BootSamples) * PeriodMs} ms into it");
                    }
                }
            }
        }
    }

    [TestMethod]
    [DataRow("gait_voisard", 100.0)]
    [DataRow("gait_truong", 100.0)]
    [DataRow("foot_openshoe", 250.0)]
    [DataRow("foot_xio", 0.0)]
    [DataRow("steps_pdiot", 0.0)]
    [DataRow("steps_oxford", 0.0)]
    [DataRow("falls_umafall", 0.0)]
    [DataRow("falls_sisfall", 200.0)]
    public void No_recording_of_walks_stairs_daily_life_or_falls_has_the_gesture(string set, double rateHz)
    {
        var folder = Recordings.Find(set, out var message);
        if (folder is null) Assert.Inconclusive(message);
        foreach (var path in RecordingIndex.Find([folder!]))
        {
            foreach (var track in AccelerometerTrack.Read(path, "ankle", rateHz > 0 ? rateHz : null, AccelerationUnit.ByName, PeriodMs))
            {
                var detector = new TapDetector();
                foreach (var s in track.Samples) Assert.IsFalse(detector.Feed(s[0], s[1], s[2], PeriodMs), path);
            }
        }
    }

    [TestMethod]
    public void The_gesture_is_an_SOS_that_says_so_unless_it_is_off_or_the_shoe_charges()
    {
        foreach (var (gestureSos, charging, expected) in new[] { (1, false, 1), (0, false, 0), (1, true, 0) })
        {
            var rig = new Rig(new TrackerProfile { [SettingCode.GestureSos] = gestureSos });
            rig.Do(Doing.Walking, 120);
            rig.Charging = charging;
            rig.Do(Doing.Still, 5);
            rig.Do(Doing.Tapping, 5);
            rig.Do(Doing.Still, 60);
            var sos = rig.Server.Events().Where(e => e.Code == EventCode.Sos).ToList();
            Assert.HasCount(expected, sos, $"setting {gestureSos}, charging {charging}");
            if (expected > 0) Assert.AreEqual(1 | 1 << 16, sos[0].Value);
        }
    }

    [TestMethod]
    public void The_gesture_is_found_when_its_first_tap_wakes_the_device()
    {
        var rig = new Rig();
        rig.Do(Doing.Still, 300);
        rig.Do(Doing.Tapping, 5);
        rig.Do(Doing.Still, 60);
        Assert.AreEqual(1, rig.Server.CountOf(EventCode.Sos));
    }

    private static int Run(int restBeforeMs, int[] gapsMs, int restAfterMs, int tapMg = 900, bool turned = false)
    {
        var detector = new TapDetector();
        var found = 0;
        void Feed(int x, int z) => found += detector.Feed(x, 0, z, PeriodMs) ? 1 : 0;
        for (var t = 0; t < restBeforeMs; t += PeriodMs) Feed(0, 1000);
        foreach (var gapMs in gapsMs.Append(0))
        {
            Feed(0, 1000 + tapMg);
            for (var t = PeriodMs; t < gapMs; t += PeriodMs) Feed(0, 1000);
        }

        for (var t = 0; t < restAfterMs; t += PeriodMs) Feed(turned ? 900 : 0, turned ? 300 : 1000);
        return found;
    }
}
