using Mono.Cecil;

namespace Traxxs.Image;

/// <summary>What was done to a set of assemblies.</summary>
/// <param name="Merged">Assemblies whose types moved into the main one.</param>
/// <param name="TypesDropped">Types that nothing reaches.</param>
/// <param name="MethodsDropped">Methods that nothing reaches, in types that stay.</param>
/// <param name="EnumsReplaced">Enums that became their numbers.</param>
/// <param name="NamesShortened">Types, methods and fields with a short name now.</param>
public sealed record ImageSummary(int Merged, int TypesDropped, int MethodsDropped, int EnumsReplaced, int NamesShortened);

/// <summary>
/// Makes one small assembly of those of the firmware, for the board's flash. nanoFramework keeps each name, each record of a
/// method and each reference from one image to the next, and has no linker: a fifth of the firmware's bytes are names that
/// nobody reads on the board. No instruction changes, so what was tested is what runs.
/// </summary>
public static class DeviceImage
{
    /// <summary>
    /// Makes an image of <paramref name="main"/> and the others: their types in one module, without what <paramref name="isRoot"/>
    /// does not lead to, with numbers for enums and short names for the rest. Roots keep their names and those of their types. The
    /// given modules are of no use afterwards.
    /// </summary>
    /// <exception cref="ImageException">The code uses what the device has not, or holds no root.</exception>
    public static (ModuleDefinition Image, ImageSummary Summary) Shrink(ModuleDefinition main, IReadOnlyList<ModuleDefinition> others, Func<MethodDefinition, bool> isRoot)
    {
        var image = Merger.Merge(main, others);
        var roots = image.GetTypes().SelectMany(type => type.Methods).Where(isRoot).ToHashSet();
        if (roots.Count == 0) throw new ImageException($"{main.Name} has no entry point: build it as a program");
        var families = new VirtualFamilies(image);
        var (types, methods) = new Reach(image, families, roots).Trim();
        var enums = EnumNumbers.Replace(image);
        return (image, new ImageSummary(others.Count, types, methods, enums, ShortNames.Give(image, families, roots)));
    }

    /// <summary>Where a program starts.</summary>
    public static bool IsEntryPoint(MethodDefinition method) => method == method.Module.EntryPoint;
}
