using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Traxxs.Image.ByteCode;

/// <summary>What code takes in an image: operands that name something are two bytes there.</summary>
internal static class Bytes
{
    /// <summary>A record of a method.</summary>
    public const int MethodRecord = 16;

    /// <summary>Bytes of a method's code, its branches short and its constants and slots in their shortest form.</summary>
    public static int Of(MethodDefinition method) => method.Body.Instructions.Sum(instruction => Of(instruction, method));

    private static int Of(Instruction instruction, MethodDefinition owner) => instruction.OpCode.OperandType switch
    {
        OperandType.InlineNone => instruction.OpCode.Size,
        OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget or OperandType.ShortInlineVar or OperandType.ShortInlineArg => 2,
        OperandType.InlineVar => ((VariableReference)instruction.Operand).Index < 4 && instruction.OpCode.Code != Code.Ldloca ? 1 : 2,
        OperandType.InlineArg => ((ParameterReference)instruction.Operand).Index + (owner.HasThis ? 1 : 0) < 4 && instruction.OpCode.Code == Code.Ldarg ? 1 : 2,
        OperandType.InlineI => (int)instruction.Operand is >= -1 and <= 8 ? 1 : (int)instruction.Operand is >= -128 and <= 127 ? 2 : 5,
        OperandType.ShortInlineI => 2,
        OperandType.ShortInlineR => 5,
        OperandType.InlineI8 or OperandType.InlineR => 9,
        OperandType.InlineSwitch => 2 + 2 * ((Instruction[])instruction.Operand).Length,
        OperandType.InlineTok => 5,
        _ => instruction.OpCode.Size + 2,
    };
}
