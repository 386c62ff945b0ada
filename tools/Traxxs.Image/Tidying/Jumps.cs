using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image.ByteCode;

namespace Traxxs.Image.Tidying;

/// <summary>Jumps that lead to jumps, to the end, to where control goes anyway, or whose condition is known.</summary>
internal static class Jumps
{
    /// <summary>Works through a method once; says whether anything changed.</summary>
    public static bool Apply(MethodDefinition method)
    {
        var targets = Flow.Targets(method.Body);
        var regions = new Regions(method.Body);
        var isExact = !Floats.In(method);
        var changed = false;
        foreach (var one in method.Body.Instructions)
        {
            changed |= one.OpCode.Code switch
            {
                Code.Br => Shorten(one, regions) || Drop(one),
                Code.Brtrue or Code.Brfalse => Thread(one, regions) || Turn(one, targets) || Fuse(one, targets, isExact),
                Code.Ldc_I4 => Decide(one, regions),
                _ when one.OpCode.FlowControl == FlowControl.Cond_Branch && one.Operand is Instruction => Thread(one, regions),
                _ => false,
            };
        }

        return changed;
    }

    private static bool Drop(Instruction jump)
    {
        if (jump.Operand != jump.Next) return false;
        Tidy.Clear(jump);
        return true;
    }

    // A jump to a return is a return; no return stands inside a region.
    private static bool Shorten(Instruction jump, Regions regions)
    {
        var target = (Instruction)jump.Operand;
        if (target.OpCode.Code != Code.Ret) return Thread(jump, regions);
        Tidy.Set(jump, OpCodes.Ret, null);
        return true;
    }

    private static bool Thread(Instruction jump, Regions regions)
    {
        var target = (Instruction)jump.Operand;
        if (target.OpCode.Code != Code.Br || target.Operand == target || target == jump || target.Operand == jump || !regions.AreSame(jump, (Instruction)target.Operand)) return false;
        jump.Operand = target.Operand;
        return true;
    }

    // if (x) goto A; goto B; A: … → if (!x) goto B; …
    private static bool Turn(Instruction jump, HashSet<Instruction> targets)
    {
        if (jump.Next is not { OpCode.Code: Code.Br } other || jump.Operand != other.Next || targets.Contains(other)) return false;
        Tidy.Set(jump, jump.OpCode.Code == Code.Brtrue ? OpCodes.Brfalse : OpCodes.Brtrue, other.Operand);
        Tidy.Clear(other);
        return true;
    }

    // A constant that is tested or thrown away, here or where the jump behind it leads, is no more than the jump that follows.
    private static bool Decide(Instruction constant, Regions regions)
    {
        var isJump = constant.Next is { OpCode.Code: Code.Br };
        var test = isJump ? (Instruction)constant.Next.Operand : constant.Next;
        var value = (int)constant.Operand;
        var next = test?.OpCode.Code switch
        {
            Code.Pop => test.Next,
            Code.Brtrue => value != 0 ? (Instruction)test.Operand : test.Next,
            Code.Brfalse => value == 0 ? (Instruction)test.Operand : test.Next,
            _ => null,
        };
        if (next is null || !regions.AreSame(constant, next) || !regions.AreSame(constant, test!)) return false;
        Tidy.Set(constant, OpCodes.Br, next);
        return true;
    }

    private static bool Fuse(Instruction jump, HashSet<Instruction> targets, bool isExact)
    {
        var isTrue = jump.OpCode.Code == Code.Brtrue;
        if (targets.Contains(jump) || jump.Previous is not { } test || targets.Contains(test)) return false;
        if (test.OpCode.Code == Code.Ceq && test.Previous is { OpCode.Code: Code.Ldc_I4, Operand: 0 } zero)
        {
            if (targets.Contains(zero)) return false;
            Tidy.Clear(zero);
            Tidy.Clear(test);
            jump.OpCode = isTrue ? OpCodes.Brfalse : OpCodes.Brtrue;
            return true;
        }

        // What is not less is greater or equal, but for what is not a number.
        OpCode? fused = (test.OpCode.Code, isTrue) switch
        {
            (Code.Ceq, true) => OpCodes.Beq,
            (Code.Ceq, false) => OpCodes.Bne_Un,
            (Code.Clt, true) => OpCodes.Blt,
            (Code.Clt_Un, true) => OpCodes.Blt_Un,
            (Code.Cgt, true) => OpCodes.Bgt,
            (Code.Cgt_Un, true) => OpCodes.Bgt_Un,
            (Code.Clt, false) when isExact => OpCodes.Bge,
            (Code.Clt_Un, false) when isExact => OpCodes.Bge_Un,
            (Code.Cgt, false) when isExact => OpCodes.Ble,
            (Code.Cgt_Un, false) when isExact => OpCodes.Ble_Un,
            _ => null,
        };
        // Whether a reference is null is asked by cgt.un: that is no comparison of numbers.
        if (fused is null || (test.OpCode.Code == Code.Cgt_Un && test.Previous?.OpCode.Code == Code.Ldnull)) return false;
        Tidy.Clear(test);
        jump.OpCode = fused.Value;
        return true;
    }
}
