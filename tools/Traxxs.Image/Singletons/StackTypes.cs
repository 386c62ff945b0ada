using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image.ByteCode;

namespace Traxxs.Image.Singletons;

/// <summary>Where on a method's stack the objects of some types lie, before each instruction that can be reached.</summary>
internal sealed class StackTypes
{
    private readonly MethodDefinition _method;
    private readonly HashSet<TypeDefinition> _types;
    private readonly Action<TypeDefinition> _refuse;
    private readonly Dictionary<Instruction, TypeDefinition?[]> _before = [];
    private readonly Stack<Instruction> _open = [];

    /// <summary>Follows a method. What is done with such an object that is no use of a member of its own is told to <paramref name="refuse"/>.</summary>
    public StackTypes(MethodDefinition method, HashSet<TypeDefinition> types, Action<TypeDefinition> refuse)
    {
        (_method, _types, _refuse) = (method, types, refuse);
        Visit(method.Body.Instructions[0], []);
        foreach (var handler in method.Body.ExceptionHandlers)
        {
            Visit(handler.HandlerStart, handler.HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter ? [null] : []);
            if (handler.FilterStart is not null) Visit(handler.FilterStart, [null]);
        }

        while (_open.TryPop(out var instruction)) Follow(instruction);
    }

    /// <summary>What an instruction takes, the uppermost last: a type that is followed, or nothing for any other value.</summary>
    public TypeDefinition?[] Taken(Instruction instruction) => _before.TryGetValue(instruction, out var stack) ? stack[^StackEffect.Pops(instruction, _method)..] : [];

    /// <summary>Whether an instruction can be reached.</summary>
    public bool Reaches(Instruction instruction) => _before.ContainsKey(instruction);

    /// <summary>The followed type that an instruction leaves an object of; otherwise none.</summary>
    public TypeDefinition? Left(Instruction instruction) => instruction.OpCode.Code switch
    {
        Code.Ldarg or Code.Ldloc or Code.Ldfld or Code.Ldsfld or Code.Call or Code.Callvirt or Code.Newobj => Followed(TypeOf(instruction)),
        Code.Dup => Taken(instruction)[0],
        _ => null,
    };

    private TypeReference? TypeOf(Instruction instruction) => instruction.Operand switch
    {
        ParameterDefinition parameter => parameter == _method.Body.ThisParameter ? _method.DeclaringType : parameter.ParameterType,
        VariableDefinition local => local.VariableType,
        FieldReference field => field.FieldType,
        MethodReference called => instruction.OpCode.Code == Code.Newobj ? called.DeclaringType : called.ReturnType,
        _ => null,
    };

    private TypeDefinition? Followed(TypeReference? type) => type is TypeDefinition own && _types.Contains(own) ? own : null;

    private void Follow(Instruction instruction)
    {
        var before = _before[instruction];
        var taken = Taken(instruction);
        Check(instruction, taken);
        var kept = before[..^taken.Length];
        TypeDefinition?[] left = [.. Enumerable.Repeat(Left(instruction), StackEffect.Pushes(instruction))];
        var after = instruction.OpCode.Code is Code.Leave or Code.Endfinally ? [] : kept.Concat(left).ToArray();
        foreach (var next in Flow.Next(instruction)) Visit(next, after);
    }

    // What is wanted of each value: an object of a followed type, or any other.
    private void Check(Instruction instruction, TypeDefinition?[] taken)
    {
        if (instruction.OpCode.Code is Code.Pop or Code.Dup) return;
        for (var i = 0; i < taken.Length; i++)
        {
            var wanted = Followed(Wanted(instruction, i));
            if (wanted == taken[i] || (i == 0 && IsDelegate(instruction) && taken[0] == ((MethodReference)instruction.Previous.Operand).DeclaringType)) continue;
            if (wanted is not null) _refuse(wanted);
            if (taken[i] is { } given) _refuse(given);
        }

        if (instruction.OpCode.Code is Code.Ldarga or Code.Ldloca or Code.Ldflda or Code.Ldsflda && Followed(TypeOf(instruction)) is { } addressed) _refuse(addressed);
        if (instruction.Operand is TypeReference named) RefuseIn(named);
    }

    /// <summary>Whether an instruction makes a delegate of a method and the object that was put on the stack just before.</summary>
    public static bool IsDelegate(Instruction instruction) => instruction.OpCode.Code == Code.Newobj && instruction.Previous?.OpCode.Code == Code.Ldftn;

    private TypeReference? Wanted(Instruction instruction, int index) => instruction.Operand switch
    {
        FieldReference field => instruction.OpCode.Code == Code.Stsfld || index == 1 ? field.FieldType : field.DeclaringType,
        MethodReference called when instruction.OpCode.Code == Code.Newobj => called.Parameters[index].ParameterType,
        MethodReference called => !called.HasThis ? called.Parameters[index].ParameterType : index == 0 ? called.DeclaringType : called.Parameters[index - 1].ParameterType,
        ParameterDefinition or VariableDefinition => TypeOf(instruction),
        null when instruction.OpCode.Code == Code.Ret => _method.ReturnType,
        _ => null,
    };

    private void RefuseIn(TypeReference named)
    {
        if (Followed(named.GetElementType()) is { } type) _refuse(type);
    }

    private void Visit(Instruction instruction, TypeDefinition?[] stack)
    {
        if (_before.TryAdd(instruction, stack))
        {
            _open.Push(instruction);
            return;
        }

        foreach (var (one, other) in _before[instruction].Zip(stack).Where(pair => pair.First != pair.Second))
        {
            if (one is not null) _refuse(one);
            if (other is not null) _refuse(other);
        }
    }
}
