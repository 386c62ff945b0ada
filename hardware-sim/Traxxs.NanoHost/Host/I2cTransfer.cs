namespace Traxxs.NanoHost;

/// <summary>
/// One I2C transfer as a chip sees it: what the master wrote, and room for what it reads after a repeated start. Either
/// may be empty. Returns whether the chip acknowledged.
/// </summary>
public delegate bool I2cTransfer(ReadOnlySpan<byte> written, Span<byte> read);
