using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Traxxs.Repository.Tests;

/// <summary>
/// Follows the sign of every integer through a method as the device's interpreter does: a value on its stack carries the
/// type it was made with, and <c>(int)</c> of a <c>uint</c> compiles to nothing, so that it stays unsigned. Only a typed
/// place (local, field, element) gives a value its declared sign again; an argument or a result does not. <c>&gt;&gt;</c>,
/// <c>%</c> and widening go by the carried sign, all else by the instruction. Seen on the interpreter, 1.17:
/// <c>(int)(5u - 12u) &gt;&gt; 31</c> is 1, <c>% 4</c> is 1, <c>(long)</c> is 4294967289.
/// </summary>
internal sealed class Signs
{
    private readonly MethodDefinition _method;
    private readonly Action<Instruction, string> _report;
    private readonly Dictionary<Instruction, List<Sign>> _arriving = [];

    private Signs(MethodDefinition method, Action<Instruction, string> report)
    {
        _method = method;
        _report = report;
    }

    private enum Sign
    {
        Other,
        Signed,

        /// <summary>An unsigned number just widened to 64 bits: not below 0, and so the same either way, until something is done with it.</summary>
        Widened,
        Unsigned,
    }

    /// <summary>Reports each place where a value that is unsigned on the device is used as a signed one.</summary>
    public static void Check(MethodDefinition method, Action<Instruction, string> report) => new Signs(method, report).Walk();

    private void Walk()
    {
        var open = new Stack<Instruction>();
        void Arrive(Instruction at, List<Sign> stack)
        {
            var known = _arriving.GetValueOrDefault(at);
            var merged = known is null ? [.. stack] : Merge(known, stack);
            if (known is not null && known.SequenceEqual(merged)) return;
            _arriving[at] = merged;
            open.Push(at);
        }

        Arrive(_method.Body.Instructions[0], []);
        foreach (var handler in _method.Body.ExceptionHandlers) Arrive(handler.HandlerStart, handler.HandlerType is ExceptionHandlerType.Catch ? [Sign.Other] : []);
        while (open.TryPop(out var instruction))
        {
            List<Sign> stack = [.. _arriving[instruction]];
            Step(instruction, stack, (_, _) => { });
            foreach (var next in Next(instruction)) Arrive(next, stack);
        }

        foreach (var (instruction, stack) in _arriving.OrderBy(pair => pair.Key.Offset)) Step(instruction, [.. stack], _report);
    }

    private static List<Sign> Merge(List<Sign> one, List<Sign> other) =>
        [.. one.Zip(other, (a, b) => a > b ? a : b)];

    private static IEnumerable<Instruction> Next(Instruction instruction)
    {
        if (instruction.Operand is Instruction target) yield return target;
        if (instruction.Operand is Instruction[] targets) foreach (var one in targets) yield return one;
        if (instruction.OpCode.FlowControl is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw) && instruction.Next is not null) yield return instruction.Next;
    }

    private void Step(Instruction instruction, List<Sign> stack, Action<Instruction, string> report)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Dup:
                stack.Add(stack[^1]);
                return;
            case Code.Shr:
            case Code.Rem:
                if (stack[^2] == Sign.Unsigned) report(instruction, instruction.OpCode.Code == Code.Shr ? "'>>'" : "'%'");
                break;
            case Code.Conv_I8:
            case Code.Conv_R4:
            case Code.Conv_R8:
                if (stack[^1] == Sign.Unsigned) report(instruction, "widening");
                break;
            case Code.Ret:
                if (stack.Count > 0 && stack[^1] == Sign.Unsigned && SignOf(_method.ReturnType) == Sign.Signed) report(instruction, "the caller, as a result");
                break;
            case Code.Call:
            case Code.Callvirt:
            case Code.Newobj:
                Call(instruction, (MethodReference)instruction.Operand, stack, report);
                return;
        }

        var left = Pops(instruction, stack.Count) is 1 or 2 ? stack[^Pops(instruction, stack.Count)] : Sign.Other;
        stack.RemoveRange(stack.Count - Pops(instruction, stack.Count), Pops(instruction, stack.Count));
        for (var i = 0; i < Pushes(instruction); i++) stack.Add(Result(instruction, left));
    }

    private void Call(Instruction instruction, MethodReference callee, List<Sign> stack, Action<Instruction, string> report)
    {
        var first = stack.Count - callee.Parameters.Count;
        for (var i = 0; i < callee.Parameters.Count; i++)
        {
            if (stack[first + i] == Sign.Unsigned && SignOf(callee.Parameters[i].ParameterType) == Sign.Signed) report(instruction, $"{callee.Name}, as an argument");
        }

        var popped = callee.Parameters.Count + (callee.HasThis && instruction.OpCode.Code != Code.Newobj ? 1 : 0);
        stack.RemoveRange(stack.Count - popped, popped);
        if (instruction.OpCode.Code == Code.Newobj) stack.Add(Sign.Other);
        else if (callee.ReturnType.MetadataType != MetadataType.Void) stack.Add(SignOf(callee.ReturnType));
    }

    private Sign Result(Instruction instruction, Sign left) => instruction.OpCode.Code switch
    {
        Code.Add or Code.Sub or Code.Mul or Code.Div or Code.Div_Un or Code.Rem or Code.Rem_Un or Code.And or Code.Or or Code.Xor
            or Code.Shl or Code.Shr or Code.Shr_Un or Code.Neg or Code.Not => left == Sign.Widened ? AfterWidening(instruction) : left,
        Code.Conv_U8 => Sign.Widened,
        Code.Conv_U4 or Code.Conv_U => Sign.Unsigned,
        Code.Ldelem_U4 => Sign.Unsigned,
        Code.Ldind_U4 => Sign.Unsigned,
        Code.Ldarg or Code.Ldarg_S => SignOf(((ParameterDefinition)instruction.Operand).ParameterType),
        Code.Ldarg_0 or Code.Ldarg_1 or Code.Ldarg_2 or Code.Ldarg_3 => SignOf(ArgumentType(instruction.OpCode.Code - Code.Ldarg_0)),
        Code.Ldloc or Code.Ldloc_S => SignOf(((VariableDefinition)instruction.Operand).VariableType),
        Code.Ldloc_0 or Code.Ldloc_1 or Code.Ldloc_2 or Code.Ldloc_3 => SignOf(_method.Body.Variables[instruction.OpCode.Code - Code.Ldloc_0].VariableType),
        Code.Ldfld or Code.Ldsfld => SignOf(((FieldReference)instruction.Operand).FieldType),
        Code.Ldobj or Code.Ldelem_Any or Code.Unbox_Any => SignOf((TypeReference)instruction.Operand),
        Code.Conv_I4 or Code.Conv_I8 or Code.Ldc_I8 => Sign.Signed,
        _ => Sign.Other,
    };

    // Fewer bits, a quotient or a remainder of what is not below 0 is not below 0; a difference may be.
    private static Sign AfterWidening(Instruction instruction) =>
        instruction.OpCode.Code is Code.And or Code.Div or Code.Div_Un or Code.Rem or Code.Rem_Un or Code.Shr or Code.Shr_Un ? Sign.Widened : Sign.Unsigned;

    private TypeReference? ArgumentType(int index)
    {
        if (_method.HasThis) index--;
        return index < 0 ? null : _method.Parameters[index].ParameterType;
    }

    // Narrower types are promoted to int when they are loaded.
    private static Sign SignOf(TypeReference? type) => (type?.Resolve() is { IsEnum: true } definition ? definition.Fields.First(field => !field.IsStatic).FieldType : type)?.MetadataType switch
    {
        MetadataType.UInt32 or MetadataType.UInt64 => Sign.Unsigned,
        MetadataType.Int32 or MetadataType.Int64 => Sign.Signed,
        _ => Sign.Other,
    };

    private int Pops(Instruction instruction, int depth) => instruction.OpCode.StackBehaviourPop switch
    {
        StackBehaviour.Pop0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr4
            or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
        StackBehaviour.Popi_popi_popi or StackBehaviour.Popref_popi_popi or StackBehaviour.Popref_popi_popi8 or StackBehaviour.Popref_popi_popr4
            or StackBehaviour.Popref_popi_popr8 or StackBehaviour.Popref_popi_popref => 3,
        StackBehaviour.PopAll => depth,
        StackBehaviour.Varpop => _method.ReturnType.MetadataType == MetadataType.Void ? 0 : 1, // ret; calls are taken apart above
        _ => throw new NotSupportedException(instruction.ToString()),
    };

    private static int Pushes(Instruction instruction) => instruction.OpCode.StackBehaviourPush switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1_push1 => 2,
        _ => 1,
    };
}
