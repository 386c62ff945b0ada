using Traxxs.Protocol;

namespace Traxxs.Cli.Bench;

/// <summary>
/// Reports of one walking device, as many as wanted: a random walk at walking speed, a fix a half minute. Written before
/// the clock starts, so that the load costs the machine as little as it can.
/// </summary>
/// <param name="device">Which walk it is.</param>
/// <param name="fixes">Fixes in a report.</param>
/// <param name="epoch">Numbering of the reports.</param>
/// <param name="startS">When the walk begins, s since 1970 UTC; null for now.</param>
internal sealed class IngestFrames(int device, int fixes, ushort epoch = 1, uint? startS = null)
{
    /// <summary>From one fix to the next, s.</summary>
    public const int FixIntervalS = 30;

    private readonly Random _random = new(device);
    private readonly ReportWriter _writer = new();
    private readonly Report _report = new();
    private readonly byte[] _buffer = new byte[ReportWriter.FrameSizeMax];
    // A connected device: its clock and the server's are near each other.
    private uint _timeS = startS ?? (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    private uint _sequence;
    private int _latitudeE5 = 4_700_000 + device * 50;
    private int _longitudeE5 = 800_000 - device * 50;

    /// <summary>The next report: identity, time, steps, battery, fixes with their accuracy.</summary>
    public byte[] Next()
    {
        _report.Clear();
        (_report.HasIdentity, _report.Epoch, _report.Sequence) = (true, epoch, _sequence++);
        for (var i = 0; i < fixes; i++)
        {
            _timeS += FixIntervalS;
            _latitudeE5 += _random.Next(-30, 35);
            _longitudeE5 += _random.Next(-35, 30);
            (_report.FixTimeS[i], _report.LatitudeE5[i], _report.LongitudeE5[i]) = (_timeS, _latitudeE5, _longitudeE5);
            _report.AccuracyClass[i] = (byte)_random.Next(2, 5);
        }

        (_report.FixCount, _report.HasAccuracy) = (fixes, true);
        (_report.HasDeviceTime, _report.DeviceTimeS) = (true, _timeS);
        (_report.HasSteps, _report.StepsTotal) = (true, _sequence * (uint)fixes * 50);
        (_report.HasBattery, _report.BatteryMv, _report.BatteryPercent) = (true, 3700, 60);
        var size = _writer.Write(_report, _buffer, 0);
        return _buffer[..size];
    }
}
