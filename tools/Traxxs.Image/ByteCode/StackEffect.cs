using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Traxxs.Image.ByteCode;

/// <summary>What an instruction takes from the evaluation stack and leaves there (ECMA-335 III).</summary>
internal static class StackEffect
{
    /// <summary>Values taken. An instruction that empties the stack (leave, throw) takes what it needs alone.</summary>
    public static int Pops(Instruction instruction, MethodDefinition owner) => instruction.OpCode.StackBehaviourPop switch
    {
        StackBehaviour.Pop0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr4
            or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
        StackBehaviour.PopAll => 0,
        StackBehaviour.Varpop => VariablePops(instruction, owner),
        _ => 3,
    };

    /// <summary>Values left.</summary>
    public static int Pushes(Instruction instruction) => instruction.OpCode.StackBehaviourPush switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1_push1 => 2,
        StackBehaviour.Varpush => IsVoid(((MethodReference)instruction.Operand).ReturnType) ? 0 : 1,
        _ => 1,
    };

    /// <summary>Whether a type is that of no value.</summary>
    public static bool IsVoid(TypeReference type) => type.MetadataType == MetadataType.Void;

    /// <summary>Arguments of a method, the object it is called on among them.</summary>
    public static int Arguments(MethodReference method) => method.Parameters.Count + (method.HasThis ? 1 : 0);

    private static int VariablePops(Instruction instruction, MethodDefinition owner)
    {
        if (instruction.OpCode.Code == Code.Ret) return IsVoid(owner.ReturnType) ? 0 : 1;
        var method = (MethodReference)instruction.Operand;
        return instruction.OpCode.Code == Code.Newobj ? method.Parameters.Count : Arguments(method);
    }
}
