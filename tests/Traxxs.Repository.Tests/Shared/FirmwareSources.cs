using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Traxxs.Repository.Tests;

/// <summary>The firmware's sources as the compiler sees them: one compilation a component, at the device's language version.</summary>
internal static class FirmwareSources
{
    private static readonly Lazy<IReadOnlyList<SemanticModel>> All = new(Compile);

    /// <summary>A model for each source file.</summary>
    public static IReadOnlyList<SemanticModel> Models => All.Value;

    /// <summary>Where a type, or a member of it, is declared: for code that left no symbols.</summary>
    public static (string File, int Line)? FindDeclaration(string typeName, string? memberName)
    {
        foreach (var path in Repository.FilesBelow("firmware", ".cs"))
        {
            var types = CSharpSyntaxTree.ParseText(File.ReadAllText(path), path: path).GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>();
            if (types.FirstOrDefault(type => type.Identifier.Text == typeName) is not { } found) continue;
            var member = found.DescendantNodes().OfType<MethodDeclarationSyntax>().FirstOrDefault(method => method.Identifier.Text == memberName);
            return (path, LineOf((SyntaxNode?)member ?? found));
        }

        return null;
    }

    /// <summary>1-based line of a node.</summary>
    public static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    private static IReadOnlyList<SemanticModel> Compile()
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Traxxs.", StringComparison.Ordinal))
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path));
        var references = platform.Concat(UsedApi.StandIns.Select(name => MetadataReference.CreateFromFile(Path.Combine(AppContext.BaseDirectory, name + ".dll")))).ToList();
        var options = new CSharpParseOptions(LanguageVersion.CSharp9, preprocessorSymbols: ["DEBUG", "TRACE"]);
        var models = new List<SemanticModel>();
        foreach (var component in Projects.OnInterpreter)
        {
            var trees = Repository.FilesBelow(Projects.FolderOf(component), ".cs").Order(StringComparer.Ordinal)
                .Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), options, path)).ToList();
            var compilation = CSharpCompilation.Create($"Traxxs.{component}", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
            var error = compilation.GetDiagnostics().FirstOrDefault(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
            if (error is not null) throw new InvalidOperationException($"{Projects.FolderOf(component)} does not compile as C# 9: {error}");
            references.Add(compilation.ToMetadataReference());
            models.AddRange(trees.Select(tree => compilation.GetSemanticModel(tree)));
        }

        return models;
    }
}
