using Traxxs.Simulation.Energy;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Chips;

/// <summary>
/// ST LIS2DW12 at its registers: output data rates and power modes, full scales, noise, FIFO, wake-up, free-fall and 6D
/// detection with durations and latching, the INT1 line, self-test. Samples are made when time is advanced; a stretch the
/// motion source calls still costs nothing. Source: ST datasheet LIS2DW12, AN5038.
/// </summary>
/// <remarks>
/// Simplifications: the output rate is exact (the part: ±5 % class); the filter before wake-up detection is a first-order
/// high-pass at a quarter of the rate, settled on the first sample; taps and the activity function are not modelled.
/// </remarks>
public sealed class Lis2dw12Chip : RegisterChip
{
    private const byte WhoAmI = 0x0F, Ctrl1 = 0x20, Ctrl2 = 0x21, Ctrl3 = 0x22, Ctrl4 = 0x23, Ctrl5 = 0x24, Ctrl6 = 0x25, Status = 0x27;
    private const byte OutXL = 0x28, OutZH = 0x2D, FifoCtrl = 0x2E, FifoSamples = 0x2F, TapThsX = 0x30, WakeUpThs = 0x34;
    private const byte WakeUpDur = 0x35, FreeFall = 0x36, StatusDup = 0x37, WakeUpSrc = 0x38, TapSrc = 0x39, SixdSrc = 0x3A;
    private const byte AllIntSrc = 0x3B, Ctrl7 = 0x3F;
    private const byte FreeFallIa = 0x01, WakeUpIa = 0x02, SixdIa = 0x10;      // ALL_INT_SRC.

    private enum Line { None, Int1, Int2 }

    private const double HighPassGain = 0.389;          // 1 / (1 + 2 pi / 4): first order, cut-off at ODR / 4.
    private const int SettledSamples = 64;              // Longer than any duration register counts: after so many equal samples nothing new can happen.

    // ODR[3:0] to the period in microseconds; low-power modes stop at 200 Hz (datasheet 8.4).
    private static readonly int[] PeriodsUs = [0, 80000, 80000, 40000, 20000, 10000, 5000, 2500, 1250, 625];

    // FF_THS[2:0] in counts of full scale / 64 (datasheet 8.26, given there for ±2 g).
    private static readonly int[] FreeFallCounts = [5, 7, 8, 10, 11, 13, 15, 16];

    // RMS noise in mg of low-power modes 1 to 4 (datasheet, mechanical characteristics).
    private static readonly double[] LowPowerNoiseMg = [4.5, 2.4, 1.8, 1.3];

    private readonly IFootMotion _motion;
    private readonly ulong _seed;
    private readonly byte[] _registers = new byte[0x40];
    private readonly Lis2dw12Fifo _fifo = new();
    private readonly double[] _acceleration = new double[3];
    private readonly double[] _previous = new double[3];
    private readonly double[] _highPass = new double[3];
    private RawSample _output;
    private long _nowUs;
    private long _nextSampleUs = long.MaxValue;
    private long _periodUs;
    private ulong _sampleIndex;
    private bool _filterSettled;
    private bool _dataReady;
    private int _stillRun;
    private int _wakeRun;
    private int _fallRun;
    private byte _orientation;
    private byte _sources;
    private byte _wakeAxes;

    /// <summary>A chip just powered, at virtual time 0.</summary>
    public Lis2dw12Chip(IFootMotion motion, ulong seed)
    {
        _motion = motion;
        _seed = seed;
        Reset();
    }

    /// <summary>Where the chip stands in virtual time, ms.</summary>
    public long NowMs => _nowUs / 1000;

    /// <summary>How far the self-test moves each axis, mg: 70 to 1500 in a good chip (datasheet, mechanical characteristics), 0 where the proof mass sticks.</summary>
    public int SelfTestMg { get; set; } = 600;

    /// <summary>Whether line INT1 is active, whatever its polarity.</summary>
    public bool Int1Active
    {
        get
        {
            var routed = _registers[Ctrl4];
            return ((routed & 0x20) != 0 && (_sources & WakeUpIa) != 0)
                || ((routed & 0x10) != 0 && (_sources & FreeFallIa) != 0)
                || ((routed & 0x80) != 0 && (_sources & SixdIa) != 0)
                || ((routed & 0x01) != 0 && _dataReady)
                || ((routed & 0x02) != 0 && _fifo.Count >= FifoThreshold)
                || ((routed & 0x04) != 0 && _fifo.Count == Lis2dw12Fifo.Depth);
        }
    }

    /// <summary>Whether line INT2 is active: the FIFO's watermark or its end, or a fresh sample (CTRL5, datasheet 8.8).</summary>
    public bool Int2Active
    {
        get
        {
            var routed = _registers[Ctrl5];
            return ((routed & 0x01) != 0 && _dataReady)
                || ((routed & 0x02) != 0 && _fifo.Count >= FifoThreshold)
                || ((routed & 0x04) != 0 && _fifo.Count == Lis2dw12Fifo.Depth);
        }
    }

    /// <summary>Level of pin INT1, with the polarity H_LACTIVE gives.</summary>
    public bool Int1Level => Int1Active ^ ((_registers[Ctrl3] & 0x08) != 0);

    /// <summary>What the chip draws, for the energy account.</summary>
    public EnergyState EnergyState =>
        _periodUs == 0 ? EnergyState.AccelerometerPowerDown
        : HighPerformance ? EnergyState.AccelerometerHighPerformance
        : EnergyState.AccelerometerLowPower;

    private bool HighPerformance => (_registers[Ctrl1] & 0x0C) == 0x04;

    private int FullScaleMg => 2000 << ((_registers[Ctrl6] >> 4) & 3);

    private int FifoThreshold => _registers[FifoCtrl] & 0x1F;

    /// <summary>Takes the samples due up to a time. Going back does nothing.</summary>
    public void AdvanceTo(long timeMs) => Run(timeMs * 1000, Line.None);

    /// <summary>
    /// Advances until INT1 is active, at most to a limit, and says where the chip then stands: an event loop gives the time of
    /// its next event and goes on at what this returns.
    /// </summary>
    public long NextInterruptMs(long limitMs)
    {
        if (!Int1Active) Run(limitMs * 1000, Line.Int1);
        return NowMs;
    }

    /// <summary>As <see cref="NextInterruptMs"/>, for line INT2.</summary>
    public long NextWatermarkMs(long limitMs)
    {
        if (!Int2Active) Run(limitMs * 1000, Line.Int2);
        return NowMs;
    }

    /// <summary>Takes the supply away and gives it back: all registers at their reset values.</summary>
    public void PowerCycle() => Reset();

    /// <inheritdoc/>
    protected override void Read(byte register, Span<byte> data)
    {
        var increment = (_registers[Ctrl2] & 0x04) != 0;
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = ReadRegister(register);
            if (!increment) continue;
            register = register == OutZH ? OutXL : (byte)((register + 1) & 0x3F);
        }
    }

    /// <inheritdoc/>
    protected override void Write(byte register, ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
        {
            WriteRegister(register, value);
            if ((_registers[Ctrl2] & 0x04) != 0) register = (byte)((register + 1) & 0x3F);
        }
    }

    private byte ReadRegister(byte register)
    {
        switch (register)
        {
            case WhoAmI:
                return Faults.WrongIdentity ?? 0x44;
            case >= OutXL and <= OutZH:
                if (register == OutXL && _fifo.On && _fifo.TryPop(out var sample)) _output = sample;
                if (register == OutZH) _dataReady = false;
                return _output.ByteAt(register - OutXL);
            case FifoSamples:
                return (byte)(_fifo.Count | (_fifo.Overrun ? 0x40 : 0) | (_fifo.Count >= FifoThreshold && FifoThreshold > 0 ? 0x80 : 0));
            case Status:
                return (byte)(CommonStatus | ((_sources & WakeUpIa) != 0 ? 0x40 : 0) | (_fifo.Count >= FifoThreshold && FifoThreshold > 0 ? 0x80 : 0));
            case StatusDup:
                return (byte)(CommonStatus | (_fifo.Overrun ? 0x80 : 0));
            case WakeUpSrc:
                var wake = (byte)(((_sources & FreeFallIa) != 0 ? 0x20 : 0) | ((_sources & WakeUpIa) != 0 ? 0x08 | _wakeAxes : 0));
                Release(FreeFallIa | WakeUpIa);
                return wake;
            case SixdSrc:
                var sixd = (byte)(_orientation | ((_sources & SixdIa) != 0 ? 0x40 : 0));
                Release(SixdIa);
                return sixd;
            case AllIntSrc:
                var all = _sources;
                Release(0xFF);
                return all;
            default:
                return register < 0x40 ? _registers[register] : (byte)0;
        }
    }

    private int CommonStatus =>
        (_dataReady ? 0x01 : 0) | ((_sources & FreeFallIa) != 0 ? 0x02 : 0) | ((_sources & SixdIa) != 0 ? 0x04 : 0);

    private void WriteRegister(byte register, byte value)
    {
        if (register is WhoAmI or Status or (>= OutXL and <= OutZH) or FifoSamples or (>= StatusDup and <= AllIntSrc) || register < Ctrl1) return;
        if (register == Ctrl2 && (value & 0xC0) != 0)
        {
            Reset();                                    // SOFT_RESET and BOOT take 5 us and 20 ms; both bits read 0 again.
            return;
        }

        var before = _registers[register];
        _registers[register] = value;
        if (register == Ctrl1 && value != before) StartMeasuring();
        if (register == FifoCtrl) _fifo.SetMode(value >> 5);
        if (register == Ctrl7 && (value & 0x20) == 0) _sources = 0;
    }

    private void Release(int bits)
    {
        if ((_registers[Ctrl3] & 0x10) != 0) _sources &= (byte)~bits;
    }

    private void Reset()
    {
        Array.Clear(_registers);
        _registers[Ctrl2] = 0x04;                       // IF_ADD_INC is set after power-up (datasheet 8.5).
        _fifo.SetMode(0);
        _sources = 0;
        _orientation = 0;
        _dataReady = false;
        StartMeasuring();
    }

    private void StartMeasuring()
    {
        var rate = _registers[Ctrl1] >> 4;
        _periodUs = rate >= PeriodsUs.Length ? 0 : PeriodsUs[rate];
        if (rate == 1 && !HighPerformance) _periodUs = 625000;                 // 0001: 1.6 Hz in the low-power modes.
        if (!HighPerformance && _periodUs is > 0 and < 5000) _periodUs = 5000;
        _nextSampleUs = _periodUs == 0 ? long.MaxValue : _nowUs + _periodUs;
        _filterSettled = false;
        _stillRun = 0;
        _wakeRun = 0;
        _fallRun = 0;
    }

    private void Run(long toUs, Line stopAt)
    {
        while (_nextSampleUs <= toUs)
        {
            SkipStillness(toUs);
            Sample(_nextSampleUs / 1000);
            _nowUs = Math.Max(_nowUs, _nextSampleUs);
            _nextSampleUs += _periodUs;
            if ((stopAt == Line.Int1 && Int1Active) || (stopAt == Line.Int2 && Int2Active))
            {
                _nowUs = (_nowUs + 999) / 1000 * 1000;
                return;
            }
        }

        _nowUs = Math.Max(_nowUs, toUs);
    }

    // Jumps to the last sample of a still stretch once no detector can change any more; samples nobody collects are not made, nor
    // those that a full FIFO would have overwritten by the end.
    private void SkipStillness(long toUs)
    {
        if (!_motion.IsStillUntil(_nextSampleUs / 1000, out var untilMs))
        {
            _stillRun = 0;
            return;
        }

        if (++_stillRun <= SettledSamples || (_fifo.On && !_fifo.OverwritesAll)) return;
        var lastUs = Math.Min(toUs, untilMs > long.MaxValue / 1000 ? long.MaxValue : untilMs * 1000 - 1);
        var skipped = (lastUs - _nextSampleUs) / _periodUs - (_fifo.On ? Lis2dw12Fifo.Depth : 0);
        if (skipped <= 0) return;
        _nextSampleUs += skipped * _periodUs;
        _sampleIndex += (ulong)skipped;
    }

    private void Sample(long timeMs)
    {
        _motion.AccelerationAt(timeMs, out var x, out var y, out var z);
        var selfTest = (_registers[Ctrl3] >> 6) switch { 1 => SelfTestMg, 2 => -SelfTestMg, _ => 0 };
        var noise = HighPerformance ? 0.09 * Math.Sqrt(500000.0 / _periodUs) : LowPowerNoiseMg[_registers[Ctrl1] & 3];
        _output = new RawSample(
            Convert(0, x + selfTest, noise),
            Convert(1, y + selfTest, noise),
            Convert(2, z + selfTest, noise));
        _sampleIndex++;
        _dataReady = true;
        _fifo.Push(_output);
        Detect();
    }

    // Noise, saturation and resolution: 12 bits in low-power mode 1, 14 in all others, left-justified. 90 ug/sqrt(Hz) over ODR/2.
    private short Convert(int axis, double mg, double noiseMg)
    {
        mg += noiseMg * ChipNoise.Gauss(_seed, _sampleIndex * 4 + (ulong)axis);
        var step = HighPerformance || (_registers[Ctrl1] & 3) != 0 ? 4 : 16;
        var counts = (int)Math.Floor(mg * 32768 / FullScaleMg / step + 0.5) * step;
        counts = Math.Clamp(counts, -32768, 32768 - step);
        _acceleration[axis] = counts * (double)FullScaleMg / 32768;
        return (short)counts;
    }

    private void Detect()
    {
        byte axes = 0;
        var falling = true;
        byte orientation = 0;
        var countMg = FullScaleMg / 64.0;
        var wakeMg = (_registers[WakeUpThs] & 0x3F) * countMg;
        var fallMg = FreeFallCounts[_registers[FreeFall] & 7] * countMg;
        var sixdMg = 187.5 + ((_registers[TapThsX] >> 5) & 3) * 156.25;        // 80, 70, 60, 50 degrees: 6, 11, 16, 21 counts of 31.25 mg.
        for (var i = 0; i < 3; i++)
        {
            _highPass[i] = _filterSettled ? HighPassGain * (_highPass[i] + _acceleration[i] - _previous[i]) : 0;
            _previous[i] = _acceleration[i];
            if (Math.Abs(_highPass[i]) > wakeMg) axes |= (byte)(0x04 >> i);
            if (Math.Abs(_acceleration[i]) >= fallMg) falling = false;
            if (_acceleration[i] < -sixdMg) orientation |= (byte)(0x01 << (2 * i));
            if (_acceleration[i] > sixdMg) orientation |= (byte)(0x02 << (2 * i));
        }

        _wakeRun = axes != 0 ? _wakeRun + 1 : 0;
        _fallRun = falling ? _fallRun + 1 : 0;
        var fallSamples = (_registers[FreeFall] >> 3) | ((_registers[WakeUpDur] & 0x80) >> 2);
        byte active = 0;
        if (_wakeRun > ((_registers[WakeUpDur] >> 5) & 3)) active |= WakeUpIa;
        if (_fallRun >= Math.Max(1, fallSamples)) active |= FreeFallIa;
        if (_filterSettled && orientation != _orientation) active |= SixdIa;
        _orientation = orientation;
        _filterSettled = true;
        if ((_registers[Ctrl7] & 0x20) == 0) return;

        if ((active & WakeUpIa) != 0) _wakeAxes = axes;
        if (active != 0) _fifo.Trigger();
        _sources = (_registers[Ctrl3] & 0x10) != 0 ? (byte)(_sources | active) : active;
    }
}
