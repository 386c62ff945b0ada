using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image.ByteCode;
using Traxxs.Image.Tidying;

namespace Traxxs.Image.Inlining;

/// <summary>
/// Puts the code of methods that are called once, or are hardly longer than a call, where they are called: a record of a
/// method is 16 bytes, a call and its return four. What is left uncalled is for <see cref="Reach"/> to take out. A call on
/// null no longer fails at the call but at the first use of the object.
/// </summary>
internal sealed class Inliner
{
    // A record has one byte for the number of locals.
    private const int LocalsMax = 250;

    // Beyond that a short branch reaches too little of a method.
    private const int BytesMax = 6000;

    // What a method costs beside its code: its record, its name's and its signature's share.
    private const int RecordBytes = Bytes.MethodRecord + 2;

    private const int CallBytes = 3;
    private const int ReturnBytes = 1;

    private readonly Dictionary<MethodDefinition, int> _calls = [];
    private readonly HashSet<MethodDefinition> _pinned;
    private readonly HashSet<MethodDefinition> _open = [];
    private readonly HashSet<MethodDefinition> _done = [];
    private int _inlined;

    private Inliner(IReadOnlySet<MethodDefinition> roots) => _pinned = [.. roots];

    /// <summary>Works on a whole module whose code is without short forms; gives how many calls are gone.</summary>
    public static int Apply(ModuleDefinition module, IReadOnlySet<MethodDefinition> roots)
    {
        var inliner = new Inliner(roots);
        var methods = module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody).ToList();
        foreach (var method in methods) inliner.Count(method);
        foreach (var method in methods) inliner.Visit(method);
        return inliner._inlined;
    }

    private void Count(MethodDefinition method)
    {
        foreach (var instruction in method.Body.Instructions)
        {
            if (instruction.Operand is not MethodDefinition named) continue;
            if (instruction.OpCode.Code is Code.Call or Code.Callvirt) _calls[named] = _calls.GetValueOrDefault(named) + 1;
            else _pinned.Add(named);
        }
    }

    // What is called comes first, so that it is whole when it is copied. Who is called by what it calls stays as it is.
    private void Visit(MethodDefinition method)
    {
        if (!_done.Add(method)) return;
        _open.Add(method);
        foreach (var call in method.Body.Instructions.Where(IsOwnCall).ToList())
        {
            var callee = (MethodDefinition)call.Operand;
            Visit(callee);
            if (!_open.Contains(callee) && IsWanted(callee) && TryInline(method, call)) _inlined++;
        }

        Tidy.Apply(method);
        _open.Remove(method);
    }

    private static bool IsOwnCall(Instruction instruction) => instruction.OpCode.Code is Code.Call or Code.Callvirt && instruction.Operand is MethodDefinition { HasBody: true };

    private bool IsWanted(MethodDefinition callee)
    {
        if (_pinned.Contains(callee) || callee.IsVirtual || callee.IsConstructor || callee.DeclaringType.IsValueType || callee.HasCustomAttributes) return false;
        if (callee.IsSynchronized || callee.NoInlining) return false;
        if (callee.Body.Instructions[^1].OpCode.Code is not (Code.Ret or Code.Throw)) return false;
        if (callee.Body.Variables.Any(local => !IsPlain(local.VariableType)) || (!StackEffect.IsVoid(callee.ReturnType) && !IsPlain(callee.ReturnType))) return false;
        if (!Assigned.BeforeUse(callee)) return false;
        var (calls, bytes) = (_calls[callee], Bytes.Of(callee));
        var growth = bytes - CallBytes - ReturnBytes - StackEffect.Arguments(callee);
        return calls == 1 || calls * growth < bytes + RecordBytes;
    }

    private static bool TryInline(MethodDefinition caller, Instruction call)
    {
        var flow = new Flow(caller);
        if (!flow.Reaches(call) || call.Next is null) return false;
        var site = new CallSite(caller, call);
        var callee = site.Callee;
        if (call.Previous?.OpCode.OpCodeType == OpCodeType.Prefix) return false;
        var below = flow.DepthAt(call) - site.Sources.Length;
        if (callee.Body.HasExceptionHandlers && below > 0) return false;
        for (var argument = 0; argument < site.Sources.Length; argument++)
        {
            if (site.Sources[argument] is null && !IsPlain(site.TypeOf(argument))) return false;
        }

        if (caller.Body.Variables.Count + callee.Body.Variables.Count + site.Sources.Length > LocalsMax || Bytes.Of(caller) + Bytes.Of(callee) > BytesMax) return false;
        var before = new Snapshot(caller.Body);
        Splice.Do(caller, site);
        if (below == 0 || ProcessorStack.Suffices(caller)) return true;
        before.Restore();
        return false;
    }

    // What the interpreter copies when it is loaded, or what points into a frame, is left where it is.
    private static bool IsPlain(TypeReference type) => type is not ByReferenceType and not PinnedType and not PointerType && (!type.IsValueType || type.IsPrimitive);
}
