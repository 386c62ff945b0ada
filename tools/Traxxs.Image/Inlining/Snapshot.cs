using Mono.Cecil.Cil;

namespace Traxxs.Image.Inlining;

/// <summary>A method's code as it is now, to come back to.</summary>
internal sealed class Snapshot(MethodBody body)
{
    private readonly List<(Instruction Instruction, OpCode OpCode, object Operand)> _code = [.. body.Instructions.Select(one => (one, one.OpCode, one.Operand))];
    private readonly List<VariableDefinition> _locals = [.. body.Variables];
    private readonly List<ExceptionHandler> _handlers = [.. body.ExceptionHandlers];

    /// <summary>Makes the code what it was.</summary>
    public void Restore()
    {
        body.Instructions.Clear();
        foreach (var (instruction, code, operand) in _code)
        {
            (instruction.OpCode, instruction.Operand) = (code, operand);
            body.Instructions.Add(instruction);
        }

        body.Variables.Clear();
        foreach (var local in _locals) body.Variables.Add(local);
        body.ExceptionHandlers.Clear();
        foreach (var handler in _handlers) body.ExceptionHandlers.Add(handler);
    }
}
