using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Traxxs.Repository.Tests;

/// <summary>The firmware as the device gets it: the project system compiles in Release with the optimiser on, which changes locals, branches and sizes.</summary>
internal static class OptimisedAssemblies
{
    /// <summary>One module a component, in order of dependence; the caller disposes of them.</summary>
    public static IEnumerable<ModuleDefinition> All => FirmwareSources.Models.Select(model => model.Compilation).Distinct().Select(Of);

    /// <summary>What the optimiser makes of one compilation, with symbols.</summary>
    public static ModuleDefinition Of(Compilation compilation)
    {
        var (image, symbols) = (new MemoryStream(), new MemoryStream());
        var optimised = compilation.WithOptions(((CSharpCompilationOptions)compilation.Options).WithOptimizationLevel(OptimizationLevel.Release));
        foreach (var tree in optimised.SyntaxTrees.Where(tree => tree.Encoding is null).ToList())
            optimised = optimised.ReplaceSyntaxTree(tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(tree.ToString(), System.Text.Encoding.UTF8)));
        var result = optimised.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        Assert.IsTrue(result.Success, string.Join('\n', result.Diagnostics));
        (image.Position, symbols.Position) = (0, 0);
        return ModuleDefinition.ReadModule(image, new ReaderParameters { ReadSymbols = true, SymbolStream = symbols, SymbolReaderProvider = new PortablePdbReaderProvider() });
    }
}
