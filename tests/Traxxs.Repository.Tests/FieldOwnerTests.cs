using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Traxxs.Repository.Tests;

/// <summary>
/// The firmware shows what it counts as plain public fields: a property costs the image a hundred bytes more. What the property
/// would have forbidden is forbidden here: such a field is written by its own component alone, in Drivers and Device by its own
/// class. Classes that only carry data for others to fill in are listed.
/// </summary>
[TestClass]
public sealed class FieldOwnerTests
{
    private static readonly string[] Data =
    [
        "Command", "Report", "Move", "GnssFix", "TrackerInputs", "TrackerOutputs", "TrackerProfile", "InsoleParts", "JournalRecord", "DeviceConfig",
    ];

    [TestMethod]
    public void A_public_field_is_written_by_its_owner_alone()
    {
        var findings = new Findings();
        foreach (var model in FirmwareSources.Models.Where(model => model.Compilation.AssemblyName != "Traxxs.Nano.Tests"))
        {
            foreach (var written in model.SyntaxTree.GetRoot().DescendantNodes().SelectMany(Written))
            {
                if (model.GetSymbolInfo(written).Symbol is not IFieldSymbol { IsConst: false, DeclaredAccessibility: Accessibility.Public } field) continue;
                if (!field.ContainingAssembly.Name.StartsWith("Traxxs.", StringComparison.Ordinal) || Data.Contains(field.ContainingType.Name)) continue;
                var writer = model.GetEnclosingSymbol(written.SpanStart)?.ContainingType;
                var shared = field.ContainingAssembly.Name is "Traxxs.Protocol" or "Traxxs.Core" && writer?.ContainingAssembly.Name == field.ContainingAssembly.Name;
                if (!shared && !SymbolEqualityComparer.Default.Equals(writer, field.ContainingType))
                    findings.Add(model.SyntaxTree.FilePath, FirmwareSources.LineOf(written), $"writes {field.ContainingType.Name}.{field.Name}, which is not its own: ask {field.ContainingType.Name} to, or list it as a class that carries data");
            }
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void A_class_listed_as_data_exists()
    {
        var classes = FirmwareSources.Models.SelectMany(model => model.SyntaxTree.GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()).Select(type => type.Identifier.Text).ToHashSet();
        Assert.IsEmpty(Data.Where(name => !classes.Contains(name)).ToList(), "these are gone: take them out");
    }

    private static IEnumerable<ExpressionSyntax> Written(SyntaxNode node) => node switch
    {
        AssignmentExpressionSyntax assignment => [assignment.Left],
        PrefixUnaryExpressionSyntax unary when unary.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression => [unary.Operand],
        PostfixUnaryExpressionSyntax unary when unary.Kind() is SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression => [unary.Operand],
        ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } argument => [argument.Expression],
        _ => [],
    };
}
