using Mono.Cecil;

namespace Traxxs.Image;

/// <summary>Gives each type, method and field the shortest name that is still its own.</summary>
internal sealed class ShortNames
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    // The interpreter finds a virtual method by its name: what belongs to a family has a mark, so that nothing else is taken for it.
    private const string Mark = "_";

    private readonly VirtualFamilies _families;
    private readonly IReadOnlySet<MethodDefinition> _roots;
    private readonly Dictionary<MethodDefinition, string> _family = [];
    private int _given;

    private ShortNames(VirtualFamilies families, IReadOnlySet<MethodDefinition> roots) => (_families, _roots) = (families, roots);

    /// <summary>Names all of a module but the roots and their types; gives how many names changed.</summary>
    public static int Give(ModuleDefinition module, VirtualFamilies families, IReadOnlySet<MethodDefinition> roots)
    {
        var names = new ShortNames(families, roots);
        var types = module.GetTypes().Where(type => type.Name != "<Module>").ToList();
        foreach (var type in types) names.NameMembers(type);
        var number = 0;
        foreach (var type in types.Where(type => !type.Methods.Any(roots.Contains)))
        {
            (type.Namespace, type.Name) = ("", Mark + Short(number++));
            names._given++;
        }

        return names._given;
    }

    private void NameMembers(TypeDefinition type)
    {
        // A base's names are never used again, though the language would allow it.
        var taken = new Dictionary<string, int>();
        for (var above = type.BaseType as TypeDefinition; above is not null; above = above.BaseType as TypeDefinition)
        {
            foreach (var kind in above.Fields.Select(Kind).Concat(above.Methods.Select(Kind))) taken[kind] = taken.GetValueOrDefault(kind) + 1;
        }

        foreach (var field in type.Fields.Where(field => !field.IsRuntimeSpecialName)) field.Name = Next(taken, Kind(field));
        foreach (var method in type.Methods)
        {
            foreach (var parameter in method.Parameters) parameter.Name = "";
            if (method.IsRuntimeSpecialName || _roots.Contains(method) || _families.IsForeign(method)) continue;
            method.Name = method.IsVirtual ? OfFamily(method) : Next(taken, Kind(method));
        }
    }

    // Members of different kinds may have one name: nothing finds them by the name alone.
    private static string Kind(FieldDefinition field) => field.FieldType.FullName;

    private static string Kind(MethodDefinition method) => $"{method.ReturnType.FullName}({string.Join(',', method.Parameters.Select(one => one.ParameterType.FullName))})";

    private string OfFamily(MethodDefinition method)
    {
        _given++;
        var family = _families.Of(method);
        if (!_family.TryGetValue(family, out var name)) _family[family] = name = Mark + Short(_family.Count);
        return name;
    }

    private string Next(Dictionary<string, int> taken, string kind)
    {
        _given++;
        var number = taken.GetValueOrDefault(kind);
        taken[kind] = number + 1;
        return Short(number);
    }

    // a … Z, aa … ZZ: more than any type has members.
    private static string Short(int number) =>
        number < Letters.Length ? Letters[number].ToString() : Short(number / Letters.Length - 1) + Letters[number % Letters.Length];
}
