using Traxxs.Simulation.Updates;

namespace Traxxs.Simulation.Scenarios;

/// <summary>A firmware image that the server offers.</summary>
/// <param name="AtMs">When, ms of the run.</param>
/// <param name="Version">Of the image.</param>
/// <param name="DeviceId">To whom; null for every insole.</param>
public sealed record PlannedUpdate(long AtMs, uint Version, string? DeviceId)
{
    /// <summary>Bytes of the image, without header and signature: as large as a real one unless said otherwise.</summary>
    public int Size { get; init; } = 57_000;

    /// <summary>How it behaves.</summary>
    public ImageHealth Health { get; init; }
}
