using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Traxxs.Image.Tidying;

/// <summary>Takes out of constructors what does nothing: the call of Object's own, which has no code.</summary>
internal static class Constructors
{
    /// <summary>One method, without short forms.</summary>
    public static void Shorten(MethodDefinition method)
    {
        if (!method.IsConstructor || method.IsStatic) return;
        foreach (var call in method.Body.Instructions.Where(one => one.OpCode.Code == Code.Call && IsObject((MethodReference)one.Operand)))
        {
            if (call.Previous is not { OpCode.Code: Code.Ldarg } self) continue;
            Tidy.Clear(self);
            Tidy.Clear(call);
        }
    }

    private static bool IsObject(MethodReference called) => called.Name == ".ctor" && called.DeclaringType.FullName == "System.Object";
}
