using Mono.Cecil;
using Mono.Cecil.Cil;


namespace Traxxs.Image.ByteCode;

/// <summary>
/// The stack that nanoFramework's metadata processor (3.0, CodeWriter.CalculateStackSize) will reserve for a method. It reads the
/// instructions once, in order, and takes the stack for empty after each short branch, so it can fall short of the truth where
/// one leaves values behind. The interpreter does not look while it runs, so the reserve has to be enough.
/// </summary>
internal static class ProcessorStack
{
    /// <summary>Values reserved, by the rule for short branches also where they are long: never more than really.</summary>
    public static int Of(MethodDefinition method)
    {
        var known = new Dictionary<Instruction, int>();
        var (size, max) = (0, 0);
        foreach (var instruction in method.Body.Instructions)
        {
            if (known.TryGetValue(instruction, out var there)) size = there;
            if (instruction.OpCode.Code is Code.Throw or Code.Endfinally or Code.Endfilter or Code.Leave_S or Code.Leave or Code.Br_S or Code.Br)
            {
                size = 0;
                continue;
            }

            size += StackEffect.Pushes(instruction) - StackEffect.Pops(instruction, method);
            if (instruction.Operand is Instruction target) known[target] = Math.Max(known.GetValueOrDefault(target), size);
            max = Math.Max(max, size);
        }

        return max;
    }

    /// <summary>Where the reserve is too small, makes the method begin with as many values as it needs, and take them off again.</summary>
    public static void Ensure(MethodDefinition method)
    {
        if (Suffices(method)) return;
        var code = method.Body.Instructions;
        var depth = new Flow(method).MaxDepth;
        for (var i = 0; i < depth; i++) code.Insert(0, Instruction.Create(OpCodes.Pop));
        for (var i = 0; i < depth; i++) code.Insert(0, Instruction.Create(OpCodes.Ldc_I4_0));
    }

    /// <summary>Whether the reserve is enough.</summary>
    public static bool Suffices(MethodDefinition method) => Of(method) >= new Flow(method).MaxDepth;
}
