namespace Traxxs.Device.Tests;

/// <summary>The same of the image that is made small: where code has moved and objects are gone, the board does what it did.</summary>
[TestClass]
public sealed class ShrunkProgramTests : ProgramTests
{
    protected override Action<string> Image() => ShrunkImage.Run;
}
