using Traxxs.Simulation.Energy;

namespace Traxxs.Simulation.Chips;

/// <summary>Maxim MAX17048 at its registers: cell voltage, state of charge, version. Source: Maxim 19-6171 rev 7.</summary>
/// <remarks>Simplification: the gauge knows the cell's true charge, within its stated error of one part in 256 of a percent.</remarks>
public sealed class Max17048Chip(IBattery battery) : RegisterChip
{
    private const byte VCell = 0x02, Soc = 0x04, Version = 0x08, Config = 0x0C;

    private ushort _config = 0x971C;        // Reset value, table 2.

    /// <inheritdoc/>
    protected override void Read(byte register, Span<byte> data)
    {
        for (var i = 0; i < data.Length; i++, register++)
        {
            var word = Word((byte)(register & 0xFE));
            data[i] = (byte)((register & 1) == 0 ? word >> 8 : word);
        }
    }

    /// <inheritdoc/>
    protected override void Write(byte register, ReadOnlySpan<byte> data)
    {
        if (register == Config && data.Length == 2) _config = (ushort)((data[0] << 8) | data[1]);
    }

    private int Word(byte register) => register switch
    {
        VCell => Math.Clamp(battery.TerminalMv * 64 / 5, 0, 0xFFFF),         // 78.125 uV a count.
        Soc => (int)(Math.Clamp(battery.Percent, 0, 255) * 256),
        Version => Faults.WrongIdentity ?? 0x0012,
        Config => _config,
        _ => 0,
    };
}
