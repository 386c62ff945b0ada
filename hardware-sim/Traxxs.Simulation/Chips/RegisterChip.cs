using Traxxs.Core.Ports;

namespace Traxxs.Simulation.Chips;

/// <summary>A chip with byte-addressed registers on a bus that can fail.</summary>
public abstract class RegisterChip : IRegisterBus
{
    /// <summary>What goes wrong on the bus.</summary>
    public BusFaults Faults { get; } = new();

    /// <inheritdoc/>
    public bool TryRead(byte register, byte[] buffer, int count)
    {
        if (!Faults.Begin(out var stuck, out var flip)) return false;
        var data = buffer.AsSpan(0, count);
        if (stuck) data.Fill(Faults.StuckValue);
        else Read(register, data);
        if (flip) Flip(data);
        return true;
    }

    /// <inheritdoc/>
    public bool TryWrite(byte register, byte[] buffer, int count)
    {
        if (!Faults.Begin(out var stuck, out var flip)) return false;
        if (stuck) return true;
        Span<byte> data = stackalloc byte[count];
        buffer.AsSpan(0, count).CopyTo(data);
        if (flip) Flip(data);
        Write(register, data);
        return true;
    }

    /// <summary>Fills the span from a register on.</summary>
    protected abstract void Read(byte register, Span<byte> data);

    /// <summary>Writes from a register on.</summary>
    protected abstract void Write(byte register, ReadOnlySpan<byte> data);

    private void Flip(Span<byte> data)
    {
        if (data.Length > 0) data[Math.Min(Faults.FlipByte, data.Length - 1)] ^= Faults.FlipMask;
    }
}
