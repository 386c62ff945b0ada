using Mono.Cecil;

namespace Traxxs.Image;

/// <summary>
/// Puts a class in the place of an interface that it alone implements: ports have a second side in simulations and tests, on
/// the board they have one. What was called through the interface is then called directly, and can be moved.
/// </summary>
internal static class OneImplementation
{
    /// <summary>Works on a module of which only what can be reached is left; gives how many interfaces are gone.</summary>
    public static int Replace(ModuleDefinition module)
    {
        var types = module.GetTypes().ToList();
        var bases = types.Select(type => type.BaseType).OfType<TypeDefinition>().ToHashSet();
        var implementers = types.SelectMany(type => type.Interfaces.Select(one => (one.InterfaceType, Type: type))).ToLookup(pair => pair.InterfaceType, pair => pair.Type);
        var replaced = new Dictionary<TypeReference, TypeDefinition>();
        foreach (var type in types.Where(type => type.IsInterface && !type.HasInterfaces))
        {
            if (implementers[type].ToList() is [{ IsInterface: false, IsValueType: false } only] && !bases.Contains(only) && type.Methods.All(slot => Find(only, slot) is not null))
                replaced[type] = only;
        }

        var methods = replaced.SelectMany(pair => ((TypeDefinition)pair.Key).Methods.Select(slot => (slot, Find(pair.Value, slot)!))).ToDictionary(pair => (MethodReference)pair.slot, pair => pair.Item2);
        foreach (var (type, only) in replaced) Part(module, (TypeDefinition)type, only);
        new TypeMap(type => replaced.GetValueOrDefault(type) ?? type, method => methods.GetValueOrDefault(method) ?? method, field => field).Apply(module);
        return replaced.Count;
    }

    /// <summary>Makes methods that neither have nor carry out another one plain; gives how many.</summary>
    public static int Bind(ModuleDefinition module)
    {
        var families = new VirtualFamilies(module);
        var alone = module.GetTypes().SelectMany(type => type.Methods).Where(method => method.IsVirtual).GroupBy(families.Of)
            .Where(family => family.Count() == 1).Select(family => family.Single()).Where(method => !method.IsAbstract && !families.IsForeign(method)).ToList();
        foreach (var method in alone) (method.IsVirtual, method.IsNewSlot, method.IsFinal) = (false, false, false);
        return alone.Count;
    }

    private static void Part(ModuleDefinition module, TypeDefinition type, TypeDefinition only)
    {
        only.Interfaces.Remove(only.Interfaces.Single(one => one.InterfaceType == type));
        foreach (var method in only.Methods)
        {
            foreach (var slot in method.Overrides.Where(slot => slot.DeclaringType == type).ToList()) method.Overrides.Remove(slot);
        }

        (type.DeclaringType?.NestedTypes ?? module.Types).Remove(type);
    }

    private static MethodDefinition? Find(TypeDefinition type, MethodDefinition slot) =>
        type.Methods.FirstOrDefault(method => method.Overrides.Contains(slot)) ?? type.Methods.FirstOrDefault(method => method.IsVirtual && VirtualFamilies.IsSame(slot, method));
}
