using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Traxxs.Image;

/// <summary>
/// Moves all static members into as few types as can hold them: a type is a record of 24 bytes and a name, and its static
/// constructor a method. Tables are filled by one static constructor for all; one that does more than that stays where it is.
/// </summary>
internal sealed class StaticHolder
{
    // A record has one byte for each of the two numbers.
    private const int MembersMax = 250;

    private readonly ModuleDefinition _module;
    private readonly IReadOnlySet<MethodDefinition> _roots;
    private TypeDefinition? _holder;
    private MethodDefinition? _tables;

    private StaticHolder(ModuleDefinition module, IReadOnlySet<MethodDefinition> roots) => (_module, _roots) = (module, roots);

    /// <summary>Works on a module whose code is without short forms; gives how many types are gone.</summary>
    public static int Gather(ModuleDefinition module, IReadOnlySet<MethodDefinition> roots)
    {
        var gatherer = new StaticHolder(module, roots);
        var types = module.GetTypes().Where(type => type is { IsClass: true, IsValueType: false } && type.Name != "<Module>" && !type.Methods.Any(roots.Contains)).ToList();
        var used = Used(module);
        foreach (var type in types) gatherer.Empty(type);
        return types.Count(type => gatherer.Drop(type, used));
    }

    // Types that are more than the place of their static members.
    private static HashSet<TypeDefinition> Used(ModuleDefinition module)
    {
        var used = new HashSet<TypeDefinition>();
        void Add(TypeReference? type)
        {
            if (type?.GetElementType() is TypeDefinition own) used.Add(own);
        }

        foreach (var type in module.GetTypes())
        {
            Add(type.BaseType);
            foreach (var field in type.Fields) Add(field.FieldType);
            foreach (var method in type.Methods)
            {
                Add(method.ReturnType);
                foreach (var parameter in method.Parameters) Add(parameter.ParameterType);
                if (!method.HasBody) continue;
                foreach (var local in method.Body.Variables) Add(local.VariableType);
                foreach (var handler in method.Body.ExceptionHandlers) Add(handler.CatchType);
                foreach (var instruction in method.Body.Instructions) Add(instruction.Operand as TypeReference);
            }
        }

        return used;
    }

    private void Empty(TypeDefinition type)
    {
        foreach (var field in type.Fields.Where(field => field.IsStatic && !field.HasConstant).ToList())
        {
            type.Fields.Remove(field);
            Room().Fields.Add(field);
        }

        foreach (var method in type.Methods.Where(method => method.IsStatic && !_roots.Contains(method)).ToList())
        {
            if (method.IsConstructor && !FillsTablesOnly(method)) continue;
            type.Methods.Remove(method);
            if (method.IsConstructor) Append(method);
            else Room().Methods.Add(method);
        }
    }

    private void Append(MethodDefinition constructor)
    {
        if (_tables is null)
        {
            Room().Methods.Add(_tables = constructor);
            return;
        }

        _tables.Body.Instructions.RemoveAt(_tables.Body.Instructions.Count - 1);
        foreach (var instruction in constructor.Body.Instructions) _tables.Body.Instructions.Add(instruction);
    }

    // New arrays, their contents, and where they are kept: in whatever order that runs, the result is the same.
    private static bool FillsTablesOnly(MethodDefinition constructor) => !constructor.Body.HasVariables && !constructor.Body.HasExceptionHandlers
        && constructor.Body.Instructions.All(one => one.OpCode.FlowControl is FlowControl.Next or FlowControl.Return || IsFilling(one))
        && !constructor.Body.Instructions.Any(one => one.OpCode.Code is Code.Ldsfld or Code.Ldsflda);

    private static bool IsFilling(Instruction instruction) => instruction.OpCode.Code == Code.Call && ((MethodReference)instruction.Operand).Name == "InitializeArray";

    private TypeDefinition Room()
    {
        if (_holder is not null && _holder.Fields.Count < MembersMax && _holder.Methods.Count < MembersMax) return _holder;
        const TypeAttributes Static = TypeAttributes.Public | TypeAttributes.Class | TypeAttributes.Abstract | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit;
        _holder = new TypeDefinition("", $"Statics {_module.Types.Count}", Static, _module.TypeSystem.Object);
        _module.Types.Add(_holder);
        return _holder;
    }

    private bool Drop(TypeDefinition type, HashSet<TypeDefinition> used)
    {
        if (used.Contains(type) || type.HasMethods || type.Fields.Any(field => !field.IsStatic) || type.HasInterfaces) return false;
        foreach (var nested in type.NestedTypes.ToList())
        {
            type.NestedTypes.Remove(nested);
            nested.IsNestedPublic = false;
            nested.IsPublic = true;
            _module.Types.Add(nested);
        }

        (type.DeclaringType?.NestedTypes ?? _module.Types).Remove(type);
        return true;
    }
}
