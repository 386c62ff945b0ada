using Traxxs.Protocol;

namespace Traxxs.Core.Tests.Fakes;

/// <summary>A server that stores every report once by (epoch, sequence) and answers alarms.</summary>
internal sealed class IdealServer
{
    private readonly ReportReader _reader = new();
    private uint _nextCommandId = 1000;

    /// <summary>Every report by its identity, in the order stored.</summary>
    public List<StoredReport> Reports { get; } = [];

    /// <summary>Reports that came again with the same bytes.</summary>
    public int Repeats { get; private set; }

    /// <summary>Same identity with other bytes: a report lost, which must never happen.</summary>
    public int Conflicts { get; private set; }

    public bool AnswersAlarms { get; set; } = true;

    public bool AcknowledgesAlarms { get; set; } = true;

    public List<byte[]> Downlink { get; } = [];

    public void Store(byte[] frame, long nowMs)
    {
        var report = new Report();
        Assert.AreEqual(DecodeResult.Ok, _reader.Read(frame, 0, frame.Length, report), "a frame that cannot be read was sent");
        Assert.IsTrue(report.HasIdentity);
        var known = Reports.Find(r => r.Report.Epoch == report.Epoch && r.Report.Sequence == report.Sequence);
        if (known is null) Reports.Add(new StoredReport(report, frame, nowMs));
        else if (known.Frame.AsSpan().SequenceEqual(frame)) Repeats++;
        else Conflicts++;

        for (var i = 0; AnswersAlarms && i < report.EventCount; i++)
        {
            if (!Alarm.Is(report.EventCodes[i])) continue;
            Send(CommandCode.AlarmReceived, report);
            if (AcknowledgesAlarms) Send(CommandCode.AlarmAcknowledged, report);
            break;
        }
    }

    public void Send(CommandCode code, Report? about = null, uint? id = null)
    {
        var buffer = new byte[CommandFrame.FrameSizeMax];
        var command = new Command { Id = id ?? _nextCommandId++, Code = code, Epoch = about?.Epoch ?? 0, Sequence = about?.Sequence ?? 0 };
        Downlink.Add(buffer[..CommandFrame.Write(command, buffer, 0)]);
    }

    /// <summary>Keeps a configuration for the next contact, as the broker does.</summary>
    public void Configure(uint version, params (SettingCode Code, int Value)[] settings)
    {
        var command = new Command { Code = CommandCode.Configure, Id = version, SettingCount = settings.Length };
        for (var i = 0; i < settings.Length; i++) (command.SettingIds[i], command.SettingValues[i]) = ((byte)settings[i].Code, settings[i].Value);
        var buffer = new byte[CommandFrame.FrameSizeMax];
        Downlink.Add(buffer[..CommandFrame.Write(command, buffer, 0)]);
    }

    public IEnumerable<(EventCode Code, uint TimeS, int Value, StoredReport In)> Events() =>
        Reports.SelectMany(r => Enumerable.Range(0, r.Report.EventCount).Select(i => (r.Report.EventCodes[i], r.Report.EventTimeS[i], r.Report.EventValue[i], r)));

    public int CountOf(EventCode code) => Events().Count(e => e.Code == code);
}

/// <summary>One report as the server has it.</summary>
internal sealed record StoredReport(Report Report, byte[] Frame, long StoredMs);
