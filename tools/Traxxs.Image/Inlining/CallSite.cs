using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image.ByteCode;

namespace Traxxs.Image.Inlining;

/// <summary>A call that may be replaced by the code it calls: which of its arguments need no place of their own.</summary>
internal sealed class CallSite
{
    private readonly MethodDefinition _caller;
    private readonly HashSet<Instruction> _targets;

    /// <summary>Looks at a call; both methods' code is without short forms.</summary>
    public CallSite(MethodDefinition caller, Instruction call)
    {
        _caller = caller;
        Call = call;
        Callee = (MethodDefinition)call.Operand;
        _targets = Flow.Targets(caller.Body);
        Sources = new Instruction?[StackEffect.Arguments(Callee)];
        FindSources();
    }

    /// <summary>The call.</summary>
    public Instruction Call { get; }

    /// <summary>What is called.</summary>
    public MethodDefinition Callee { get; }

    /// <summary>For each argument the one instruction that gives it, where that can as well stand at each use; otherwise none.</summary>
    public Instruction?[] Sources { get; }

    /// <summary>The type of an argument, the object it is called on being the first.</summary>
    public TypeReference TypeOf(int argument) => Callee.HasThis ? argument == 0 ? Callee.DeclaringType : Callee.Parameters[argument - 1].ParameterType : Callee.Parameters[argument].ParameterType;

    /// <summary>The argument that a parameter stands for.</summary>
    public int IndexOf(ParameterReference parameter) => Callee.HasThis ? parameter.Index + 1 : parameter.Index;

    // Back from the call, argument by argument, as far as the code is one line.
    private void FindSources()
    {
        var at = Call;
        for (var argument = Sources.Length - 1; argument >= 0; argument--)
        {
            if (_targets.Contains(at) || at.Previous is not { } last || FindStart(last) is not { } start) return;
            if (CanMove(last, argument)) Sources[argument] = last;
            at = start;
        }
    }

    private Instruction? FindStart(Instruction last)
    {
        var missing = 1;
        for (var one = last; one is not null; one = one.Previous)
        {
            if (one.OpCode.FlowControl is not (FlowControl.Next or FlowControl.Call)) return null;
            missing += StackEffect.Pops(one, _caller) - StackEffect.Pushes(one);
            // What copies the value below it needs that value where it is.
            if (missing == 0) return one.OpCode.Code == Code.Dup ? null : one;
            if (missing < 0 || _targets.Contains(one)) return null;
        }

        return null;
    }

    private bool CanMove(Instruction source, int argument)
    {
        if (IsChanged(argument)) return false;
        return source.OpCode.Code switch
        {
            Code.Ldc_I4 or Code.Ldc_I8 or Code.Ldc_R4 or Code.Ldc_R8 or Code.Ldnull => true,
            Code.Ldloca or Code.Ldarga => true,
            Code.Ldarg => !Uses(_caller, source.Operand, Code.Starg, Code.Ldarga),
            Code.Ldloc => !Uses(_caller, source.Operand, Code.Ldloca) && !IsStoredBefore(source),
            _ => false,
        };
    }

    // An argument that the callee itself writes to needs a place.
    private bool IsChanged(int argument) => Callee.Body.Instructions.Any(one =>
        one.OpCode.Code is Code.Starg or Code.Ldarga && IndexOf((ParameterReference)one.Operand) == argument);

    private bool IsStoredBefore(Instruction source)
    {
        for (var one = source; one != Call; one = one.Next)
        {
            if (one.OpCode.Code == Code.Stloc && one.Operand == source.Operand) return true;
        }

        return false;
    }

    private static bool Uses(MethodDefinition method, object operand, params Code[] codes) =>
        method.Body.Instructions.Any(one => one.Operand == operand && codes.Contains(one.OpCode.Code));
}
