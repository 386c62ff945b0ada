using Mono.Cecil;
using Mono.Cecil.Cil;
using Traxxs.Image.ByteCode;

namespace Traxxs.Image.Tidying;

/// <summary>
/// Lets locals of one type that are never wanted at the same time share a slot, and gives the first four slots, which cost
/// a byte less to name, to those named most. A local whose address is taken keeps a slot of its own.
/// </summary>
internal static class LocalSlots
{
    /// <summary>One method, without short forms.</summary>
    public static void Share(MethodDefinition method)
    {
        var body = method.Body;
        if (!body.HasVariables) return;
        var named = body.Instructions.Select(one => one.Operand).OfType<VariableDefinition>().GroupBy(local => local).ToDictionary(group => group.Key, group => group.Count());
        var order = named.Keys.OrderByDescending(local => named[local]).ThenBy(local => local.Index).ToList();
        var conflicts = Conflicts(body, order);
        var owner = new Dictionary<VariableDefinition, VariableDefinition>();
        var members = new Dictionary<VariableDefinition, List<VariableDefinition>>();
        foreach (var local in order)
        {
            var slot = members.Keys.FirstOrDefault(one => one.VariableType.FullName == local.VariableType.FullName && members[one].All(other => !conflicts[local].Contains(other)));
            if (slot is null) members[slot = local] = [];
            members[slot].Add(local);
            owner[local] = slot;
        }

        foreach (var one in body.Instructions.Where(one => one.Operand is VariableDefinition)) one.Operand = owner[(VariableDefinition)one.Operand];
        body.Variables.Clear();
        foreach (var slot in members.OrderByDescending(group => group.Value.Sum(local => named[local])).Select(group => group.Key)) body.Variables.Add(slot);
    }

    private static Dictionary<VariableDefinition, HashSet<VariableDefinition>> Conflicts(MethodBody body, List<VariableDefinition> locals)
    {
        var conflicts = locals.ToDictionary(local => local, _ => new HashSet<VariableDefinition>());
        void Add(VariableDefinition one, VariableDefinition other)
        {
            if (one == other) return;
            conflicts[one].Add(other);
            conflicts[other].Add(one);
        }

        var live = new Liveness(body);
        foreach (var store in body.Instructions.Where(one => one.OpCode.Code == Code.Stloc))
        {
            var written = (VariableDefinition)store.Operand;
            // A copy holds the same value as what it was copied from.
            var source = store.Previous is { OpCode.Code: Code.Ldloc } load ? load.Operand : null;
            foreach (var other in live.After(store).Where(other => other != source)) Add(written, other);
        }

        foreach (var one in live.AtStart) foreach (var other in live.AtStart) Add(one, other);
        var addressed = body.Instructions.Where(one => one.OpCode.Code == Code.Ldloca).Select(one => (VariableDefinition)one.Operand).ToHashSet();
        foreach (var one in addressed) foreach (var other in locals) Add(one, other);
        return conflicts;
    }
}
