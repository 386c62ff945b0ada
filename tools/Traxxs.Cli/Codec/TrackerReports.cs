using Traxxs.Cli.Tracks;
using Traxxs.Protocol;

namespace Traxxs.Cli.Codec;

/// <summary>
/// Turns blocks of recorded fixes into the reports of a tracker. Recordings of positions say nothing of accuracy, steps or
/// battery: those are made up here, so that they vary as a receiver's, a walker's and a battery's do, and the same way
/// every time for the same track.
/// </summary>
internal sealed class TrackerReports(string trackName)
{
    private const int ClosedAfterS = 3;
    private const uint NextContactS = 900;
    private const double StepLengthM = 0.7;
    private const double MetresPerE5 = 1.11;

    // hAcc as a first-order process: median 5 m, 68 % within a factor of 1.6, half of it forgotten in 3 fixes.
    private const double AccuracyMedianMm = 5000;
    private const double AccuracySpread = 0.5;
    private const double AccuracyMemory = 0.8;

    private readonly Random _random = new(StableHash(trackName));
    private uint _sequence;
    private double _steps;
    private double _batteryPercent = 97;
    private double _accuracy;

    /// <summary>The fixes alone: position and time.</summary>
    public static void FillBare(Report report, IReadOnlyList<TrackPoint> block)
    {
        report.Clear();
        report.FixCount = block.Count;
        for (var i = 0; i < block.Count; i++)
        {
            report.FixTimeS[i] = block[i].TimeS;
            report.LatitudeE5[i] = block[i].LatitudeE5;
            report.LongitudeE5[i] = block[i].LongitudeE5;
        }
    }

    /// <summary>
    /// A tracker's whole report: epoch and sequence, device time, battery, steps, activity, contract of silence, and the
    /// accuracy class of each fix.
    /// </summary>
    public void FillFull(Report report, IReadOnlyList<TrackPoint> block)
    {
        FillBare(report, block);
        report.HasIdentity = true;
        report.Epoch = (ushort)StableHash(trackName);
        report.Sequence = _sequence++;
        report.HasDeviceTime = true;
        report.DeviceTimeS = block[^1].TimeS + ClosedAfterS;
        report.HasSteps = true;
        _steps += Metres(block) / StepLengthM;
        report.StepsTotal = (uint)_steps;
        report.HasBattery = true;
        _batteryPercent = Math.Max(5, _batteryPercent - 0.3);
        report.BatteryPercent = (int)_batteryPercent;
        report.BatteryMv = 3500 + (int)(_batteryPercent * 6.5);
        report.HasContract = true;
        report.NextContactS = NextContactS;
        report.HasActivity = true;
        report.Activity = ActivityCode.Walking;
        report.HasAccuracy = true;
        for (var i = 0; i < block.Count; i++) report.AccuracyClass[i] = NextAccuracyClass();
    }

    private byte NextAccuracyClass()
    {
        var news = Math.Sqrt(1 - AccuracyMemory * AccuracyMemory) * Gaussian();
        _accuracy = AccuracyMemory * _accuracy + news;
        return AccuracyClass.FromMillimetres((uint)(AccuracyMedianMm * Math.Exp(AccuracySpread * _accuracy)));
    }

    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private static double Metres(IReadOnlyList<TrackPoint> block)
    {
        var metres = 0.0;
        for (var i = 1; i < block.Count; i++)
        {
            var east = (block[i].LongitudeE5 - block[i - 1].LongitudeE5) * Math.Cos(block[i].LatitudeE5 * Math.PI / 180e5);
            metres += Math.Min(1000, MetresPerE5 * Math.Sqrt(east * east + Math.Pow(block[i].LatitudeE5 - block[i - 1].LatitudeE5, 2)));
        }

        return metres;
    }

    // string.GetHashCode changes from run to run.
    private static int StableHash(string text) => text.Aggregate(17, (hash, c) => unchecked(hash * 31 + c)) & int.MaxValue;
}
