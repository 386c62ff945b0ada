using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Scenarios;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Tests.World;

/// <summary>
/// The numbers a seed gives, written down: what holds on one machine must hold on all. Firmware does not come into it, so these
/// change only with the simulated world itself; then write the new ones down and say so.
/// </summary>
[TestClass]
public sealed class WorldIsTheSameEverywhereTests
{
    private const long StepMs = 130_000;

    private static readonly Scenario Day = ScenarioFile.Load("working-day");

    [TestMethod]
    public void The_foot_feels_what_is_written_down()
    {
        var gait = new FootGait(Day.Devices[0].Wearer.Timeline, 42);
        var hash = new Fnv();
        for (long timeMs = 0; timeMs < 86_400_000; timeMs += 1330)
        {
            gait.AccelerationAt(timeMs, out var x, out var y, out var z);
            hash.Add(x);
            hash.Add(y);
            hash.Add(z);
        }

        Assert.AreEqual(0xB054330A4A04AFC1UL, hash.Value, $"0x{hash.Value:X16}");
    }

    [TestMethod]
    public void The_accelerometer_samples_what_is_written_down()
    {
        var chip = new Lis2dw12Chip(new FootGait(Day.Devices[0].Wearer.Timeline, 42), 43);
        var hash = new Fnv();
        chip.TryWrite(0x25, [0x34], 1);
        chip.TryWrite(0x20, [0x44], 1);
        var sample = new byte[6];
        for (long timeMs = 0; timeMs < 12 * 3_600_000; timeMs += StepMs)
        {
            chip.AdvanceTo(timeMs);
            chip.TryRead(0x28, sample, sample.Length);
            foreach (var value in sample) hash.Add(value);
        }

        Assert.AreEqual(0x49BC0F7E51954D2CUL, hash.Value, $"0x{hash.Value:X16}");
    }

    [TestMethod]
    public void The_receiver_sends_the_bytes_written_down()
    {
        var chip = new MaxM10Chip(new PersonSky(Day.Devices[0].Wearer, Day.Places), 44, Day.Start.ToUnixTimeMilliseconds());
        var hash = new Fnv();
        var bytes = new byte[4096];
        for (var start = 6 * 3_600_000L; start < 18 * 3_600_000L; start += 1_200_000)
        {
            chip.SetSupply(true, start);
            for (var timeMs = start; timeMs < start + 45_000; timeMs += 1000)
            {
                chip.AdvanceTo(timeMs);
                var count = chip.Read(bytes, 0, bytes.Length);
                for (var i = 0; i < count; i++) hash.Add(bytes[i]);
            }

            chip.SetSupply(false, start + 45_000);
        }

        Assert.AreEqual(0x1B7506AEC9845E43UL, hash.Value, $"0x{hash.Value:X16}");
    }

    // FNV-1a, 64 bit.
    private sealed class Fnv
    {
        public ulong Value { get; private set; } = 14695981039346656037;

        public void Add(int value)
        {
            for (var shift = 0; shift < 32; shift += 8) Value = (Value ^ (byte)(value >> shift)) * 1099511628211;
        }
    }
}
