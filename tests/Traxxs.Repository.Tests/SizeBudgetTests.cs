namespace Traxxs.Repository.Tests;

/// <summary>
/// What the firmware's own code takes of the flash a board has for images, by an estimate (see <see cref="PeImage"/>). Held
/// against the device's own metadata processor it is 1 to 5 % too high for each image, never too low.
/// </summary>
[TestClass]
public sealed class SizeBudgetTests
{
    // What is flashed is one small image of the four, held to 65,536 by ImageTests. This ceiling sees to it that the sources do not
    // grow unnoticed; flash that refuses and a link whose work never ends were the last to raise it.
    private const int CeilingBytes = 104500;
    private const int Listed = 40;

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void The_images_of_the_firmware_stay_below_their_ceiling()
    {
        var types = new List<(string Component, string Type, int Bytes)>();
        foreach (var loaded in OptimisedAssemblies.All)
        {
            using var module = loaded;
            var component = module.Assembly.Name.Name;
            if (!Projects.Firmware.Contains(component["Traxxs.".Length..])) continue;
            var image = PeImage.Of(module);
            TestContext.WriteLine($"{component}: {image.Size} bytes");
            types.AddRange(image.ByType.Select(one => (component, one.Key, one.Value)));
        }

        var total = types.Sum(type => type.Bytes);
        TestContext.WriteLine($"all: {total} of {CeilingBytes} bytes");
        foreach (var (component, type, bytes) in types.OrderByDescending(type => type.Bytes).Take(Listed)) TestContext.WriteLine($"{bytes,6}  {component}  {type}");
        Assert.IsLessThanOrEqualTo(CeilingBytes, total, "the images have grown beyond their ceiling: the list above says what takes most");
    }
}
