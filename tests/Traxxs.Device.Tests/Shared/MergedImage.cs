using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image;

namespace Traxxs.Device.Tests;

/// <summary>Another version of the firmware as one image for this PC: the firmware's own assemblies, merged as for the board.</summary>
internal static class MergedImage
{
    /// <summary>What the image prints first, in place of the product's name.</summary>
    public const string Greeting = "the next version";

    /// <summary>Bytes of an image that calls itself otherwise at its start. <paramref name="breaks"/>: it throws as soon as it runs. <paramref name="impatient"/>:
    /// it looks for its configuration a hundred times as often.</summary>
    public static byte[] Make(bool breaks = false, bool impatient = false)
    {
        var modules = new[] { "Device", "Protocol", "Core", "Drivers" }.Select(name => ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, $"Traxxs.{name}.dll"))).ToArray();
        var run = modules[0].GetType("Traxxs.Device.Program").Methods.Single(method => method.Name == "Run");
        var greeting = run.Body.Instructions.Single(instruction => instruction.Operand is string text && text.StartsWith("TRAXXs XSole", StringComparison.Ordinal));
        greeting.Operand = ((string)greeting.Operand).Replace("TRAXXs XSole", Greeting, StringComparison.Ordinal);
        if (breaks)
        {
            var first = run.Body.Instructions[0];
            var il = run.Body.GetILProcessor();
            il.InsertBefore(first, il.Create(OpCodes.Ldnull));
            il.InsertBefore(first, il.Create(OpCodes.Throw));
        }

        if (impatient)
        {
            var wait = run.DeclaringType.Methods.Single(method => method.Name == "WaitForConfig").Body.Instructions;
            var sleep = wait.Single(instruction => instruction.Operand is MethodReference { Name: "Sleep" });
            Assert.AreEqual(10000, sleep.Previous.Operand);
            sleep.Previous.Operand = 100;
        }

        modules[0].Kind = ModuleKind.Console;
        modules[0].EntryPoint = run.DeclaringType.Methods.Single(method => method.Name == "Main");
        var (image, _) = DeviceImage.Shrink(modules[0], modules[1..], DeviceImage.IsEntryPoint);
        image.Assembly.Name.Name = image.Name = "Traxxs.Next." + (breaks ? "Broken" : impatient ? "Impatient" : "Good");
        using var bytes = new MemoryStream();
        image.Write(bytes);
        foreach (var module in modules) module.Dispose();
        return bytes.ToArray();
    }
}
