using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image.ByteCode;

namespace Traxxs.Image.Inlining;

/// <summary>Puts a method's code in the place of a call of it.</summary>
internal sealed class Splice
{
    private readonly MethodDefinition _caller;
    private readonly CallSite _site;
    private readonly Dictionary<VariableDefinition, VariableDefinition> _locals = [];
    private readonly Dictionary<Instruction, Instruction> _copies = [];
    private readonly VariableDefinition?[] _places;
    private readonly Instruction _end;

    private Splice(MethodDefinition caller, CallSite site)
    {
        (_caller, _site, _end) = (caller, site, site.Call.Next);
        _places = new VariableDefinition?[site.Sources.Length];
    }

    /// <summary>Does it. Arguments are worked out in the same order as before; one that has no source gets a local of its type.</summary>
    public static void Do(MethodDefinition caller, CallSite site) => new Splice(caller, site).Do();

    private void Do()
    {
        var callee = _site.Callee.Body;
        foreach (var local in callee.Variables) _locals[local] = AddLocal(local.VariableType);
        var prologue = TakeArguments();
        // A jump to the call itself still arrives, with the arguments on the stack.
        Clear(_site.Call);
        var code = prologue.ToList();
        foreach (var one in callee.Instructions) code.Add(_copies[one] = Instruction.Create(OpCodes.Nop));
        foreach (var one in callee.Instructions) Copy(one, _copies[one]);
        var at = _caller.Body.Instructions.IndexOf(_site.Call) + 1;
        foreach (var one in code) _caller.Body.Instructions.Insert(at++, one);
        CopyHandlers(callee);
    }

    private VariableDefinition AddLocal(TypeReference type)
    {
        var local = new VariableDefinition(type);
        _caller.Body.Variables.Add(local);
        return local;
    }

    private IEnumerable<Instruction> TakeArguments()
    {
        var used = _site.Callee.Body.Instructions.Select(one => one.Operand).OfType<ParameterReference>().Select(_site.IndexOf).ToHashSet();
        var stores = new List<Instruction>();
        for (var argument = _places.Length - 1; argument >= 0; argument--)
        {
            if (_site.Sources[argument] is { } source) Clear(source = Keep(source, argument));
            else if (!used.Contains(argument)) stores.Add(Instruction.Create(OpCodes.Pop));
            else stores.Add(Instruction.Create(OpCodes.Stloc, _places[argument] = AddLocal(_site.TypeOf(argument))));
        }

        return stores;
    }

    // The source is needed as it was after its place in the code is empty.
    private Instruction Keep(Instruction source, int argument)
    {
        var kept = Instruction.Create(OpCodes.Nop);
        (kept.OpCode, kept.Operand) = (source.OpCode, source.Operand);
        _site.Sources[argument] = kept;
        return source;
    }

    private void Copy(Instruction from, Instruction to)
    {
        (to.OpCode, to.Operand) = (from.OpCode, from.Operand switch
        {
            Instruction target => _copies[target],
            Instruction[] targets => targets.Select(target => _copies[target]).ToArray(),
            VariableDefinition local => _locals[local],
            var other => other,
        });
        if (from.Operand is ParameterReference parameter) CopyArgument(_site.IndexOf(parameter), to);
        if (from.OpCode.Code != Code.Ret) return;
        (to.OpCode, to.Operand) = from.Next is null ? (OpCodes.Nop, null) : (OpCodes.Br, _end);
    }

    private void CopyArgument(int argument, Instruction to)
    {
        if (_site.Sources[argument] is { } source) (to.OpCode, to.Operand) = (source.OpCode, source.Operand);
        else (to.OpCode, to.Operand) = (to.OpCode.Code switch { Code.Starg => OpCodes.Stloc, Code.Ldarga => OpCodes.Ldloca, _ => OpCodes.Ldloc }, _places[argument]);
    }

    // Inner handlers stand before outer ones.
    private void CopyHandlers(MethodBody callee)
    {
        var at = 0;
        Instruction? Map(Instruction? one) => one is null ? null : _copies[one];
        foreach (var handler in callee.ExceptionHandlers)
        {
            _caller.Body.ExceptionHandlers.Insert(at++, new ExceptionHandler(handler.HandlerType)
            {
                CatchType = handler.CatchType,
                TryStart = Map(handler.TryStart),
                TryEnd = Map(handler.TryEnd),
                HandlerStart = Map(handler.HandlerStart),
                HandlerEnd = Map(handler.HandlerEnd) ?? _end,
                FilterStart = Map(handler.FilterStart),
            });
        }
    }

    private static void Clear(Instruction instruction) => (instruction.OpCode, instruction.Operand) = (OpCodes.Nop, null);
}
