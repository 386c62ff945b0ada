using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;
using Traxxs.Image;

namespace Traxxs.Repository.Tests;

/// <summary>One small image of the firmware's four: how small, and that it does what they do.</summary>
[TestClass]
public sealed class ImageTests
{
    // The aim is 65,536. What is left is byte code (41 KB), records of methods and fields (17 KB), tables and references.
    private const int CeilingBytes = 72500;

    private const string NanoTests = "Traxxs.Nano.Tests";

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void The_shrunk_image_stays_below_its_ceiling()
    {
        var modules = OptimisedAssemblies.All.ToDictionary(module => module.Assembly.Name.Name);
        var before = Projects.Firmware.Sum(component => PeImage.Of(modules[$"Traxxs.{component}"]).Size);
        var device = modules["Traxxs.Device"];

        var (image, summary) = DeviceImage.Shrink(device, [.. Libraries(modules)], method => method.FullName == "System.Void Traxxs.Device.Program::Main()");

        var after = PeImage.Of(Reread(image)).Size;
        TestContext.WriteLine($"{before} → {after} bytes; {summary}");
        Assert.IsLessThanOrEqualTo(CeilingBytes, after, "the image that is flashed has grown beyond its ceiling");
        foreach (var module in modules.Values) module.Dispose();
    }

    [TestMethod]
    public void The_tests_of_the_device_pass_on_a_shrunk_image()
    {
        var modules = OptimisedAssemblies.All.ToDictionary(module => module.Assembly.Name.Name);
        var tests = modules[NanoTests];
        var expected = tests.GetTypes().SelectMany(type => type.Methods).Count(IsTest);

        var (shrunk, _) = DeviceImage.Shrink(tests, [.. Libraries(modules)], method => IsTest(method) || (method.IsConstructor && method.DeclaringType.Methods.Any(IsTest)));

        Assert.IsFalse(shrunk.AssemblyReferences.Any(reference => modules.ContainsKey(reference.Name)), "all of the firmware is in one image");
        var image = new AssemblyLoadContext("shrunk", isCollectible: true).LoadFromStream(Bytes(shrunk));
        var passed = 0;
        foreach (var method in image.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttribute<TestMethodAttribute>() is not null))
        {
            method.Invoke(Activator.CreateInstance(method.DeclaringType!), null);
            passed++;
        }

        Assert.AreEqual(expected, passed, "tests");
        Assert.IsGreaterThan(30, passed, "the whole project was run");
    }

    [TestMethod]
    public void An_assembly_without_an_entry_point_is_refused()
    {
        using var library = OptimisedAssemblies.All.First();
        var refused = Assert.ThrowsExactly<ImageException>(() => DeviceImage.Shrink(library, [], DeviceImage.IsEntryPoint));
        Assert.Contains("no entry point", refused.Message);
    }

    private static bool IsTest(MethodDefinition method) => method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "TestMethodAttribute");

    private static IEnumerable<ModuleDefinition> Libraries(Dictionary<string, ModuleDefinition> modules) =>
        Projects.Firmware.Where(component => component != "Device").Select(component => modules[$"Traxxs.{component}"]);

    private static ModuleDefinition Reread(ModuleDefinition module) => ModuleDefinition.ReadModule(Bytes(module));

    private static MemoryStream Bytes(ModuleDefinition module)
    {
        var stream = new MemoryStream();
        module.Write(stream);
        stream.Position = 0;
        return stream;
    }
}
