using Mono.Cecil;

namespace Traxxs.Image;

/// <summary>
/// Which virtual methods of a module belong together: an interface's method and all that carry it out, a base's and all that
/// override it. A family lives and is named as one.
/// </summary>
internal sealed class VirtualFamilies
{
    private readonly Dictionary<MethodDefinition, MethodDefinition> _parent = [];
    private readonly HashSet<MethodDefinition> _foreign = [];

    public VirtualFamilies(ModuleDefinition module)
    {
        foreach (var type in module.GetTypes().Where(type => !type.IsInterface)) Join(type);
    }

    /// <summary>One member that stands for its whole family.</summary>
    public MethodDefinition Of(MethodDefinition method)
    {
        while (_parent.TryGetValue(method, out var parent)) method = parent;
        return method;
    }

    /// <summary>Whether someone outside the module calls the method by its name: an override of a library's method, or one of its interfaces'.</summary>
    public bool IsForeign(MethodDefinition method) => _foreign.Contains(method);

    private void Join(TypeDefinition type)
    {
        var chain = Chain(type).ToList();
        var slots = chain.Skip(1).Concat(chain.SelectMany(one => one.Interfaces).SelectMany(one => WithBases(one.InterfaceType)).OfType<TypeDefinition>()).ToList();
        var lendsOut = chain.SelectMany(one => one.Interfaces).SelectMany(one => WithBases(one.InterfaceType)).Any(one => one is not TypeDefinition);
        var isDelegate = type.BaseType?.FullName == "System.MulticastDelegate";
        foreach (var method in chain.SelectMany(one => one.Methods).Where(method => method.IsVirtual))
        {
            var ours = slots.SelectMany(slot => slot.Methods).Where(slot => slot != method && slot.IsVirtual && IsSame(slot, method)).ToList();
            ours.AddRange(method.Overrides.OfType<MethodDefinition>());
            foreach (var slot in ours) Union(method, slot);
            if (ours.Count == 0 && (lendsOut || isDelegate || !method.IsNewSlot)) _foreign.Add(method);
        }
    }

    private void Union(MethodDefinition one, MethodDefinition other)
    {
        var (a, b) = (Of(one), Of(other));
        if (a != b) _parent[a] = b;
    }

    private static IEnumerable<TypeDefinition> Chain(TypeDefinition type)
    {
        for (var one = type; one is not null; one = one.BaseType as TypeDefinition) yield return one;
    }

    private static IEnumerable<TypeReference> WithBases(TypeReference type) =>
        type is TypeDefinition own ? own.Interfaces.SelectMany(one => WithBases(one.InterfaceType)).Prepend(type) : [type];

    /// <summary>Whether two methods have one name and the same parameters: the one overrides the other, or carries it out.</summary>
    public static bool IsSame(MethodDefinition one, MethodDefinition other) =>
        one.Name == other.Name && one.Parameters.Select(Name).SequenceEqual(other.Parameters.Select(Name));

    private static string Name(ParameterDefinition parameter) => parameter.ParameterType.FullName;
}
