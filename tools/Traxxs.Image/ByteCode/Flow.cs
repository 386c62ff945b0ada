using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Traxxs.Image.ByteCode;

/// <summary>How control runs through a method, and how full its stack is on the way.</summary>
internal sealed class Flow
{
    private readonly MethodDefinition _method;
    private readonly Dictionary<Instruction, int> _depth = [];

    /// <summary>Follows a method from its start and from its handlers.</summary>
    /// <exception cref="ImageException">Two ways meet with stacks of different height.</exception>
    public Flow(MethodDefinition method)
    {
        _method = method;
        var open = new Stack<Instruction>();
        Visit(method.Body.Instructions[0], 0, open);
        foreach (var handler in method.Body.ExceptionHandlers)
        {
            var hasException = handler.HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter;
            Visit(handler.HandlerStart, hasException ? 1 : 0, open);
            if (handler.FilterStart is not null) Visit(handler.FilterStart, 1, open);
        }

        while (open.TryPop(out var instruction)) Follow(instruction, open);
    }

    /// <summary>The deepest stack that the method needs, in values.</summary>
    public int MaxDepth { get; private set; }

    /// <summary>Whether an instruction can be reached at all.</summary>
    public bool Reaches(Instruction instruction) => _depth.ContainsKey(instruction);

    /// <summary>Values on the stack before an instruction that can be reached.</summary>
    public int DepthAt(Instruction instruction) => _depth[instruction];

    /// <summary>Where control goes from an instruction, exceptions aside.</summary>
    public static IEnumerable<Instruction> Next(Instruction instruction)
    {
        if (instruction.Operand is Instruction target) yield return target;
        if (instruction.Operand is Instruction[] targets) foreach (var one in targets) yield return one;
        if (instruction.OpCode.FlowControl is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw) && instruction.Next is not null) yield return instruction.Next;
    }

    /// <summary>Instructions that control comes to from elsewhere than the one before.</summary>
    public static HashSet<Instruction> Targets(MethodBody body)
    {
        var targets = new HashSet<Instruction>();
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction target) targets.Add(target);
            if (instruction.Operand is Instruction[] many) targets.UnionWith(many);
        }

        foreach (var handler in body.ExceptionHandlers)
        {
            foreach (var edge in Edges(handler)) targets.Add(edge);
        }

        return targets;
    }

    /// <summary>Where a handler and what it protects begin and end.</summary>
    public static IEnumerable<Instruction> Edges(ExceptionHandler handler) =>
        new[] { handler.TryStart, handler.TryEnd, handler.HandlerStart, handler.HandlerEnd, handler.FilterStart }.OfType<Instruction>();

    private void Follow(Instruction instruction, Stack<Instruction> open)
    {
        var depth = _depth[instruction] - StackEffect.Pops(instruction, _method) + StackEffect.Pushes(instruction);
        MaxDepth = Math.Max(MaxDepth, depth);
        if (instruction.OpCode.Code is Code.Leave or Code.Leave_S or Code.Endfinally) depth = 0;
        foreach (var next in Next(instruction)) Visit(next, depth, open);
    }

    private void Visit(Instruction instruction, int depth, Stack<Instruction> open)
    {
        if (_depth.TryGetValue(instruction, out var known))
        {
            if (known != depth) throw new ImageException($"{_method.FullName}: the stack holds {known} or {depth} values at one place");
            return;
        }

        MaxDepth = Math.Max(MaxDepth, depth);
        _depth[instruction] = depth;
        open.Push(instruction);
    }
}
