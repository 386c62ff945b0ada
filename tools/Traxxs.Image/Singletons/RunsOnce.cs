using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image.ByteCode;

namespace Traxxs.Image.Singletons;

/// <summary>
/// Which instructions of a program run at most once: those outside loops, in its entry point or in a method that is called
/// from one such place alone. Where there is no entry point, none does.
/// </summary>
internal sealed class RunsOnce
{
    private readonly Dictionary<MethodDefinition, List<(MethodDefinition Caller, Instruction Call)>> _callers = [];
    private readonly HashSet<MethodDefinition> _passed = [];
    private readonly Dictionary<MethodDefinition, bool> _known = [];

    public RunsOnce(ModuleDefinition module)
    {
        if (module.EntryPoint is { } entry) _known[entry] = true;
        foreach (var caller in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
        {
            foreach (var instruction in caller.Body.Instructions.Where(one => one.Operand is MethodDefinition))
            {
                var named = (MethodDefinition)instruction.Operand;
                if (!_callers.TryGetValue(named, out var list)) _callers[named] = list = [];
                list.Add((caller, instruction));
                if (instruction.OpCode.Code is not (Code.Call or Code.Callvirt or Code.Newobj)) _passed.Add(named);
            }
        }
    }

    /// <summary>The one place where objects of a type are made, where it is one and runs at most once; otherwise none.</summary>
    public Instruction? MakingOf(TypeDefinition type)
    {
        var makings = type.Methods.Where(method => method.IsConstructor && !method.IsStatic && _callers.ContainsKey(method))
            .SelectMany(method => _callers[method]).Where(site => site.Call.OpCode.Code == Code.Newobj).ToList();
        return makings is [var only] && Is(only.Caller) && !IsInLoop(only.Caller.Body, only.Call) ? only.Call : null;
    }

    private bool Is(MethodDefinition method)
    {
        if (_known.TryGetValue(method, out var known)) return known;
        // Who comes back to itself on the way up does not.
        _known[method] = false;
        return _known[method] = !method.IsVirtual && !_passed.Contains(method) && _callers.GetValueOrDefault(method) is [var only] && Is(only.Caller) && !IsInLoop(only.Caller.Body, only.Call);
    }

    private static bool IsInLoop(MethodBody body, Instruction instruction)
    {
        var index = body.Instructions.Select((one, i) => (one, i)).ToDictionary(pair => pair.one, pair => pair.i);
        var open = new Stack<Instruction>(After(body, instruction, index));
        var seen = new HashSet<Instruction>();
        while (open.TryPop(out var one))
        {
            if (one == instruction) return true;
            if (seen.Add(one)) foreach (var next in After(body, one, index)) open.Push(next);
        }

        return false;
    }

    private static IEnumerable<Instruction> After(MethodBody body, Instruction instruction, Dictionary<Instruction, int> index)
    {
        var handlers = body.ExceptionHandlers.Where(handler => index[instruction] >= index[handler.TryStart] && index[instruction] < index[handler.TryEnd]);
        var ends = instruction.OpCode.Code == Code.Endfinally ? body.ExceptionHandlers.Select(handler => handler.HandlerEnd).OfType<Instruction>() : [];
        return Flow.Next(instruction).Concat(handlers.SelectMany(handler => new[] { handler.HandlerStart, handler.FilterStart }.OfType<Instruction>())).Concat(ends);
    }
}
