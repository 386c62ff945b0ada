using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Traxxs.Image;

/// <summary>Puts other types, methods and fields in the place of those that a module's code and signatures name.</summary>
internal sealed class TypeMap(Func<TypeReference, TypeReference> type, Func<MethodReference, MethodReference> method, Func<FieldReference, FieldReference> field)
{
    /// <summary>Walks a whole module.</summary>
    public void Apply(ModuleDefinition module)
    {
        foreach (var owner in module.GetTypes())
        {
            if (owner.HasGenericParameters) throw new ImageException($"{owner.FullName} is generic: the device has no generics");
            if (owner.BaseType is not null) owner.BaseType = Map(owner.BaseType);
            foreach (var implemented in owner.Interfaces) implemented.InterfaceType = Map(implemented.InterfaceType);
            foreach (var member in owner.Fields) member.FieldType = Map(member.FieldType);
            foreach (var member in owner.Methods) Apply(member);
            foreach (var provider in owner.Fields.Cast<ICustomAttributeProvider>().Append(owner)) Apply(provider);
        }
    }

    private void Apply(MethodDefinition owner)
    {
        Apply((ICustomAttributeProvider)owner);
        owner.ReturnType = Map(owner.ReturnType);
        foreach (var parameter in owner.Parameters) parameter.ParameterType = Map(parameter.ParameterType);
        for (var i = 0; i < owner.Overrides.Count; i++) owner.Overrides[i] = method(owner.Overrides[i]);
        if (!owner.HasBody) return;
        foreach (var variable in owner.Body.Variables) variable.VariableType = Map(variable.VariableType);
        foreach (var handler in owner.Body.ExceptionHandlers.Where(handler => handler.CatchType is not null)) handler.CatchType = Map(handler.CatchType);
        foreach (var instruction in owner.Body.Instructions) Apply(owner, instruction);
    }

    private void Apply(MethodDefinition owner, Instruction instruction) => instruction.Operand = instruction.Operand switch
    {
        GenericInstanceMethod generic => throw new ImageException($"{owner.FullName} calls the generic {generic.Name}: the device has no generics"),
        MethodReference called => method(called),
        FieldReference used => field(used),
        TypeReference named => Map(named),
        var other => other,
    };

    private void Apply(ICustomAttributeProvider provider)
    {
        foreach (var attribute in provider.CustomAttributes) attribute.Constructor = method(attribute.Constructor);
    }

    private TypeReference Map(TypeReference from) => from switch
    {
        ArrayType array => new ArrayType(Map(array.ElementType), array.Rank),
        ByReferenceType reference => new ByReferenceType(Map(reference.ElementType)),
        TypeSpecification other => throw new ImageException($"{other.FullName} is a kind of type that the device has not"),
        _ => type(from),
    };
}
