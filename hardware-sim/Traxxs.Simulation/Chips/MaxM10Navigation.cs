using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Chips;

/// <summary>What the navigation engine gives in one epoch.</summary>
internal struct MaxM10Solution
{
    public bool HasFix;
    public bool TimeKnown;
    public bool TimeResolved;
    public double LatitudeDeg;
    public double LongitudeDeg;
    public double AccuracyM;
    public double SpeedMS;
    public double HeadingDeg;
    public double Pdop;
    public int Satellites;
}

/// <summary>
/// The receiver's navigation engine, once a second: how long the first fix takes, and by how much a fix is wrong.
/// Cold start 29 s, hot start 1 s and the four hours that ephemerides last: SparkFun's SAM-M10Q guide (the same chip).
/// Warm start: at least the 18 s that one set of ephemeris subframes takes (IS-GPS-200 20.3.3).
/// </summary>
/// <remarks>
/// Errors are first-order Gauss-Markov walks: neighbouring fixes are wrong in the same direction, as multipath makes them, so a
/// filter that averages gains little. Coefficients are of this class of receiver, not measured on one. Beside a wall the error
/// grows faster than the accuracy the receiver claims: it does not know which of its signals came by way of the wall.
/// </remarks>
internal sealed class MaxM10Navigation(ulong seed)
{
    /// <summary>How long ephemerides allow a hot start, ms.</summary>
    public const long HotWindowMs = 4 * 3600 * 1000;

    // A fix out of a hot start is made with the ephemerides of last time; new ones come with a whole frame, 30 s (IS-GPS-200 20.3.2).
    private const int FrameS = 30;

    private const int LostAfterEpochs = 3;
    private const double MetresPerDegree = 111194.93;   // Mean Earth radius 6371008.8 m.

    private ulong _draws;
    private double _neededS;
    private double _progressS;
    private int _blindEpochs;
    private double _settling;
    private double _eastM;
    private double _northM;
    private double _startEastM;
    private double _startNorthM;
    private double _accuracyWalk;
    private long _ephemerisMs = long.MinValue;
    private bool _clockRuns;
    private bool _hot;
    private int _trackedS;
    private bool _timeKnown;
    private bool _fix;

    public bool HasFix => _fix;

    /// <summary>Main supply on. What the backup domain kept decides how long the first fix takes.</summary>
    public void Start(long nowMs)
    {
        _hot = _clockRuns && _ephemerisMs != long.MinValue && nowMs - _ephemerisMs < HotWindowMs;
        _neededS = _hot ? 1 + 2 * Uniform() : _clockRuns ? 20 + 6 * Uniform() : 29 + 2.5 * Gauss();
        _progressS = 0;
        _timeKnown = _clockRuns;
        _fix = false;
        _blindEpochs = 0;
        _trackedS = 0;
    }

    /// <summary>Backup supply lost: clock, ephemerides and position are gone.</summary>
    public void Forget()
    {
        _clockRuns = false;
        _ephemerisMs = long.MinValue;
    }

    /// <summary>One epoch.</summary>
    public void Step(long nowMs, in SkyState sky, out MaxM10Solution solution)
    {
        var blind = sky.View is SkyView.Indoors or SkyView.None;
        if (!_fix) Search(nowMs, sky.View, blind);
        else Track(nowMs, blind);
        var view = ViewError.Of(sky.View, sky.Reflections);
        Walk(view);

        solution = default;
        solution.HasFix = _fix;
        solution.TimeKnown = _timeKnown;
        solution.TimeResolved = _clockRuns;
        if (!_fix) return;

        var north = _northM + _startNorthM * _settling + _blindEpochs * 8;
        var east = _eastM + _startEastM * _settling;
        solution.LatitudeDeg = sky.LatitudeDeg + north / MetresPerDegree;
        solution.LongitudeDeg = sky.LongitudeDeg + east / (MetresPerDegree * Math.Max(0.01, Cosine(sky.LatitudeDeg * Math.PI / 180)));
        solution.AccuracyM = view.ClaimedM + view.ClaimedSpreadM * _accuracyWalk + 8 * _settling + 15 * _blindEpochs;
        solution.AccuracyM = Math.Clamp(solution.AccuracyM, view.ClaimedLeastM, view.ClaimedMostM + 15 * _blindEpochs);
        solution.SpeedMS = Math.Max(0, sky.SpeedMS + view.SpeedMS * Gauss());
        solution.HeadingDeg = ((sky.HeadingDeg + (sky.SpeedMS > 0.5 ? 4 : 60) * Gauss()) % 360 + 360) % 360;
        solution.Satellites = blind ? 3 : view.Satellites;
        solution.Pdop = blind ? 9 : view.Pdop;
    }

    private void Search(long nowMs, SkyView view, bool blind)
    {
        _progressS += blind ? 0 : view switch { SkyView.Canyon => 0.4, SkyView.Trees => 0.7, _ => 1 };     // Weak and few satellites: up to 2.5 times as long.
        if (_progressS > 0.7 * _neededS) _timeKnown = true;             // Time of week stands in every 6 s subframe.
        if (_progressS < _neededS) return;
        _fix = true;
        _clockRuns = true;
        if (!_hot) _ephemerisMs = nowMs;                                // A cold or warm start has waited for them.
        _hot = true;
        _settling = 1;
        _startEastM = 5 * Gauss();
        _startNorthM = 5 * Gauss();
        _blindEpochs = 0;
    }

    private void Track(long nowMs, bool blind)
    {
        _settling *= 0.90484;                                           // exp(-1/10 s): the first fixes are the worst.
        _blindEpochs = blind ? _blindEpochs + 1 : 0;
        _trackedS = blind ? 0 : _trackedS + 1;
        if (_trackedS >= FrameS) _ephemerisMs = nowMs;
        if (_blindEpochs <= LostAfterEpochs) return;
        _fix = false;
        _progressS = 0;
        _neededS = 1 + 2 * Uniform();
        _blindEpochs = 0;
    }

    private void Walk(in ViewError view)
    {
        var add = view.SigmaM * Math.Sqrt(1 - view.Keep * view.Keep);
        _eastM = view.Keep * _eastM + add * Gauss();
        _northM = view.Keep * _northM + add * Gauss();
        _accuracyWalk = view.Keep * _accuracyWalk + Math.Sqrt(1 - view.Keep * view.Keep) * Gauss();
    }

    // Taylor series to the 16th power, below 1e-9 up to a right angle: Math.Cos may differ in its last bit between machines.
    private static double Cosine(double angle)
    {
        var square = angle * angle;
        var term = 1.0;
        var sum = 1.0;
        for (var i = 1; i <= 15; i += 2)
        {
            term *= -square / (i * (i + 1));
            sum += term;
        }

        return sum;
    }

    private double Uniform() => ChipNoise.Uniform(seed, _draws++);

    private double Gauss() => ChipNoise.Gauss(seed, _draws++);
}
