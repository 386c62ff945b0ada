using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Traxxs.Repository.Tests;

/// <summary>The firmware and its tests as built for the PC: what the compiler made of the sources.</summary>
internal static class FirmwareAssemblies
{
    /// <summary>The modules, with symbols where they are.</summary>
    public static IEnumerable<ModuleDefinition> Modules => Projects.OnInterpreter.Select(component => ModuleDefinition.ReadModule(
        Path.Combine(AppContext.BaseDirectory, $"Traxxs.{component}.dll"),
        new ReaderParameters { ReadSymbols = true, SymbolReaderProvider = new DefaultSymbolReaderProvider(false) }));

    /// <summary>All methods with a body.</summary>
    public static IEnumerable<MethodDefinition> Methods => Modules.SelectMany(module => module.GetTypes()).SelectMany(type => type.Methods).Where(method => method.HasBody);

    /// <summary>Where a method's instruction comes from, as near as the symbols say.</summary>
    public static (string File, int Line) PlaceOf(MethodDefinition method, Instruction? instruction)
    {
        SequencePoint? nearest = null;
        foreach (var point in method.DebugInformation.SequencePoints.Where(point => !point.IsHidden))
        {
            if (nearest is null || instruction is null || point.Offset <= instruction.Offset) nearest = point;
            if (instruction is null) break;
        }

        if (nearest is not null) return (nearest.Document.Url, nearest.StartLine);
        return FirmwareSources.FindDeclaration(SourceName(method.DeclaringType), method.Name) ?? (method.FullName, 0);
    }

    /// <summary>Where a type comes from: the first line of code in it.</summary>
    public static (string File, int Line) PlaceOf(TypeDefinition type)
    {
        var method = type.Methods.FirstOrDefault(candidate => candidate.DebugInformation.SequencePoints.Any(point => !point.IsHidden));
        return method is not null ? PlaceOf(method, null) : FirmwareSources.FindDeclaration(SourceName(type), null) ?? (type.FullName, 0);
    }

    // A class the compiler made belongs to the one around it; `1 at the end of a name is the number of its type parameters.
    private static string SourceName(TypeDefinition type) =>
        type.Name.StartsWith('<') && type.DeclaringType is { } outer ? SourceName(outer) : type.Name.Split('`')[0];

    /// <summary>Whether a type is the firmware's own.</summary>
    public static bool IsOwn(TypeReference type)
    {
        var scope = type.GetElementType().Scope;
        var name = scope is ModuleDefinition module ? module.Assembly.Name.Name : scope.Name;
        return Projects.OnInterpreter.Any(component => name == $"Traxxs.{component}" || name == $"Traxxs.{component}.dll");
    }
}
