using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Mono.Cecil;
using Traxxs.Image;

namespace Traxxs.Repository.Tests;

/// <summary>What is done to code for a small image, each in a small program: it says the same afterwards, and what was to go is gone.</summary>
[TestClass]
public sealed class ImagePassTests
{
    [TestMethod]
    [DataRow("called once", "static int Twice(int x) { int y = x + x; return y; } static void Main() { Say(Twice(4)); }", "Twice")]
    [DataRow("argument used twice", "static int Square(int x) => x * x; static int _n; static int Next() => ++_n + 2; static void Main() { Say(Square(Next())); Say(_n); }", "Square")]
    [DataRow("argument written to", "static int Count(int n) { int i = 0; while (n > 0) { n /= 2; i++; } return i; } static void Main() { int n = 40; Say(Count(n)); Say(n); }", "Count")]
    [DataRow("order of arguments", "static int _n; static int Next() => _n = _n * 3 + 1; static int Mix(int a, int b, int c) => c * 100 + b * 10 - a; static void Main() { Say(Mix(Next(), 5, Next())); }", "Mix")]
    [DataRow("a variable that changes between", "static int Minus(int a, int b) => a - b; static void Main() { int x = 9; Say(Minus(x, x = 4)); Say(x); }", "Minus")]
    [DataRow("inside an expression", "static int Sign(int x) { if (x < 0) return -1; return x > 0 ? 1 : 0; } static void Main() { for (int i = -1; i < 2; i++) Say(7 + 3 * Sign(i)); }", "Sign")]
    [DataRow("a loop inside an expression", "static int Find(int n) { for (int i = 0; i < n; i++) { if (i * i > n) return i > 5 ? i : -i; } return -1; } static int Six(int a, int b, int c, int d, int e, int f) => a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6; static void Main() { int x = 3; Say(Six(x, x + 1, x + 2, Find(40), x + 3, x + 4)); }", "Find")]
    [DataRow("in a loop, beginning anew each time", "static int Sum(int n) { int s = 0; for (int i = 0; i <= n; i++) s += i; return s; } static void Main() { for (int i = 0; i < 4; i++) Say(Sum(i)); }", "Sum")]
    [DataRow("out", "static bool TryHalf(int x, out int half) { half = 0; if ((x & 1) != 0) return false; half = x / 2; return true; } static void Main() { for (int i = 5; i < 7; i++) { int h; if (TryHalf(i, out h)) Say(h); else Say(-1); } }", "TryHalf")]
    [DataRow("one value for two arguments", "static int Mix(int a, int b) => a * 10 + b; static int _n; static void Main() { int x = _n = 7; Say(Mix(x, x)); Say(Mix(_n = 4, _n)); Say(Mix(Say2(_n), _n += 2)); } static int Say2(int x) { Say(x); return x; }", "Mix")]
    [DataRow("narrow types", "static int Low(byte b, sbyte s, ushort u) => b + s * 1000 + u; static void Main() { int x = 300; Say(Low((byte)x, (sbyte)(x + 100), (ushort)(x * 300))); }", "Low")]
    [DataRow("handlers", "static int Guard(int x) { try { if (x == 1) throw new System.Exception(); return x; } catch (System.Exception) { return -5; } finally { Say(x); } } static void Main() { for (int i = 0; i < 3; i++) Say(Guard(i)); }", "Guard")]
    [DataRow("called within a handler", "static void Main() { try { Fail(3); } catch (System.Exception e) { Say(e.Message.Length); } } static void Fail(int n) { if (n > 2) throw new System.Exception(new string('x', n)); Say(n); }", "Fail")]
    [DataRow("one implementation", "interface IPort { int Read(int x); } sealed class Port : IPort { public int Read(int x) => x + 1; } static void Main() { IPort port = new Port(); Say(port.Read(3)); }", "Read")]
    [DataRow("an object made once", "sealed class Meter { int _sum; readonly Meter2 _other = new Meter2(); public void Add(int x) { _sum += x; _other.Last = x; Say(_sum + _other.Last); } } sealed class Meter2 { public int Last; } static void Main() { Meter m = new Meter(); for (int i = 0; i < 3; i++) m.Add(i); }", "Add")]
    public void A_program_says_the_same_and_is_shorter(string what, string code, string gone)
    {
        using var before = Compile(code);
        var expected = Run(Bytes(before));
        using var main = Compile(code);

        var (image, _) = DeviceImage.Shrink(main, [], DeviceImage.IsEntryPoint);

        Assert.AreEqual(expected, Run(Bytes(image)), what);
        Assert.IsLessThan(expected.Length, 0, "it says something");
        var kept = image.GetTypes().SelectMany(type => type.Methods).Count(method => method.HasBody);
        Assert.IsLessThan(before.GetTypes().SelectMany(type => type.Methods).Count(method => method.HasBody), kept, $"{gone} is gone");
    }

    [TestMethod]
    [DataRow("made in a loop", "for (int i = 0; i < 3; i++) { Thing t = new Thing(i); Say(t.Value + t.Before); }")]
    [DataRow("made in two places", "Thing a = new Thing(1); Thing b = new Thing(2); Say(a.Value * 10 + b.Value);")]
    [DataRow("compared", "Thing a = new Thing(1); object b = new object(); Say(a == b ? 1 : 2); Say(a.Value);")]
    [DataRow("not there yet", "Say(_kept == null ? 1 : 2); _kept = new Thing(4); Say(_kept == null ? 1 : 2); Say(_kept.Value);")]
    [DataRow("given away", "object a = new Thing(1); System.Collections.ArrayList all = new System.Collections.ArrayList(); all.Add(a); Say(((Thing)all[0]).Value);")]
    [DataRow("in an array", "Thing[] all = new Thing[2]; all[1] = new Thing(3); Say(all[1].Value);")]
    [DataRow("by reference", "Thing a = null; Make(ref a); Say(a.Value);")]
    public void An_object_that_is_more_than_its_members_stays_one(string what, string body)
    {
        var code = $"static Thing _kept; static void Make(ref Thing t) {{ t = new Thing(7); }} sealed class Thing {{ public int Value; public int Before; public Thing(int value) {{ Before = Value; Value = value; }} }} static void Main() {{ {body} }}";
        using var before = Compile(code);
        var expected = Run(Bytes(before));
        using var main = Compile(code);
        var (image, _) = DeviceImage.Shrink(main, [], DeviceImage.IsEntryPoint);
        Assert.AreEqual(expected, Run(Bytes(image)), what);
        Assert.IsTrue(image.GetTypes().Any(type => type.Fields.Any(field => !field.IsStatic)), $"{what}: its fields are still an object's");
    }

    [TestMethod]
    public void A_thread_of_an_object_made_once_runs_its_method()
    {
        const string Code = "sealed class Worker { int _n = 3; public void Go() { System.Threading.Thread t = new System.Threading.Thread(Loop); t.Start(); t.Join(); Say(_n); } void Loop() { _n *= 5; } } static void Main() { new Worker().Go(); }";
        using var main = Compile(Code);
        var (image, _) = DeviceImage.Shrink(main, [], DeviceImage.IsEntryPoint);
        Assert.AreEqual("15;", Run(Bytes(image)));
        Assert.IsFalse(image.GetTypes().Any(type => type.Fields.Any(field => !field.IsStatic)), "the object is gone");
    }

    private static ModuleDefinition Compile(string code)
    {
        var tree = CSharpSyntaxTree.ParseText($"public static class P {{ public static string Said = \"\"; static void Say(int x) {{ Said = string.Concat(Said, x.ToString(), \";\"); }} {code} }}");
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Threading.Thread.dll" or "System.Collections.NonGeneric.dll" or "System.Threading.dll")
            .Select(file => MetadataReference.CreateFromFile(file));
        var options = new CSharpCompilationOptions(OutputKind.ConsoleApplication).WithOptimizationLevel(OptimizationLevel.Release);
        return OptimisedAssemblies.Of(CSharpCompilation.Create("program", [tree], references, options));
    }

    // What it said is the one text that it keeps.
    private static string Run(MemoryStream program)
    {
        var assembly = new AssemblyLoadContext("program", isCollectible: true).LoadFromStream(program);
        assembly.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null);
        return (string)assembly.GetTypes().SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)).Single(field => field.FieldType == typeof(string)).GetValue(null)!;
    }

    private static MemoryStream Bytes(ModuleDefinition module)
    {
        var stream = new MemoryStream();
        module.Write(stream);
        stream.Position = 0;
        return stream;
    }
}
