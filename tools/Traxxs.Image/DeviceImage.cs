using Mono.Cecil;
using Mono.Cecil.Rocks;
using Traxxs.Image.ByteCode;
using Traxxs.Image.Inlining;
using Traxxs.Image.Singletons;
using Traxxs.Image.Tidying;

namespace Traxxs.Image;

/// <summary>What was done to a set of assemblies.</summary>
/// <param name="Merged">Assemblies whose types moved into the main one.</param>
/// <param name="TypesDropped">Types that nothing reaches, or whose members stand elsewhere.</param>
/// <param name="MethodsDropped">Methods that nothing reaches, in types that stay.</param>
/// <param name="EnumsReplaced">Enums that became their numbers.</param>
/// <param name="ObjectsReplaced">Classes whose one object became static members.</param>
/// <param name="CallsInlined">Calls whose code stands where they were.</param>
/// <param name="NamesShortened">Types, methods and fields with a short name now.</param>
public sealed record ImageSummary(int Merged, int TypesDropped, int MethodsDropped, int EnumsReplaced, int ObjectsReplaced, int CallsInlined, int NamesShortened);

/// <summary>
/// Makes one small assembly of those of the firmware, for the board's flash: the linker that nanoFramework has not. It keeps
/// each name there, each record of a method and each reference from one image to the next. Each pass has a file or a folder of
/// its own that says why what it does changes nothing.
/// </summary>
public static class DeviceImage
{
    /// <summary>
    /// Makes an image of <paramref name="main"/> and the others: their types in one module, without what <paramref name="isRoot"/>
    /// does not lead to. Roots keep their names and those of their types. What a program makes once is known where
    /// <paramref name="main"/> has an entry point. The given modules are of no use afterwards.
    /// </summary>
    /// <exception cref="ImageException">The code uses what the device has not, or holds no root.</exception>
    public static (ModuleDefinition Image, ImageSummary Summary) Shrink(ModuleDefinition main, IReadOnlyList<ModuleDefinition> others, Func<MethodDefinition, bool> isRoot)
    {
        var image = Merger.Merge(main, others);
        var roots = image.GetTypes().SelectMany(type => type.Methods).Where(isRoot).ToHashSet();
        if (roots.Count == 0) throw new ImageException($"{main.Name} has no entry point: build it as a program");
        var (types, methods) = new Reach(image, new VirtualFamilies(image), roots).Trim();
        var enums = EnumNumbers.Replace(image);
        Openness.Give(image);
        OneImplementation.Replace(image);
        OneImplementation.Bind(image);
        var (objects, calls) = Rework(image, roots);
        var families = new VirtualFamilies(image);
        var (typesNow, methodsNow) = new Reach(image, families, roots).Trim();
        var emptied = StaticHolder.Gather(image, roots);
        var names = ShortNames.Give(image, families, roots);
        return (image, new ImageSummary(others.Count, types + typesNow + emptied, methods + methodsNow, enums, objects, calls, names));
    }

    // The passes over code, which see all instructions in their long form.
    private static (int Objects, int Calls) Rework(ModuleDefinition image, IReadOnlySet<MethodDefinition> roots)
    {
        var methods = image.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody).ToList();
        foreach (var method in methods)
        {
            method.Body.SimplifyMacros();
            Constructors.Shorten(method);
            Tidy.Apply(method);
        }

        var objects = OneObject.Apply(image);
        var calls = Inliner.Apply(image, roots);
        foreach (var method in methods)
        {
            Tidy.Finish(method);
            ProcessorStack.Ensure(method);
        }

        return (objects, calls);
    }

    /// <summary>Where a program starts: as the chip starts it, and as the factory's image calls it by name where it came over the air.</summary>
    public static bool IsEntryPoint(MethodDefinition method) => method == method.Module.EntryPoint || method.FullName == LoadedEntryPoint;

    private const string LoadedEntryPoint = "System.Void Traxxs.Device.Program::Run(System.String,System.Int32)";
}
