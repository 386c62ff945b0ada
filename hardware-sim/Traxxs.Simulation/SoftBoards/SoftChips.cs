using Traxxs.Core.Ports;
using Traxxs.NanoHost;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Rig;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.SoftBoards;

/// <summary>
/// The parts around the controller: chips at their registers, buttons, motor. They live on while the controller restarts, and are
/// plugged into each of its lives. Buses and pins are used by the image's threads, so all goes through one lock.
/// </summary>
internal sealed class SoftChips
{
    private static readonly int[] InputPins = [Device.Board.AccelerometerInt1Pin, Device.Board.AccelerometerInt2Pin, Device.Board.SosPin, Device.Board.CancelPin, Device.Board.ChargerPin];

    private readonly Lock _gate = new();
    private readonly RealTime _time;
    private readonly Dictionary<int, bool> _levels = InputPins.ToDictionary(pin => pin, _ => false);
    private readonly byte[] _received = new byte[512];
    private NanoBoard? _board;

    public SoftChips(SoftBoardOptions options, RealTime time, DateTimeOffset start)
    {
        _time = time;
        Accelerometer = new Lis2dw12Chip(RigWorld.MotionOf(options.Wearer, Seed("gait")), Seed("accelerometer"));
        FuelGauge = new Max17048Chip(new Battery(250, options.BatteryPercent));
        Gnss = new MaxM10Chip(new PersonSky(options.Wearer, options.Places), Seed("gnss"), start.ToUnixTimeMilliseconds(), Device.Board.GnssBaud, Device.Board.GnssBufferSize);

        ulong Seed(string part) => DeterministicRandom.SeedOf(options.Seed, "soft-board/" + part);
    }

    public Lis2dw12Chip Accelerometer { get; }

    public Max17048Chip FuelGauge { get; }

    public MaxM10Chip Gnss { get; }

    /// <summary>The motor's switching times.</summary>
    public PatternReader Motor { get; } = new();

    /// <summary>Puts the parts onto a controller that is about to start.</summary>
    public void PlugInto(NanoBoard board)
    {
        _board = board;
        board.PlugI2c(Device.Board.I2cBus, Device.Board.AccelerometerAddress, Transfer(Accelerometer));
        board.PlugI2c(Device.Board.I2cBus, Device.Board.FuelGaugeAddress, Transfer(FuelGauge));
        board.Pin(Device.Board.GnssSupplyPin).Written = SwitchGnss;
        board.Pin(Device.Board.VibrationPin).Written = on => Motor.Switched(on, _time.NowMs);
        board.Serial(Device.Board.GnssPort).Sent = bytes =>
        {
            lock (_gate) Gnss.TryWrite(bytes, 0, bytes.Length);
        };
        foreach (var (pin, level) in _levels) board.Pin(pin).Drive(level);
    }

    /// <summary>The controller is off: its pins float, and the receiver's load switch opens.</summary>
    public void ControllerOff()
    {
        _board = null;
        SwitchGnss(false);
        Motor.Switched(false, _time.NowMs);
    }

    /// <summary>Everything lost its supply and has it again.</summary>
    public void SupplyCut()
    {
        lock (_gate)
        {
            Accelerometer.PowerCycle();
            Gnss.LoseBackup();
        }
    }

    /// <summary>Moves a button or the charger.</summary>
    public void Drive(int pin, bool high) => _levels[pin] = high;

    /// <summary>Those of some pins that stand high.</summary>
    public ulong High(ulong pins) => _levels.Where(line => line.Value && (pins >> line.Key & 1) != 0).Aggregate(0ul, (high, line) => high | 1ul << line.Key);

    /// <summary>Lets the chips come to the present, hands over what the receiver sent, moves the lines.</summary>
    public void Beat()
    {
        int count;
        lock (_gate)
        {
            Gnss.ReaderAsleep = _board is not { IsAsleep: false };
            Advance();
            count = Gnss.Read(_received, 0, _received.Length);
            _levels[Device.Board.AccelerometerInt1Pin] = Accelerometer.Int1Level;
            _levels[Device.Board.AccelerometerInt2Pin] = Accelerometer.Int2Active;
        }

        if (_board is not { } board) return;
        board.Serial(Device.Board.GnssPort).Feed(_received.AsSpan(0, count));
        foreach (var (pin, level) in _levels) board.Pin(pin).Drive(level);
    }

    /// <summary>Does something to the chips while nobody else does.</summary>
    public void Hold(Action act)
    {
        lock (_gate)
        {
            Advance();
            act();
        }
    }

    private void SwitchGnss(bool on)
    {
        lock (_gate) Gnss.SetSupply(on, _time.NowMs);
    }

    private void Advance()
    {
        Accelerometer.AdvanceTo(_time.NowMs);
        Gnss.AdvanceTo(_time.NowMs);
    }

    private I2cTransfer Transfer(IRegisterBus chip) => (written, read) =>
    {
        if (written.Length == 0) return false;
        lock (_gate)
        {
            Advance();
            if (read.Length == 0) return chip.TryWrite(written[0], written[1..].ToArray(), written.Length - 1);
            var buffer = new byte[read.Length];
            if (!chip.TryRead(written[0], buffer, buffer.Length)) return false;
            buffer.CopyTo(read);
            return true;
        }
    };
}
