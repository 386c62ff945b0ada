using Mono.Cecil;

namespace Traxxs.Image;

/// <summary>What can be reached from the roots; the rest is taken out.</summary>
internal sealed class Reach(ModuleDefinition module, VirtualFamilies families, IReadOnlyCollection<MethodDefinition> roots)
{
    private readonly HashSet<TypeDefinition> _types = [];
    private readonly HashSet<MethodDefinition> _methods = [];
    private readonly HashSet<MethodDefinition> _families = [];
    private readonly Queue<MethodDefinition> _open = [];

    /// <summary>Takes out types and methods that nothing reaches; gives how many of each.</summary>
    public (int Types, int Methods) Trim()
    {
        foreach (var root in roots) Take(root);
        do
        {
            while (_open.TryDequeue(out var method)) Follow(method);
            TakeOverrides();
        }
        while (_open.Count > 0);
        return Remove(module.Types);
    }

    // Whoever is called through an interface or a base may be any of the types that are there.
    private void TakeOverrides()
    {
        foreach (var method in _types.ToList().SelectMany(type => type.Methods).Where(method => method.IsVirtual && _families.Contains(families.Of(method)))) Take(method);
    }

    private void Follow(MethodDefinition method)
    {
        foreach (var overridden in method.Overrides) Take(overridden);
        if (!method.HasBody) return;
        foreach (var variable in method.Body.Variables) Take(variable.VariableType);
        foreach (var handler in method.Body.ExceptionHandlers) Take(handler.CatchType);
        foreach (var operand in method.Body.Instructions.Select(instruction => instruction.Operand))
        {
            if (operand is MethodReference called) Take(called);
            else if (operand is FieldReference field) Take(field.DeclaringType);
            else if (operand is TypeReference type) Take(type);
        }
    }

    private void Take(MethodReference reference)
    {
        Take(reference.DeclaringType);
        if (reference is not MethodDefinition method || !_methods.Add(method)) return;
        _open.Enqueue(method);
        if (method.IsVirtual) _families.Add(families.Of(method));
        Take(method.ReturnType);
        foreach (var parameter in method.Parameters) Take(parameter.ParameterType);
        foreach (var attribute in method.CustomAttributes) Take(attribute.Constructor);
    }

    private void Take(TypeReference? reference)
    {
        if (reference is TypeSpecification specification) Take(specification.ElementType);
        if (reference is not TypeDefinition type || !_types.Add(type)) return;
        Take(type.BaseType);
        Take(type.DeclaringType);
        foreach (var implemented in type.Interfaces) Take(implemented.InterfaceType);
        foreach (var field in type.Fields) Take(field.FieldType);
        foreach (var attribute in type.CustomAttributes) Take(attribute.Constructor);
        foreach (var method in type.Methods.Where(method => method.IsConstructor && method.IsStatic || families.IsForeign(method))) Take(method);
    }

    private (int Types, int Methods) Remove(IList<TypeDefinition> types)
    {
        var (droppedTypes, droppedMethods) = (0, 0);
        foreach (var type in types.Where(type => type.Name != "<Module>").ToList())
        {
            if (!_types.Contains(type))
            {
                types.Remove(type);
                droppedTypes++;
                continue;
            }

            // The compiler has put constants where they are used.
            foreach (var constant in type.Fields.Where(field => field.HasConstant && !type.IsEnum).ToList()) type.Fields.Remove(constant);
            foreach (var method in type.Methods.Where(method => !_methods.Contains(method)).ToList())
            {
                type.Methods.Remove(method);
                droppedMethods++;
            }

            var nested = Remove(type.NestedTypes);
            (droppedTypes, droppedMethods) = (droppedTypes + nested.Types, droppedMethods + nested.Methods);
        }

        return (droppedTypes, droppedMethods);
    }
}
