using Traxxs.Core.Ports;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Energy;

namespace Traxxs.Simulation.Storage;

/// <summary>Flash whose writing and erasing cost charge.</summary>
public class MeteredStorage(SegmentFlash flash, EnergyMeter energy) : ISegmentStorage
{
    // Winbond W25Q64JV, table of AC characteristics: page program 0.4 ms typical, sector erase 45 ms typical.
    private const double PageMs = 0.4;
    private const int PageSize = 256;
    private const double EraseMs = 45;

    /// <summary>The flash itself; replaced by what a restart finds of it.</summary>
    public SegmentFlash Flash { get; private set; } = flash;

    /// <inheritdoc/>
    public int SegmentCount => Flash.SegmentCount;

    /// <inheritdoc/>
    public int SegmentSizeMax => Flash.SegmentSizeMax;

    /// <summary>The supply went away and came back.</summary>
    public void PowerCut() => Flash = Flash.AfterRestart();

    /// <inheritdoc/>
    public int LengthOf(int segment) => Flash.LengthOf(segment);

    /// <inheritdoc/>
    public bool TryRead(int segment, int position, byte[] buffer, int offset, int count) => Flash.TryRead(segment, position, buffer, offset, count);

    /// <inheritdoc/>
    public bool TryErase(int segment)
    {
        energy.Add(EnergyState.FlashWriting, EraseMs);
        return Flash.TryErase(segment);
    }

    /// <inheritdoc/>
    public virtual bool TryAppend(int segment, byte[] buffer, int offset, int count)
    {
        energy.Add(EnergyState.FlashWriting, PageMs * (1 + count / PageSize));
        return Flash.TryAppend(segment, buffer, offset, count);
    }
}
