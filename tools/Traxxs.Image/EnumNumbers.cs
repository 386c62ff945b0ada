using Mono.Cecil;

namespace Traxxs.Image;

/// <summary>Puts numbers in the place of enums: to the interpreter they are the same, and each enum is a record and two names.</summary>
internal static class EnumNumbers
{
    /// <summary>Takes the module's enums out; gives how many.</summary>
    public static int Replace(ModuleDefinition module)
    {
        var enums = module.GetTypes().Where(type => type.IsEnum).ToDictionary(type => type, type => type.Fields.Single(field => !field.IsStatic).FieldType);
        new TypeMap(type => type is TypeDefinition own && enums.TryGetValue(own, out var number) ? number : type, method => method, field => field).Apply(module);
        foreach (var one in enums.Keys) (one.DeclaringType?.NestedTypes ?? module.Types).Remove(one);
        foreach (var type in module.GetTypes()) RefuseTwins(type);
        return enums.Count;
    }

    // Other methods get names of their own, but a constructor has only its parameters.
    private static void RefuseTwins(TypeDefinition type)
    {
        var twins = type.Methods.Where(method => method.IsConstructor).GroupBy(method => method.FullName).FirstOrDefault(group => group.Count() > 1);
        if (twins is not null) throw new ImageException($"{type.FullName} has two constructors that differ in an enum alone: {twins.Key}");
    }
}
