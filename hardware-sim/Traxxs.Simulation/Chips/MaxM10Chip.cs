using Traxxs.Core.Ports;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Chips;

/// <summary>
/// u-blox MAX-M10S at its bytes: boot text, NMEA until it is configured, CFG-VALSET and VALGET with their answers, NAV-PVT at
/// its rate, start-up times by what the backup supply kept, and fixes as wrong as the sky makes them. Time moves by
/// <see cref="AdvanceTo"/>; the line hands over what has arrived by then. Source: u-blox M10 interface description and
/// integration manual.
/// </summary>
public sealed class MaxM10Chip : ISerialLine
{
    private const int BootMs = 250;             // From power to the first byte.
    private const int EpochLatencyMs = 60;      // From the epoch to the first byte of its message.
    private const int AnswerLatencyMs = 15;
    private static readonly DateTime UnknownDate = new(2019, 4, 7, 0, 0, 0, DateTimeKind.Utc);     // What a receiver shows before it knows: the last rollover.

    private readonly ISky _sky;
    private readonly ulong _seed;
    private readonly long _startUnixMs;
    private readonly MaxM10Navigation _navigation;
    private readonly MaxM10Configuration _configuration;
    private readonly UartTransmitter _out;
    private readonly List<byte> _in = [];
    private ulong _garbleDraws;
    private long _nowMs;
    private long _poweredMs;
    private long _nextEpochMs = long.MaxValue;
    private bool _on;

    /// <summary>
    /// A receiver without main supply, backup supply on and empty. <paramref name="startUnixMs"/> is the true UTC at virtual
    /// time 0; <paramref name="baud"/> 9600 as delivered (38400 in later firmware); <paramref name="receiveBufferSize"/> is the
    /// reader's UART buffer.
    /// </summary>
    public MaxM10Chip(ISky sky, ulong seed, long startUnixMs, int baud = 9600, int receiveBufferSize = 4096)
    {
        _sky = sky;
        _seed = seed;
        _startUnixMs = startUnixMs;
        _navigation = new MaxM10Navigation(ChipNoise.Bits(seed, 1));
        _configuration = new MaxM10Configuration(baud);
        _out = new UartTransmitter(receiveBufferSize) { Baud = baud };
    }

    /// <summary>What goes wrong.</summary>
    public MaxM10Faults Faults { get; } = new();

    /// <summary>Whether the main supply is on.</summary>
    public bool Powered => _on;

    /// <summary>Whether the receiver has a fix now: the truth for a test, not for the firmware.</summary>
    public bool HasFix => _on && _navigation.HasFix;

    /// <summary>The reader sleeps and its UART with it: what arrives meanwhile is lost.</summary>
    public bool ReaderAsleep
    {
        get => _out.ReaderAsleep;
        set => _out.ReaderAsleep = value;
    }

    /// <summary>Bytes that arrived while the reader slept.</summary>
    public long BytesUnheard => _out.Unheard;

    /// <summary>Bytes the reader came too late for.</summary>
    public long BytesOverrun => _out.Overrun;

    /// <summary>Configuration messages received, refused ones counted.</summary>
    public int Configurations { get; private set; }

    /// <summary>What the chip draws, for the energy account.</summary>
    public EnergyState EnergyState =>
        !_on ? EnergyState.GnssBackup : _navigation.HasFix ? EnergyState.GnssTracking : EnergyState.GnssAcquiring;

    /// <summary>Switches the main supply; the backup supply stays.</summary>
    public void SetSupply(bool on, long nowMs)
    {
        AdvanceTo(nowMs);
        if (on == _on) return;
        _on = on;
        if (on) PowerUp();
        else PowerDown();
    }

    /// <summary>Takes the backup supply away and gives it back: clock, ephemerides and configuration are gone.</summary>
    public void LoseBackup()
    {
        _navigation.Forget();
        _configuration.ForgetBackup();
    }

    /// <summary>The receiver restarts by itself (brown-out, watchdog): running configuration from backup memory, search from what it kept.</summary>
    public void Restart(long nowMs)
    {
        if (!_on) return;
        SetSupply(false, nowMs);
        SetSupply(true, nowMs);
    }

    /// <summary>Lets time pass: epochs are computed, bytes arrive. Going back does nothing.</summary>
    public void AdvanceTo(long nowMs)
    {
        if (nowMs < _nowMs) return;
        while (_nextEpochMs <= nowMs)
        {
            _nowMs = _nextEpochMs;
            Epoch();
            _out.AdvanceTo(_nowMs * 1000);
        }

        _nowMs = nowMs;
        _out.AdvanceTo(_nowMs * 1000);
    }

    /// <summary>When the next message is complete, at most a limit: an event loop polls there and need not poll between.</summary>
    public long NextOutputMs(long limitMs)
    {
        if (_out.Waiting > 0) return Math.Min(_nowMs, limitMs);
        var doneMs = !_out.Idle ? (_out.HeadDoneUs + 999) / 1000
            : _on && !Faults.Silent ? _nextEpochMs + EpochLatencyMs + (long)(_out.DurationUs(EpochBytes) / 1000) + 1
            : limitMs;
        return Math.Clamp(doneMs, Math.Min(_nowMs, limitMs), limitMs);
    }

    /// <inheritdoc/>
    public int Read(byte[] buffer, int offset, int count) => _out.Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        if (!_on) return true;                  // A UART sends whether or not anyone listens.
        _in.AddRange(buffer.AsSpan(offset, count));
        TakeMessages(_nowMs * 1000 + (long)_out.DurationUs(count));
        return true;
    }

    private int EpochBytes => _configuration[MaxM10Configuration.NavPvtUart1] != 0 ? 100 : 420;

    private int RateMs => (int)(_configuration[MaxM10Configuration.RateMeas] * Math.Max(1, _configuration[MaxM10Configuration.RateNav]));

    private void PowerUp()
    {
        _poweredMs = _nowMs;
        _configuration.Restart();
        _navigation.Start(_nowMs);
        _in.Clear();
        _out.Baud = (int)_configuration[MaxM10Configuration.Uart1Baud];
        if (_configuration[MaxM10Configuration.Uart1OutNmea] != 0) Send(_nowMs + BootMs, MaxM10Messages.BootText());
        _nextEpochMs = EpochAfter(_nowMs + BootMs);
    }

    private void PowerDown()
    {
        _out.CutOff();
        _nextEpochMs = long.MaxValue;
    }

    // Epochs lie on whole multiples of the rate in true time.
    private long EpochAfter(long timeMs)
    {
        var unixMs = _startUnixMs + timeMs;
        return timeMs + RateMs - unixMs % RateMs;
    }

    private void Epoch()
    {
        _sky.At(_nowMs, out var sky);
        _navigation.Step(_nowMs, sky, out var solution);
        var utc = solution.TimeKnown ? DateTime.UnixEpoch.AddMilliseconds(_startUnixMs + _nowMs) : UnknownDate.AddMilliseconds(_nowMs - _poweredMs);
        if (Faults.WrongWeek) utc = utc.AddDays(-1024 * 7);
        utc = utc.AddSeconds(Faults.ClockOffS);
        if (Faults.LieNorthM != 0)
        {
            solution.LatitudeDeg += Faults.LieNorthM / 111194.93;
            solution.AccuracyM = Math.Min(solution.AccuracyM, 2.5);
        }

        if (_configuration[MaxM10Configuration.Uart1OutNmea] != 0) Send(_nowMs + EpochLatencyMs, MaxM10Messages.Nmea(solution, utc));
        if (_configuration[MaxM10Configuration.Uart1OutUbx] != 0 && _configuration[MaxM10Configuration.NavPvtUart1] != 0)
        {
            Send(_nowMs + EpochLatencyMs, MaxM10Messages.NavPvt(solution, utc));
        }

        _nextEpochMs += RateMs;
    }

    private void Send(long atMs, byte[] bytes)
    {
        if (Faults.Silent) return;
        if (Faults.GarbledPart > 0)
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                if (ChipNoise.Uniform(_seed, _garbleDraws++) < Faults.GarbledPart) bytes[i] ^= (byte)(1 << (int)(ChipNoise.Bits(_seed, _garbleDraws++) & 7));
            }
        }

        _out.Send(atMs * 1000, bytes);
    }

    private void TakeMessages(long arrivedUs)
    {
        var data = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_in);
        var done = 0;
        while (data.Length - done >= 8)
        {
            var frame = data[done..];
            var length = frame[4] | (frame[5] << 8);
            if (frame[0] != 0xB5 || frame[1] != 0x62 || length > 1024)
            {
                done++;
                continue;
            }

            if (frame.Length < length + 8) break;
            MaxM10Messages.Checksum(frame.Slice(2, length + 4), out var a, out var b);
            if (a != frame[length + 6] || b != frame[length + 7])
            {
                done++;
                continue;
            }

            Take(frame[2], frame[3], frame.Slice(6, length), arrivedUs / 1000 + AnswerLatencyMs);
            done += length + 8;
        }

        _in.RemoveRange(0, done);
    }

    private void Take(byte messageClass, byte id, ReadOnlySpan<byte> payload, long answerMs)
    {
        if (Faults.MessagesLost > 0)
        {
            Faults.MessagesLost--;
            return;
        }

        switch (messageClass, id)
        {
            case (0x06, 0x8A):
                Configurations++;
                var rate = RateMs;
                var set = !Faults.RefuseConfiguration && _configuration.TrySet(payload);
                if (RateMs != rate) _nextEpochMs = EpochAfter(_nowMs);
                if (Faults.AnswersLost > 0) Faults.AnswersLost--;
                else Send(answerMs, MaxM10Messages.Answer(messageClass, id, set));
                break;
            case (0x06, 0x8B):
                var values = _configuration.Get(payload);
                if (values is not null) Send(answerMs, MaxM10Messages.Ubx(messageClass, id, values));
                Send(answerMs, MaxM10Messages.Answer(messageClass, id, values is not null));
                break;
            case (0x0A, 0x04):
                var version = new byte[40];
                "ROM SPG 5.10 (7b202e)"u8.CopyTo(version);
                "000A0000"u8.CopyTo(version.AsSpan(30));
                Send(answerMs, MaxM10Messages.Ubx(messageClass, id, version));
                break;
            case (0x06, _):
                Send(answerMs, MaxM10Messages.Answer(messageClass, id, false));
                break;
        }
    }
}
