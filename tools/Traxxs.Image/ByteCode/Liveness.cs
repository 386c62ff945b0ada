using Mono.Cecil.Cil;

namespace Traxxs.Image.ByteCode;

/// <summary>Which locals' values are still wanted at each instruction. A local whose address is taken is not followed.</summary>
internal sealed class Liveness
{
    private readonly MethodBody _body;
    private readonly HashSet<VariableDefinition>[] _before;
    private readonly Dictionary<Instruction, int> _index = [];
    private readonly List<int>[] _next;

    /// <summary>Follows a method's locals backwards until nothing changes.</summary>
    public Liveness(MethodBody body)
    {
        _body = body;
        var code = body.Instructions;
        for (var i = 0; i < code.Count; i++) _index[code[i]] = i;
        _before = [.. code.Select(_ => new HashSet<VariableDefinition>())];
        _next = [.. code.Select(one => Flow.Next(one).Select(next => _index[next]).ToList())];
        AddHandlers();
        var changed = true;
        while (changed)
        {
            changed = false;
            for (var i = code.Count - 1; i >= 0; i--) changed |= Update(i);
        }
    }

    /// <summary>Locals that are read before they are written, from the start of the method.</summary>
    public IReadOnlySet<VariableDefinition> AtStart => _before[0];

    /// <summary>Locals wanted after an instruction.</summary>
    public HashSet<VariableDefinition> After(Instruction instruction)
    {
        var after = new HashSet<VariableDefinition>();
        foreach (var next in _next[_index[instruction]]) after.UnionWith(_before[next]);
        return after;
    }

    // From anywhere in what it protects control may come to a handler.
    private void AddHandlers()
    {
        foreach (var handler in _body.ExceptionHandlers)
        {
            for (var i = _index[handler.TryStart]; i < _index[handler.TryEnd]; i++)
            {
                _next[i].Add(_index[handler.HandlerStart]);
                if (handler.FilterStart is not null) _next[i].Add(_index[handler.FilterStart]);
            }
        }

        // A finally runs on the way out of its try: what is wanted there is wanted at its end.
        foreach (var handler in _body.ExceptionHandlers.Where(handler => handler.HandlerType is ExceptionHandlerType.Finally))
        {
            var exits = Enumerable.Range(_index[handler.TryStart], _index[handler.TryEnd] - _index[handler.TryStart])
                .Where(i => _body.Instructions[i].OpCode.Code is Code.Leave or Code.Leave_S).SelectMany(i => _next[i].ToList()).Distinct().ToList();
            for (var i = _index[handler.HandlerStart]; i < (handler.HandlerEnd is null ? _body.Instructions.Count : _index[handler.HandlerEnd]); i++)
            {
                if (_body.Instructions[i].OpCode.Code == Code.Endfinally) _next[i].AddRange(exits);
            }
        }
    }

    private bool Update(int i)
    {
        var instruction = _body.Instructions[i];
        var before = new HashSet<VariableDefinition>();
        foreach (var next in _next[i]) before.UnionWith(_before[next]);
        if (instruction.OpCode.Code == Code.Stloc) before.Remove((VariableDefinition)instruction.Operand);
        if (instruction.OpCode.Code == Code.Ldloc) before.Add((VariableDefinition)instruction.Operand);
        if (before.Count == _before[i].Count) return false;
        _before[i] = before;
        return true;
    }
}
