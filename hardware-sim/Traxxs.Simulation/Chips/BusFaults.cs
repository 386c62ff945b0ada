namespace Traxxs.Simulation.Chips;

/// <summary>Faults of one chip's bus. Transfers are numbered from 0; a fault that is null does not happen.</summary>
public sealed class BusFaults
{
    private const ulong NakSeed = 0xB05;

    /// <summary>Transfers begun since the start, refused ones counted.</summary>
    public int Transfers { get; private set; }

    /// <summary>The one transfer the chip does not acknowledge.</summary>
    public int? NakAt { get; set; }

    /// <summary>From this transfer on the chip does not acknowledge.</summary>
    public int? NakFrom { get; set; }

    /// <summary>Part of the transfers, 0..1, that the chip does not acknowledge.</summary>
    public double NakPart { get; set; }

    /// <summary>From this transfer on reads give <see cref="StuckValue"/> and writes are lost, though all is acknowledged.</summary>
    public int? StuckFrom { get; set; }

    /// <summary>What a stuck bus reads: 0xFF with the data line high, 0x00 with it low.</summary>
    public byte StuckValue { get; set; } = 0xFF;

    /// <summary>The one transfer whose data is damaged, read or written.</summary>
    public int? FlipAt { get; set; }

    /// <summary>Bits to flip in the damaged transfer's byte <see cref="FlipByte"/>.</summary>
    public byte FlipMask { get; set; } = 0x01;

    /// <summary>Which byte of the damaged transfer; beyond its end, the last.</summary>
    public int FlipByte { get; set; }

    /// <summary>What the identity register reads instead of the truth.</summary>
    public byte? WrongIdentity { get; set; }

    internal bool Begin(out bool stuck, out bool flip)
    {
        var transfer = Transfers++;
        stuck = transfer >= StuckFrom;
        flip = transfer == FlipAt;
        return transfer != NakAt && !(transfer >= NakFrom) && !(NakPart > 0 && ChipNoise.Uniform(NakSeed, (ulong)transfer) < NakPart);
    }
}
