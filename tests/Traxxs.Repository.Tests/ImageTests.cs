using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image;

namespace Traxxs.Repository.Tests;

/// <summary>One small image of the firmware's four: how small, and that it does what they do.</summary>
[TestClass]
public sealed class ImageTests
{
    // What we allow ourselves in all. What is there: byte code (35 KB), records of methods, fields and types (10 KB), the rest names,
    // signatures and references.
    private const int CeilingBytes = 65536;

    private const string NanoTests = "Traxxs.Nano.Tests";

    // .NET makes room for statics when they are first used, which it counts as grown heap; the interpreter makes it at the start.
    private const string HeapTest = "The_heap_stays_as_it_is_after_the_start";

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void The_shrunk_image_stays_below_its_ceiling()
    {
        var modules = OptimisedAssemblies.All.ToDictionary(module => module.Assembly.Name.Name);
        var before = Projects.Firmware.Sum(component => PeImage.Of(modules[$"Traxxs.{component}"]).Size);
        var device = modules["Traxxs.Device"];

        device.EntryPoint = device.GetType("Traxxs.Device.Program").Methods.Single(method => method.Name == "Main");

        var (image, summary) = DeviceImage.Shrink(device, [.. Libraries(modules)], DeviceImage.IsEntryPoint);

        var after = PeImage.Of(Reread(image)).Size;
        TestContext.WriteLine($"{before} → {after} bytes; {summary}");
        Assert.IsLessThanOrEqualTo(CeilingBytes, after, "the image that is flashed has grown beyond its ceiling");
        foreach (var method in image.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
            Signs.Check(method, (instruction, use) => Assert.Fail($"{method.FullName} {instruction}: a number that is still unsigned on the device is used as a signed one by {use}, now that code has moved"));
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
    public void Each_test_of_the_device_passes_as_a_program_of_its_own()
    {
        // What a program makes once becomes static there: that must not change what it does.
        var images = OptimisedAssemblies.All.Where(module => IsOnInterpreter(module.Assembly.Name.Name)).ToDictionary(module => module.Assembly.Name.Name, Bytes);
        var names = ModuleDefinition.ReadModule(new MemoryStream(images[NanoTests].ToArray())).GetTypes().SelectMany(type => type.Methods).Where(IsTest).Select(method => method.FullName).ToList();
        var made = 0;
        foreach (var name in names.Where(name => !name.Contains(HeapTest)))
        {
            var modules = images.ToDictionary(pair => pair.Key, pair => ModuleDefinition.ReadModule(new MemoryStream(pair.Value.ToArray())));
            var (image, summary) = DeviceImage.Shrink(AsProgram(modules[NanoTests], name), [.. Libraries(modules)], DeviceImage.IsEntryPoint);
            made += summary.ObjectsReplaced;
            new AssemblyLoadContext(name, isCollectible: true).LoadFromStream(Bytes(image)).EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null);
        }

        Assert.IsGreaterThan(30, names.Count, "the whole project was run");
        Assert.IsGreaterThan(100, made, "objects became static");
    }

    [TestMethod]
    public void An_assembly_without_an_entry_point_is_refused()
    {
        using var library = OptimisedAssemblies.All.First();
        var refused = Assert.ThrowsExactly<ImageException>(() => DeviceImage.Shrink(library, [], DeviceImage.IsEntryPoint));
        Assert.Contains("no entry point", refused.Message);
    }

    private static bool IsOnInterpreter(string assembly) => assembly != "Traxxs.Device";

    private static ModuleDefinition AsProgram(ModuleDefinition tests, string name)
    {
        var test = tests.GetTypes().SelectMany(type => type.Methods).Single(method => method.FullName == name);
        var main = new MethodDefinition("Main", Mono.Cecil.MethodAttributes.Public | Mono.Cecil.MethodAttributes.Static, tests.TypeSystem.Void);
        var code = main.Body.GetILProcessor();
        code.Emit(OpCodes.Newobj, test.DeclaringType.Methods.Single(method => method.IsConstructor && !method.IsStatic));
        code.Emit(OpCodes.Call, test);
        code.Emit(OpCodes.Ret);
        const Mono.Cecil.TypeAttributes Static = Mono.Cecil.TypeAttributes.Public | Mono.Cecil.TypeAttributes.Abstract | Mono.Cecil.TypeAttributes.Sealed;
        var program = new TypeDefinition("Alone", "Start", Static, tests.TypeSystem.Object);
        program.Methods.Add(main);
        tests.Types.Add(program);
        (tests.Kind, tests.EntryPoint) = (ModuleKind.Console, main);
        return tests;
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
