using Mono.Cecil;

namespace Traxxs.Image;

/// <summary>Moves the types of several modules into a new one.</summary>
internal static class Merger
{
    /// <summary>
    /// A module with all types of the others and of the main one, whose name and entry point it has; references between them are
    /// bound anew. The given modules are empty afterwards.
    /// </summary>
    public static ModuleDefinition Merge(ModuleDefinition main, IReadOnlyList<ModuleDefinition> others)
    {
        var parameters = new ModuleParameters { Kind = main.Kind, Runtime = main.Runtime, AssemblyResolver = main.AssemblyResolver };
        var merged = AssemblyDefinition.CreateAssembly(main.Assembly.Name, main.Name, parameters).MainModule;
        var sources = others.Prepend(main).ToDictionary(module => module.Assembly.Name.Name);
        foreach (var module in sources.Values) ReadWhole(module);
        var types = sources.SelectMany(source => source.Value.GetTypes().Select(type => (Key: (source.Key, type.FullName), Type: type)))
            .ToDictionary(entry => entry.Key, entry => entry.Type);
        foreach (var module in sources.Values) Move(module, merged);

        TypeDefinition? Find(TypeReference type) => type as TypeDefinition ?? types.GetValueOrDefault((type.Scope.Name, type.FullName));
        new TypeMap(
            type => Find(type) ?? merged.ImportReference(type),
            method => method as MethodDefinition ?? Find(method.DeclaringType)?.Methods.First(one => one.FullName == method.FullName) ?? merged.ImportReference(method),
            field => field as FieldDefinition ?? Find(field.DeclaringType)?.Fields.First(one => one.FullName == field.FullName) ?? merged.ImportReference(field)).Apply(merged);
        merged.EntryPoint = main.EntryPoint;
        return merged;
    }

    // What is read only when asked for would be looked for in the wrong module later.
    private static void ReadWhole(ModuleDefinition module)
    {
        module.ImmediateRead();
        foreach (var type in module.GetTypes())
        {
            foreach (var method in type.Methods) _ = method.Body;
            foreach (var field in type.Fields) _ = field.InitialValue;
            type.Properties.Clear();
            type.Events.Clear();
        }
    }

    private static void Move(ModuleDefinition from, ModuleDefinition to)
    {
        foreach (var type in from.Types.Where(type => type.Name != "<Module>").ToList())
        {
            // Each assembly has a class of its own for the contents of its tables.
            if (to.GetType(type.FullName) is not null) type.Name += $" of {from.Assembly.Name.Name}";
            foreach (var nested in type.NestedTypes.ToList()) Detach(nested, from);
            from.Types.Remove(type);
            to.Types.Add(type);
        }
    }

    // A nested type remembers its module, unlike its members, and only leaving it makes it forget.
    private static void Detach(TypeDefinition nested, ModuleDefinition from)
    {
        foreach (var deeper in nested.NestedTypes.ToList()) Detach(deeper, from);
        var outer = nested.DeclaringType;
        outer.NestedTypes.Remove(nested);
        from.Types.Add(nested);
        from.Types.Remove(nested);
        outer.NestedTypes.Add(nested);
    }
}
