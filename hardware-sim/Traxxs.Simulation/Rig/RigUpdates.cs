using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Core.Update;
using Traxxs.Protocol;
using Traxxs.Simulation.Chips;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Storage;
using Traxxs.Simulation.Updates;

namespace Traxxs.Simulation.Rig;

/// <summary>
/// What the board's <c>Boot</c> does, in simulated time: boot record and images in a flash of their own, and which of them starts. Every
/// image runs the same classes; how it behaves says its <see cref="SimulatedImage"/>.
/// </summary>
internal sealed class RigUpdates(EnergyMeter energy, byte[]? key) : IUpdateBoard
{
    /// <summary>Free bytes of a board with PSRAM. Assumed: enough for any image.</summary>
    public const int FreeMemoryBytes = 1_000_000;

    private readonly MeteredStorage _storage = new(new SegmentFlash(BootRecord.SegmentCount, SignedImage.FileSizeMax), energy);

    /// <summary>The image that runs, 0 for the factory's.</summary>
    public int Image { get; private set; }

    /// <summary>How it behaves.</summary>
    public ImageHealth Health { get; private set; }

    /// <summary>Chooses the image to start. Null: it ended at its start, or could not be loaded, and the board restarts.</summary>
    public Updater? Start(bool woken)
    {
        var record = new BootRecord(_storage, FirmwareVersion.Number);
        Image = record.Choose(woken);
        var health = Image == 0 ? ImageHealth.Good : SimulatedImage.Read(_storage, Image);
        if (health is null) record.Fail(forGood: true);
        if (health is null or ImageHealth.Breaks) return null;
        Health = health.Value;
        return new Updater(_storage, this, Image, FirmwareVersion.Number, woken);
    }

    /// <summary>The supply went away and came back.</summary>
    public void PowerCut() => _storage.PowerCut();

    /// <inheritdoc/>
    public byte[]? TryReadKey() => key;

    /// <inheritdoc/>
    public int FreeMemory() => FreeMemoryBytes;
}
