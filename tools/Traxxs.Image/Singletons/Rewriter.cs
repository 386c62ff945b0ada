using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image.Tidying;

namespace Traxxs.Image.Singletons;

/// <summary>Takes the objects of some types off a method's stack.</summary>
internal static class Rewriter
{
    /// <summary>Rewrites one method; its signature and those it calls are changed by others.</summary>
    public static void Rewrite(MethodDefinition method, StackTypes stack, HashSet<TypeDefinition> types)
    {
        var plans = method.Body.Instructions.Where(stack.Reaches).Select(one => (one, Taken: stack.Taken(one), Left: stack.Left(one))).ToList();
        foreach (var (instruction, taken, left) in plans) Rewrite(method.Body, instruction, taken, left, types);
    }

    private static void Rewrite(MethodBody body, Instruction instruction, TypeDefinition?[] taken, TypeDefinition? left, HashSet<TypeDefinition> types)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Ldarg or Code.Ldloc or Code.Ldsfld or Code.Dup when left is not null:
            case Code.Stloc or Code.Starg or Code.Stsfld or Code.Pop when taken[0] is not null:
                Tidy.Clear(instruction);
                break;
            case Code.Ldfld or Code.Ldflda:
                Load(instruction, taken[0] is not null, left is not null);
                break;
            case Code.Stfld:
                Store(instruction, taken[0] is not null, taken[1] is not null);
                break;
            case Code.Newobj when left is not null:
                instruction.OpCode = OpCodes.Call;
                break;
            case Code.Newobj when taken.Length > 0 && taken[0] is not null && StackTypes.IsDelegate(instruction):
                body.Instructions.Insert(body.Instructions.IndexOf(instruction.Previous), Instruction.Create(OpCodes.Ldnull));
                break;
            case Code.Callvirt when types.Contains(((MethodReference)instruction.Operand).DeclaringType):
                instruction.OpCode = OpCodes.Call;
                break;
        }
    }

    private static void Load(Instruction load, bool isGone, bool isGoing)
    {
        if (isGone && isGoing) Tidy.Clear(load);
        else if (isGoing) Tidy.Set(load, OpCodes.Pop, null);
        else if (isGone) load.OpCode = load.OpCode.Code == Code.Ldfld ? OpCodes.Ldsfld : OpCodes.Ldsflda;
    }

    private static void Store(Instruction store, bool isGone, bool isGoing)
    {
        if (isGone && isGoing) Tidy.Clear(store);
        else if (isGoing) Tidy.Set(store, OpCodes.Pop, null);
        else if (isGone) store.OpCode = OpCodes.Stsfld;
    }
}
