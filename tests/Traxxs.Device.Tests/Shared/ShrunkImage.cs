using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image;

namespace Traxxs.Device.Tests;

/// <summary>The device image as <c>traxxs image</c> makes it small, to be run in the place of the one that was built.</summary>
internal static class ShrunkImage
{
    private static readonly string[] Libraries = ["Traxxs.Protocol", "Traxxs.Core", "Traxxs.Drivers"];

    /// <summary>Runs on files below a root. Each run has statics of its own, as after each start of the chip.</summary>
    public static void Run(string storageRoot)
    {
        var context = new AssemblyLoadContext("shrunk", isCollectible: true);
        context.LoadFromStream(Make(storageRoot)).EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null);
    }

    // On the board the root is a constant, here it is one of this run.
    private static MemoryStream Make(string storageRoot)
    {
        using var device = Read("Traxxs.Device");
        var run = device.GetType("Traxxs.Device.Boot").Methods.Single(method => method.Name == nameof(Boot.Start));
        var main = device.GetType("Traxxs.Device.Program").Methods.Single(method => method.Name == nameof(Program.Main));
        main.Body.Instructions.Clear();
        var code = main.Body.GetILProcessor();
        code.Emit(OpCodes.Ldstr, storageRoot);
        code.Emit(OpCodes.Call, run);
        code.Emit(OpCodes.Ret);
        device.Kind = ModuleKind.Console;
        device.EntryPoint = main;
        var (image, _) = DeviceImage.Shrink(device, [.. Libraries.Select(Read)], DeviceImage.IsEntryPoint);
        var bytes = new MemoryStream();
        image.Write(bytes);
        bytes.Position = 0;
        return bytes;
    }

    private static ModuleDefinition Read(string assembly) => ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), new ReaderParameters { InMemory = true });
}
