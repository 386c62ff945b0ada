using Mono.Cecil;
using Mono.Cecil.Cil;


namespace Traxxs.Image.ByteCode;

/// <summary>
/// The stack that is reserved for a method. nanoFramework's metadata processor (3.0, CodeWriter.CalculateStackSize) and Mono.Cecil,
/// which writes the assembly, read the instructions once, in order, and guess behind a jump, so they can fall short of the truth
/// where one leaves values behind. The interpreter does not look while it runs, so the reserve has to be enough.
/// </summary>
internal static class ProcessorStack
{
    /// <summary>Where the reserve is too small, makes the method begin with as many values as it needs, and take them off again. The code is in its final form.</summary>
    public static void Ensure(MethodDefinition method)
    {
        if (Suffices(method)) return;
        var code = method.Body.Instructions;
        var depth = new Flow(method).MaxDepth;
        for (var i = 0; i < depth; i++) code.Insert(0, Instruction.Create(OpCodes.Pop));
        for (var i = 0; i < depth; i++) code.Insert(0, Instruction.Create(OpCodes.Ldc_I4_0));
    }

    /// <summary>Whether the reserve is enough, whoever reckons it.</summary>
    public static bool Suffices(MethodDefinition method) => Math.Min(Reckon(method, ByProcessor), Reckon(method, ByWriter)) >= new Flow(method).MaxDepth;

    // What is done at a jump: whether its target is noted, and whether the stack counts as empty behind it.
    private static (bool Notes, bool Empties) ByProcessor(Code code) => code switch
    {
        Code.Throw or Code.Endfinally or Code.Endfilter or Code.Leave_S or Code.Leave or Code.Br_S => (false, true),
        Code.Switch => (false, false),
        _ => (true, false),
    };

    private static (bool Notes, bool Empties) ByWriter(Code code) => (true, code is Code.Throw or Code.Rethrow or Code.Ret or Code.Endfinally or Code.Endfilter or Code.Leave_S or Code.Leave or Code.Br_S or Code.Br);

    private static int Reckon(MethodDefinition method, Func<Code, (bool Notes, bool Empties)> rule)
    {
        var known = new Dictionary<Instruction, int>();
        var (size, max) = (0, 0);
        foreach (var instruction in method.Body.Instructions)
        {
            if (known.TryGetValue(instruction, out var there)) size = there;
            var (notes, empties) = rule(instruction.OpCode.Code);
            size += StackEffect.Pushes(instruction) - StackEffect.Pops(instruction, method);
            if (notes) foreach (var target in Targets(instruction)) known[target] = Math.Max(known.GetValueOrDefault(target, size), size);
            max = Math.Max(max, size);
            if (empties) size = 0;
        }

        return max;
    }

    private static Instruction[] Targets(Instruction instruction) => instruction.Operand switch
    {
        Instruction target => [target],
        Instruction[] targets => targets,
        _ => [],
    };
}
