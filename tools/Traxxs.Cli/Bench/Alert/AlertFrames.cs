using Traxxs.Protocol;

namespace Traxxs.Cli.Bench.Alert;

/// <summary>Reports of one device that stands where it is: a fix of now each, some of them a press for help.</summary>
/// <param name="device">Its number: where it stands.</param>
/// <param name="epoch">Numbering of the reports.</param>
internal sealed class AlertFrames(int device, ushort epoch = 1)
{
    private readonly ReportWriter _writer = new();
    private readonly Report _report = new();
    private readonly byte[] _buffer = new byte[ReportWriter.FrameSizeMax];
    private uint _sequence;

    /// <summary>Presses so far.</summary>
    public int Presses { get; private set; }

    /// <summary>A report of a time, s since 1970 UTC. Valid until the next.</summary>
    public ReadOnlySpan<byte> Next(uint nowS)
    {
        Begin(nowS);
        return _buffer.AsSpan(0, _writer.Write(_report, _buffer, 0));
    }

    /// <summary>The same with a press for help at that time.</summary>
    public ReadOnlySpan<byte> Press(uint nowS)
    {
        Begin(nowS);
        (_report.EventCodes[0], _report.EventTimeS[0], _report.EventValue[0], _report.EventCount) = (EventCode.Sos, nowS, ++Presses, 1);
        return _buffer.AsSpan(0, _writer.Write(_report, _buffer, 0));
    }

    private void Begin(uint nowS)
    {
        _report.Clear();
        (_report.HasIdentity, _report.Epoch, _report.Sequence) = (true, epoch, ++_sequence);
        (_report.HasDeviceTime, _report.DeviceTimeS) = (true, nowS);
        (_report.HasBattery, _report.BatteryMv, _report.BatteryPercent) = (true, 3700, 60);
        (_report.FixTimeS[0], _report.LatitudeE5[0], _report.LongitudeE5[0], _report.FixCount) = (nowS, 4_700_000 + (device * 50), 800_000 + (int)_sequence, 1);
    }
}
