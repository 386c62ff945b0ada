using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using Traxxs.Image.ByteCode;

namespace Traxxs.Image.Singletons;

/// <summary>
/// Makes the members of a class static of which a program makes one object and no more, and does away with the object: what
/// named it on the way to a member goes, a byte each time, and so do fields and parameters that hold it. A use of it before it
/// is made no longer fails but finds zeros. A class whose object is compared, tested for null, locked or given to a library is
/// left as it is.
/// </summary>
internal static class OneObject
{
    /// <summary>Works on a module whose code is without short forms; gives how many classes are static now.</summary>
    public static int Apply(ModuleDefinition module)
    {
        var methods = module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody).ToList();
        var types = Candidates(module);
        while (true)
        {
            var refused = new HashSet<TypeDefinition>();
            foreach (var type in types.Where(type => IsNamedOtherwise(module, type))) refused.Add(type);
            var stacks = methods.ToDictionary(method => method, method => new StackTypes(method, types, type => refused.Add(type)));
            if (refused.Count > 0)
            {
                types.ExceptWith(refused);
                continue;
            }

            foreach (var (method, stack) in stacks) Rewriter.Rewrite(method, stack, types);
            foreach (var type in module.GetTypes().ToList()) Declare(type, types);
            return types.Count;
        }
    }

    private static HashSet<TypeDefinition> Candidates(ModuleDefinition module)
    {
        var once = new RunsOnce(module);
        var bases = module.GetTypes().Select(type => type.BaseType).OfType<TypeDefinition>().ToHashSet();
        return module.GetTypes().Where(type => type is { IsClass: true, IsValueType: false, HasInterfaces: false } && type.BaseType?.FullName == "System.Object" && !bases.Contains(type)
            && !type.Methods.Any(method => method.IsVirtual || method.IsSynchronized) && once.MakingOf(type) is not null).ToHashSet();
    }

    // As an element, by reference, or in the signature of a method that is called through a delegate or a table.
    private static bool IsNamedOtherwise(ModuleDefinition module, TypeDefinition type)
    {
        bool IsIn(TypeReference named) => named is TypeSpecification && named.GetElementType() == type;
        bool Is(TypeReference named) => named == type || IsIn(named);
        return module.GetTypes().Any(owner => owner.Fields.Any(field => IsIn(field.FieldType)) || owner.Methods.Any(method =>
            IsIn(method.ReturnType) || method.Parameters.Any(one => IsIn(one.ParameterType))
            || (method.IsVirtual && (Is(method.ReturnType) || method.Parameters.Any(one => Is(one.ParameterType))))
            || (method.HasBody && (method.Body.Variables.Any(local => IsIn(local.VariableType)) || method.Body.Instructions.Any(one => one.OpCode.Code is Code.Ldftn or Code.Ldvirtftn
                && one.Operand is MethodDefinition passed && (Is(passed.ReturnType) || passed.Parameters.Any(parameter => Is(parameter.ParameterType))))))));
    }

    private static void Declare(TypeDefinition type, HashSet<TypeDefinition> types)
    {
        bool IsGone(TypeReference named) => named is TypeDefinition own && types.Contains(own);
        foreach (var method in type.Methods)
        {
            foreach (var parameter in method.Parameters.Where(one => IsGone(one.ParameterType)).ToList()) method.Parameters.Remove(parameter);
            if (IsGone(method.ReturnType)) method.ReturnType = type.Module.TypeSystem.Void;
            if (method.HasBody) foreach (var local in method.Body.Variables.Where(one => IsGone(one.VariableType)).ToList()) method.Body.Variables.Remove(local);
        }

        foreach (var field in type.Fields.Where(one => IsGone(one.FieldType)).ToList()) type.Fields.Remove(field);
        if (type.Methods.Where(method => method.IsConstructor).GroupBy(method => method.FullName).FirstOrDefault(group => group.Count() > 1) is { } twins && !types.Contains(type))
            throw new ImageException($"{type.FullName} has two constructors that differ in an object alone that is gone: {twins.Key}");
        if (!types.Contains(type)) return;
        foreach (var field in type.Fields) field.IsStatic = true;
        foreach (var method in type.Methods.Where(method => !method.IsStatic))
        {
            if (method.IsConstructor) (method.Name, method.IsSpecialName, method.IsRuntimeSpecialName) = ("Make", false, false);
            (method.IsStatic, method.HasThis) = (true, false);
        }
    }
}
