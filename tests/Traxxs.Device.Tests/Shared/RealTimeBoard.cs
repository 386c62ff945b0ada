using System.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.NanoHost;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Energy;

namespace Traxxs.Device.Tests;

/// <summary>A whole board in real time: simulated chips plugged into NanoHost, and the device image running on it.</summary>
internal sealed class RealTimeBoard : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Foot _foot = new();
    private readonly Lis2dw12Chip _accelerometer;
    private readonly Max17048Chip _fuelGauge = new(new Battery(250, 60));
    private readonly MaxM10Chip _gnss;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly Timer _pump;
    private Thread? _program;

    public RealTimeBoard()
    {
        _accelerometer = new Lis2dw12Chip(_foot, 1);
        _gnss = new MaxM10Chip(new Place(_foot), 2, Bench.StartUnixMs);
        NanoBoard.Current = Board;
        Board.PlugI2c(Device.Board.I2cBus, Device.Board.AccelerometerAddress, Chip(_accelerometer));
        Board.PlugI2c(Device.Board.I2cBus, Device.Board.FuelGaugeAddress, Chip(_fuelGauge));
        Board.Pin(Device.Board.GnssSupplyPin).Written = SwitchGnss;
        Board.Serial(Device.Board.GnssPort).Sent = SendToGnss;
        _pump = new Timer(_ => Pump(), null, 0, 10);
    }

    public NanoBoard Board { get; } = new();

    /// <summary>Whether the image has spoken to its accelerometer.</summary>
    public bool Runs => _accelerometer.Faults.Transfers > 0;

    /// <summary>What ended the program, once it has ended.</summary>
    public Exception? Ended { get; private set; }

    /// <summary>Starts the image on files of a folder.</summary>
    public void Start(string folder) => Start(folder, Boot.Start);

    /// <summary>Starts an image, given where its files lie.</summary>
    public void Start(string folder, Action<string> image)
    {
        _program = new Thread(() =>
        {
            Board.Enter();
            try
            {
                image(folder + Path.DirectorySeparatorChar);
            }
            catch (Exception exception)
            {
                Ended = exception;
            }
        }) { IsBackground = true };
        _program.Start();
    }

    public void PressSos()
    {
        Board.Pin(Device.Board.SosPin).Drive(true);
        Thread.Sleep(20);
        Board.Pin(Device.Board.SosPin).Drive(false);
    }

    public void CutPower()
    {
        Board.CutPower();
        Eventually.True(() => _program is not { IsAlive: true }, "the program has ended with the power");
    }

    public void Dispose()
    {
        Board.CutPower();
        _pump.Dispose();
        _program?.Join(Runs ? 30_000 : 1000); // A step under way may still write its files; an image that waits for an identity writes none.
    }

    private long NowMs => (long)Stopwatch.GetElapsedTime(_startedAt).TotalMilliseconds;

    private I2cTransfer Chip(IRegisterBus chip) => (written, read) =>
    {
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

    private void SwitchGnss(bool on)
    {
        lock (_gate) _gnss.SetSupply(on, NowMs);
    }

    private void SendToGnss(byte[] bytes)
    {
        lock (_gate) _gnss.TryWrite(bytes, 0, bytes.Length);
    }

    private void Advance()
    {
        _accelerometer.AdvanceTo(NowMs);
        _gnss.AdvanceTo(NowMs);
    }

    private void Pump()
    {
        var buffer = new byte[512];
        int count;
        bool motion;
        lock (_gate)
        {
            Advance();
            count = _gnss.Read(buffer, 0, buffer.Length);
            motion = _accelerometer.Int1Level;
        }

        Board.Serial(Device.Board.GnssPort).Feed(buffer.AsSpan(0, count));
        Board.Pin(Device.Board.AccelerometerInt1Pin).Drive(motion);
    }
}
