using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Traxxs.Repository.Tests;

/// <summary>The public surface of what stands in for the device's assemblies, in the device's namespaces.</summary>
internal static class NanoHostApi
{
    /// <summary>Documentation id of each public member, and a file to name in a message.</summary>
    public static IEnumerable<(string Id, string File)> Members(string standIn)
    {
        var path = Path.Combine(AppContext.BaseDirectory, standIn + ".dll");
        var reference = MetadataReference.CreateFromFile(path);
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create("surface", references: [.. platform.Where(file => Path.GetFileName(file.FilePath) != standIn + ".dll"), reference]);
        var assembly = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(reference)!;
        return Walk(assembly.GlobalNamespace).Select(symbol => (Describe(symbol), standIn));
    }

    private static IEnumerable<ISymbol> Walk(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers())
        {
            if (member is INamespaceSymbol inner)
            {
                if (inner.ToDisplayString() is "Traxxs" || inner.Name.StartsWith('<')) continue;
                foreach (var symbol in Walk(inner)) yield return symbol;
            }
            else if (member is INamedTypeSymbol { DeclaredAccessibility: Accessibility.Public } type)
            {
                yield return type;
                if (type.TypeKind == TypeKind.Delegate) continue;
                foreach (var symbol in Walk(type)) yield return symbol;
            }
            else if (member.DeclaredAccessibility == Accessibility.Public && !IsImplied(member))
            {
                yield return member;
            }
        }
    }

    // Accessors come with their property; a struct's parameterless constructor and a class's implied one with the type; an
    // enum's value__ with the enum.
    private static bool IsImplied(ISymbol member) =>
        member is IMethodSymbol { AssociatedSymbol: not null }
        || member is IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.Length: 0 }
        || member is IFieldSymbol { Name: "value__" };

    private static string Describe(ISymbol symbol)
    {
        var id = symbol.GetDocumentationCommentId()!;
        return symbol is IPropertySymbol { SetMethod.DeclaredAccessibility: Accessibility.Public } ? id + " set" : id;
    }
}
