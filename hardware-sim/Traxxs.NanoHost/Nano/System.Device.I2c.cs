using Traxxs.NanoHost;

namespace System.Device.I2c;

/// <summary>Clock of a bus.</summary>
public enum I2cBusSpeed
{
    /// <summary>100 kHz.</summary>
    StandardMode = 0,

    /// <summary>400 kHz.</summary>
    FastMode = 1,

    /// <summary>1 MHz.</summary>
    FastModePlus = 2,
}

/// <summary>What came of a transfer.</summary>
public enum I2cTransferStatus
{
    /// <summary>Not known.</summary>
    UnknownError = 0,

    /// <summary>All bytes were transferred.</summary>
    FullTransfer = 1,

    /// <summary>The chip held the clock too long.</summary>
    ClockStretchTimeout = 2,

    /// <summary>The chip stopped acknowledging.</summary>
    PartialTransfer = 3,

    /// <summary>Nobody acknowledged the address.</summary>
    SlaveAddressNotAcknowledged = 4,
}

/// <summary>Bus, address and clock of a chip.</summary>
public sealed class I2cConnectionSettings
{
    /// <summary>Settings of one chip.</summary>
    public I2cConnectionSettings(int busId, int deviceAddress, I2cBusSpeed busSpeed)
    {
        BusId = busId;
        DeviceAddress = deviceAddress;
        BusSpeed = busSpeed;
    }

    /// <summary>Number of the bus.</summary>
    public int BusId { get; }

    /// <summary>7-bit address.</summary>
    public int DeviceAddress { get; }

    /// <summary>Clock.</summary>
    public I2cBusSpeed BusSpeed { get; }
}

/// <summary>Outcome of a transfer.</summary>
public struct I2cTransferResult
{
    internal I2cTransferResult(I2cTransferStatus status) => Status = status;

    /// <summary>What came of it.</summary>
    public I2cTransferStatus Status { get; }
}

/// <summary>One chip on a bus.</summary>
public class I2cDevice : IDisposable
{
    private readonly I2cConnectionSettings _settings;

    /// <summary>Opens a chip; nothing is sent yet.</summary>
    public I2cDevice(I2cConnectionSettings settings) => _settings = settings;

    /// <summary>Opens a chip; nothing is sent yet.</summary>
    public static I2cDevice Create(I2cConnectionSettings settings) => new(settings);

    /// <summary>Writes.</summary>
    public I2cTransferResult Write(SpanByte buffer) => Transfer(buffer.AsSpan(), default);

    /// <summary>Writes, then reads after a repeated start.</summary>
    public I2cTransferResult WriteRead(SpanByte writeBuffer, SpanByte readBuffer) => Transfer(writeBuffer.AsSpan(), readBuffer.AsSpan());

    /// <summary>Closes the chip.</summary>
    public void Dispose() => GC.SuppressFinalize(this);

    private I2cTransferResult Transfer(ReadOnlySpan<byte> written, Span<byte> read)
    {
        var board = NanoBoard.Current;
        board.ThrowIfOff();
        var chip = board.FindI2c(_settings.BusId, _settings.DeviceAddress);
        if (chip is null) return new I2cTransferResult(I2cTransferStatus.SlaveAddressNotAcknowledged);
        return new I2cTransferResult(chip(written, read) ? I2cTransferStatus.FullTransfer : I2cTransferStatus.PartialTransfer);
    }
}
