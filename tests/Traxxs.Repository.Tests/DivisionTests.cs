using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Traxxs.Repository.Tests;

/// <summary>
/// On the device a division by zero throws a plain exception, in floating point too. So every divisor is shown not to be
/// zero where a reader can see it: a constant other than zero; an expression that ends in <c>| constant</c> or adds a
/// constant above zero to an unsigned or counted value; a name that is compared with something in the same member (for a
/// field or property: in the same type, its constructor say); or a comment in the same type that says <c>x is never 0</c>, <c>x &gt;= 1</c> or <c>x is at least 1</c>, and why.
/// It is a rule for the eye: it sees that a comparison is there, not that it is right.
/// </summary>
[TestClass]
public sealed class DivisionTests
{
    [TestMethod]
    public void Every_divisor_is_guarded()
    {
        var findings = new Findings();
        foreach (var model in FirmwareSources.Models)
        {
            var root = model.SyntaxTree.GetRoot();
            foreach (var (node, divisor) in Divisions(root))
            {
                if (IsExcused(node, divisor)) continue;
                if (IsSafe(model, divisor)) continue;
                findings.Add(model.SyntaxTree.FilePath, FirmwareSources.LineOf(node), $"divides by '{divisor}', which nothing here keeps from being 0: compare it first, or say '// {divisor} is never 0: why'");
            }
        }

        findings.AssertNone();
    }

    private static IEnumerable<(SyntaxNode Node, ExpressionSyntax Divisor)> Divisions(SyntaxNode root)
    {
        foreach (var node in root.DescendantNodes())
        {
            if (node is BinaryExpressionSyntax binary && binary.Kind() is SyntaxKind.DivideExpression or SyntaxKind.ModuloExpression)
                yield return (node, ((BinaryExpressionSyntax)node).Right);
            if (node is AssignmentExpressionSyntax assignment && assignment.Kind() is SyntaxKind.DivideAssignmentExpression or SyntaxKind.ModuloAssignmentExpression)
                yield return (node, ((AssignmentExpressionSyntax)node).Right);
        }
    }

    private static bool IsExcused(SyntaxNode node, ExpressionSyntax divisor) =>
        node.FirstAncestorOrSelf<TypeDeclarationSyntax>()!.DescendantTrivia()
            .Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia)
                && Regex.IsMatch(trivia.ToString(), $@"(?<!\w){Regex.Escape(divisor.ToString())} (is never 0\b|>= [1-9]|is at least [1-9])"));

    private static bool IsSafe(SemanticModel model, ExpressionSyntax divisor)
    {
        while (true)
        {
            if (divisor is ParenthesizedExpressionSyntax parenthesized) divisor = parenthesized.Expression;
            else if (divisor is CastExpressionSyntax cast && !model.GetConstantValue(divisor).HasValue) divisor = cast.Expression;
            else break;
        }

        var constant = model.GetConstantValue(divisor);
        if (constant.HasValue) return Convert.ToDouble(constant.Value, System.Globalization.CultureInfo.InvariantCulture) != 0;
        if (divisor is ConditionalExpressionSyntax choice) return IsSafe(model, choice.WhenTrue) && IsSafe(model, choice.WhenFalse);
        if (divisor is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.BitwiseOrExpression } or) return IsSafe(model, or.Left) || IsSafe(model, or.Right);
        if (divisor is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum && (IsPositive(model, sum.Left) || IsPositive(model, sum.Right))) return true;
        if (divisor is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.MultiplyExpression } product) return IsSafe(model, product.Left) && IsSafe(model, product.Right);
        if (divisor is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LeftShiftExpression } shift) return IsSafe(model, shift.Left);
        return model.GetSymbolInfo(divisor).Symbol is { } symbol && IsCompared(model, divisor, symbol);
    }

    private static bool IsPositive(SemanticModel model, ExpressionSyntax expression) =>
        model.GetConstantValue(expression) is { HasValue: true } constant && Convert.ToDouble(constant.Value, System.Globalization.CultureInfo.InvariantCulture) > 0;

    private static bool IsCompared(SemanticModel model, ExpressionSyntax divisor, ISymbol symbol)
    {
        SyntaxNode? scope = symbol is IFieldSymbol or IPropertySymbol
            ? divisor.FirstAncestorOrSelf<TypeDeclarationSyntax>()
            : divisor.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        return scope is not null && scope.DescendantNodes().OfType<BinaryExpressionSyntax>()
            .Where(node => node.Kind() is SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression or SyntaxKind.LessThanExpression
                or SyntaxKind.LessThanOrEqualExpression or SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression)
            .Any(node => Names(model, node.Left, symbol) || Names(model, node.Right, symbol));
    }

    private static bool Names(SemanticModel model, ExpressionSyntax expression, ISymbol symbol) =>
        SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(expression).Symbol, symbol);
}
