using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Mono.Cecil;

namespace Traxxs.Repository.Tests;

/// <summary>
/// What the firmware uses of the world outside it, as documentation ids in the device's spelling: from the sources (so
/// that constants and enum members count, with their lines) and from what the compiler made of them (so that calls nobody
/// wrote count: concatenation, lock, array initialisers).
/// </summary>
internal static class UsedApi
{
    /// <summary>Assemblies of the PC that stand in for the device's.</summary>
    public static readonly string[] StandIns = ["Traxxs.NanoHost", "Traxxs.Nano.Shim"];

    private static readonly Lazy<IReadOnlyList<Use>> All = new(() => [.. FromSources(), .. FromAssemblies()]);

    /// <summary>One use at a place.</summary>
    internal readonly record struct Use(string Component, string Id, string File, int Line);

    /// <summary>Every use.</summary>
    public static IReadOnlyList<Use> Everywhere => All.Value;

    private static IEnumerable<Use> FromSources()
    {
        foreach (var model in FirmwareSources.Models)
        {
            var component = model.Compilation.AssemblyName!;
            foreach (var node in model.SyntaxTree.GetRoot().DescendantNodes().Where(node => node is SimpleNameSyntax or BaseObjectCreationExpressionSyntax))
            {
                var symbol = model.GetSymbolInfo(node).Symbol;
                if (symbol is null or INamespaceSymbol || symbol.Kind is SymbolKind.Local or SymbolKind.Parameter) continue;
                if (symbol.ContainingAssembly is null || symbol.ContainingAssembly.Name.StartsWith("Traxxs.", StringComparison.Ordinal) && !IsStandIn(symbol)) continue;
                if (symbol.OriginalDefinition.GetDocumentationCommentId() is not { } id) continue;
                var assigned = symbol is IPropertySymbol && IsAssigned(node) ? " set" : "";
                yield return new Use(component, NanoApi.OnDevice(id) + assigned, model.SyntaxTree.FilePath, FirmwareSources.LineOf(node));
            }
        }
    }

    // x.P = …, or P = … in an object initialiser; not the P of x[P] = ….
    private static bool IsAssigned(SyntaxNode name)
    {
        var target = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        return target.Parent is AssignmentExpressionSyntax assignment && assignment.Left == target;
    }

    // These stand in for the nanoFramework packages; their own namespace is not for the firmware.
    private static bool IsStandIn(ISymbol symbol) =>
        StandIns.Contains(symbol.ContainingAssembly.Name) && symbol.ContainingNamespace?.ToDisplayString().StartsWith("Traxxs.", StringComparison.Ordinal) == false;

    private static IEnumerable<Use> FromAssemblies()
    {
        foreach (var method in FirmwareAssemblies.Methods)
        {
            var component = method.Module.Assembly.Name.Name;
            foreach (var instruction in method.Body.Instructions)
            {
                var id = instruction.Operand switch
                {
                    MethodReference call => IdOf(call),
                    FieldReference field when !FirmwareAssemblies.IsOwn(field.DeclaringType) => $"F:{NameOf(field.DeclaringType)}.{field.Name}",
                    TypeReference type when !FirmwareAssemblies.IsOwn(type) && type is not TypeSpecification => $"T:{NameOf(type)}",
                    _ => null,
                };
                if (id is null) continue;
                var (file, line) = FirmwareAssemblies.PlaceOf(method, instruction);
                yield return new Use(component, NanoApi.OnDevice(id), file, line);
            }
        }
    }

    private static string? IdOf(MethodReference call)
    {
        // Calls on arrays and generics are judged by the subset rules.
        if (call.DeclaringType is TypeSpecification || FirmwareAssemblies.IsOwn(call.DeclaringType)) return null;
        var owner = NameOf(call.DeclaringType);
        var definition = call.Resolve();
        if (definition is { IsConstructor: true, DeclaringType.BaseType.FullName: "System.MulticastDelegate" }) return $"T:{owner}";
        if (definition is { IsSpecialName: true } && definition.DeclaringType.Properties.FirstOrDefault(property => property.GetMethod == definition || property.SetMethod == definition) is { } found)
            return $"P:{owner}.{found.Name}{Arguments(found.Parameters)}{(found.SetMethod == definition ? " set" : "")}";
        if (definition is { IsSpecialName: true } && definition.DeclaringType.Events.FirstOrDefault(candidate => candidate.AddMethod == definition || candidate.RemoveMethod == definition) is { } signal)
            return $"E:{owner}.{signal.Name}";
        var name = call.Name.Replace('.', '#');
        var conversion = call.Name is "op_Implicit" or "op_Explicit" ? $"~{NameOf(call.ReturnType)}" : "";
        return $"M:{owner}.{name}{Arguments(call.Parameters)}{conversion}";
    }

    private static string Arguments(IList<ParameterDefinition> parameters) =>
        parameters.Count == 0 ? "" : $"({string.Join(',', parameters.Select(parameter => NameOf(parameter.ParameterType)))})";

    private static string Arguments(Mono.Collections.Generic.Collection<ParameterDefinition> parameters) => Arguments((IList<ParameterDefinition>)parameters);

    private static string NameOf(TypeReference type) => type switch
    {
        ByReferenceType reference => NameOf(reference.ElementType) + "@",
        ArrayType array => NameOf(array.ElementType) + "[]",
        _ => type.FullName.Replace('/', '.'),
    };
}
