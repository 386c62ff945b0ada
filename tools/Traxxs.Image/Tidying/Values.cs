using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image.ByteCode;

namespace Traxxs.Image.Tidying;

/// <summary>Values that are put away to be taken up at once, or never.</summary>
internal static class Values
{
    /// <summary>Works through a method once; says whether anything changed.</summary>
    public static bool Apply(MethodDefinition method)
    {
        var targets = Flow.Targets(method.Body);
        var uses = Count(method.Body);
        var changed = false;
        foreach (var one in method.Body.Instructions)
        {
            changed |= one.OpCode.Code switch
            {
                Code.Stloc => Skip(one, targets, uses) || SkipTwo(one, targets, uses) || Forget(one, uses),
                Code.Pop => Unmake(one, targets),
                Code.Ldloc => StoreBack(one, targets),
                Code.Ldloca => ReadDirectly(one, targets) || WriteDirectly(method, one, targets),
                _ => false,
            };
        }

        return changed;
    }

    private static Dictionary<object, (int Loads, int Stores, int Addresses)> Count(MethodBody body)
    {
        var uses = body.Variables.ToDictionary(local => (object)local, _ => (Loads: 0, Stores: 0, Addresses: 0));
        foreach (var one in body.Instructions.Where(one => one.Operand is VariableDefinition))
        {
            var (loads, stores, addresses) = uses[one.Operand];
            uses[one.Operand] = one.OpCode.Code switch
            {
                Code.Ldloc => (loads + 1, stores, addresses),
                Code.Stloc => (loads, stores + 1, addresses),
                _ => (loads, stores, addresses + 1),
            };
        }

        return uses;
    }

    private static bool Skip(Instruction store, HashSet<Instruction> targets, Dictionary<object, (int Loads, int Stores, int Addresses)> uses)
    {
        if (uses[store.Operand] != (1, 1, 0) || !IsLoadOf(store.Next, store.Operand) || targets.Contains(store.Next)) return false;
        Tidy.Clear(store.Next);
        Tidy.Clear(store);
        return true;
    }

    // Two that lie in the order in which they are wanted.
    private static bool SkipTwo(Instruction store, HashSet<Instruction> targets, Dictionary<object, (int Loads, int Stores, int Addresses)> uses)
    {
        if (store.Next is not { OpCode.Code: Code.Stloc } other || !IsLoadOf(other.Next, other.Operand) || !IsLoadOf(other.Next.Next, store.Operand)) return false;
        var four = new[] { store, other, other.Next, other.Next.Next };
        if (four.Skip(1).Any(targets.Contains) || uses[store.Operand] != (1, 1, 0) || uses[other.Operand] != (1, 1, 0)) return false;
        foreach (var one in four) Tidy.Clear(one);
        return true;
    }

    private static bool Forget(Instruction store, Dictionary<object, (int Loads, int Stores, int Addresses)> uses)
    {
        if (uses[store.Operand] is not (0, _, 0)) return false;
        Tidy.Set(store, OpCodes.Pop, null);
        return true;
    }

    private static bool Unmake(Instruction pop, HashSet<Instruction> targets)
    {
        if (targets.Contains(pop) || pop.Previous is not { } made) return false;
        if (made.OpCode.Code is not (Code.Ldloc or Code.Ldarg or Code.Ldc_I4 or Code.Ldc_I8 or Code.Ldnull or Code.Ldsfld or Code.Dup or Code.Ldloca or Code.Ldarga)) return false;
        Tidy.Clear(made);
        Tidy.Clear(pop);
        return true;
    }

    private static bool StoreBack(Instruction load, HashSet<Instruction> targets)
    {
        if (load.Next is not { OpCode.Code: Code.Stloc } store || store.Operand != load.Operand || targets.Contains(store)) return false;
        Tidy.Clear(store);
        Tidy.Clear(load);
        return true;
    }

    private static bool ReadDirectly(Instruction address, HashSet<Instruction> targets)
    {
        if (address.Next is not { } read || targets.Contains(read) || !IsAccess(read.OpCode.Name, "ldind.", (VariableDefinition)address.Operand)) return false;
        Tidy.Clear(read);
        address.OpCode = OpCodes.Ldloc;
        return true;
    }

    private static bool WriteDirectly(MethodDefinition method, Instruction address, HashSet<Instruction> targets)
    {
        var depth = 1;
        for (var one = address.Next; one is not null; one = one.Next)
        {
            if (targets.Contains(one) || one.OpCode.FlowControl is not (FlowControl.Next or FlowControl.Call)) return false;
            depth -= StackEffect.Pops(one, method);
            if (depth < 1) return depth == 0 && Write(address, one);
            depth += StackEffect.Pushes(one);
        }

        return false;
    }

    private static bool Write(Instruction address, Instruction write)
    {
        if (!IsAccess(write.OpCode.Name, "stind.", (VariableDefinition)address.Operand)) return false;
        Tidy.Set(write, OpCodes.Stloc, address.Operand);
        Tidy.Clear(address);
        return true;
    }

    private static bool IsAccess(string code, string kind, VariableDefinition local) => code.StartsWith(kind, StringComparison.Ordinal) && (code[kind.Length..], local.VariableType.MetadataType) switch
    {
        ("i1" or "u1", MetadataType.Boolean or MetadataType.Byte or MetadataType.SByte) => true,
        ("i2" or "u2", MetadataType.Int16 or MetadataType.UInt16 or MetadataType.Char) => true,
        ("i4" or "u4", MetadataType.Int32 or MetadataType.UInt32) => true,
        ("i8", MetadataType.Int64 or MetadataType.UInt64) => true,
        ("ref", MetadataType.Class or MetadataType.String or MetadataType.Object or MetadataType.Array) => true,
        _ => false,
    };

    private static bool IsLoadOf(Instruction? instruction, object local) => instruction is { OpCode.Code: Code.Ldloc } && instruction.Operand == local;
}
