using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using Traxxs.Image.ByteCode;

namespace Traxxs.Image.Tidying;

/// <summary>Makes code shorter without changing what it does, rule by rule, until no rule finds anything.</summary>
internal static class Tidy
{
    /// <summary>One method, without short forms before and after.</summary>
    public static void Apply(MethodDefinition method)
    {
        do Sweep(method);
        while (Jumps.Apply(method) | Values.Apply(method));
    }

    /// <summary>One method whose code is final: locals share slots, and instructions have their short forms.</summary>
    public static void Finish(MethodDefinition method)
    {
        Apply(method);
        LocalSlots.Share(method);
        Apply(method);
        method.Body.OptimizeMacros();
    }

    // What control does not reach, and what does nothing.
    private static void Sweep(MethodDefinition method)
    {
        var body = method.Body;
        var reached = new Flow(method);
        foreach (var handler in body.ExceptionHandlers.Where(handler => !reached.Reaches(handler.TryStart)).ToList()) body.ExceptionHandlers.Remove(handler);
        reached = new Flow(method);
        foreach (var instruction in body.Instructions.Where(one => !reached.Reaches(one))) Clear(instruction);
        var next = Followers(body);
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction target) instruction.Operand = next[target];
            if (instruction.Operand is Instruction[] targets) instruction.Operand = targets.Select(one => next[one]).ToArray();
        }

        Instruction? Move(Instruction? edge) => edge is null ? null : next[edge];
        foreach (var handler in body.ExceptionHandlers)
        {
            (handler.TryStart, handler.TryEnd, handler.FilterStart) = (Move(handler.TryStart), Move(handler.TryEnd), Move(handler.FilterStart));
            (handler.HandlerStart, handler.HandlerEnd) = (Move(handler.HandlerStart), Move(handler.HandlerEnd));
        }

        foreach (var nothing in body.Instructions.Where(one => next[one] != one).ToList()) body.Instructions.Remove(nothing);
        CloseEnd(body);
    }

    // Code must not run out. Behind the last jump nothing is needed, but that a handler may end there.
    private static void CloseEnd(MethodBody body)
    {
        var last = body.Instructions[^1];
        if (last.OpCode.Code != Code.Nop) return;
        if (body.ExceptionHandlers.SelectMany(Flow.Edges).Contains(last)) last.OpCode = OpCodes.Ret;
        else body.Instructions.Remove(last);
    }

    // For each instruction the first from there on that does something; the last one stays, whatever it is.
    private static Dictionary<Instruction, Instruction> Followers(MethodBody body)
    {
        var next = new Dictionary<Instruction, Instruction>();
        var follower = body.Instructions[^1];
        for (var i = body.Instructions.Count - 1; i >= 0; i--)
        {
            if (body.Instructions[i].OpCode.Code != Code.Nop) follower = body.Instructions[i];
            next[body.Instructions[i]] = follower;
        }

        return next;
    }

    /// <summary>Leaves an instruction where jumps find it, doing nothing.</summary>
    public static void Clear(Instruction instruction) => Set(instruction, OpCodes.Nop, null);

    /// <summary>Makes an instruction another one.</summary>
    public static void Set(Instruction instruction, OpCode code, object? operand) => (instruction.OpCode, instruction.Operand) = (code, operand);
}
