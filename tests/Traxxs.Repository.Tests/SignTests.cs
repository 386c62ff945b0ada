using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Traxxs.Repository.Tests;

/// <summary>What is unsigned on the device's stack is not used as a signed number: see <see cref="Signs"/>.</summary>
[TestClass]
public sealed class SignTests
{
    [TestMethod]
    public void No_unsigned_value_is_used_as_a_signed_one()
    {
        // As the device gets it: the optimiser takes locals away that would have given a value its sign again.
        var findings = new Findings();
        foreach (var loaded in OptimisedAssemblies.All)
        {
            using var module = loaded;
            foreach (var method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
            {
                Signs.Check(method, (instruction, use) =>
                {
                    var (file, line) = FirmwareAssemblies.PlaceOf(method, instruction);
                    findings.Add(file, line, $"in {method.Name} a number that is still unsigned on the device is used as a signed one by {use}: cast it by way of long, (int)(long)x, or store it in a field first");
                });
            }
        }

        findings.AssertNone();
    }

    [TestMethod]
    [DataRow("int F(uint a, uint b) => (int)(a - b) >> 31;", true)]
    [DataRow("int F(uint a, uint b) => (int)(a - b) % 4;", true)]
    [DataRow("long F(uint a, uint b) => (int)(a - b);", true)]
    [DataRow("int F(uint a, uint b) => (int)(a - b);", true)]
    [DataRow("int F(uint a, uint b) { int c = (int)(a - b); return c >> 1; }", true)]
    [DataRow("int F(uint a) => G(a > 5 ? (int)a : 0); int G(int x) => x;", true)]
    [DataRow("int F(uint a, uint b) => (int)(long)(a - b) >> 31;", false)]
    [DataRow("long F(uint a) => (a - 20L) >> 1;", true)]
    [DataRow("long F(ulong a) => (long)a;", true)]
    [DataRow("long F(uint a) => (-20L + a) >> 1;", false)]
    [DataRow("long F(uint a) => a;", false)]
    [DataRow("int F(uint a, uint b) { int c = 0; while (c < 9) c += (int)(a - b); return c >> 1; }", false)]
    [DataRow("int _c; int F(uint a, uint b) { _c = (int)(a - b); return _c >> 1; }", false)]
    [DataRow("bool F(uint a, uint b) => (int)(a - b) < 0;", false)]
    [DataRow("uint F(int a) => (uint)a >> 3;", false)]
    [DataRow("int F(byte a, ushort b) => (a - b) >> 3;", false)]
    public void The_rule_finds_what_it_is_for(string code, bool isFound)
    {
        var tree = CSharpSyntaxTree.ParseText($"class C {{ {code} }}");
        var reference = MetadataReference.CreateFromFile(typeof(object).Assembly.Location);
        using var module = OptimisedAssemblies.Of(CSharpCompilation.Create("signs", [tree], [reference], new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)));
        var found = 0;
        foreach (var method in module.GetTypes().SelectMany(type => type.Methods)) Signs.Check(method, (_, _) => found++);
        Assert.AreEqual(isFound, found > 0);
    }
}
