using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image.ByteCode;

namespace Traxxs.Image.Inlining;

/// <summary>
/// Whether a method gives each local a value before it reads it. A frame begins with zeros, the place in another method does
/// not, where that comes by for a second time. The language demands it, so a method that does not is one the compiler made.
/// </summary>
internal static class Assigned
{
    /// <summary>True where no way reads a local first. One whose address goes out is filled by whoever gets it, as the language demands.</summary>
    public static bool BeforeUse(MethodDefinition method) => !method.Body.HasVariables || new Liveness(method.Body).AtStart.All(local => IsPassed(method, local));

    private static bool IsPassed(MethodDefinition method, VariableDefinition local) => method.Body.Instructions.Any(one => one.OpCode.Code == Code.Ldloca && one.Operand == local);
}
