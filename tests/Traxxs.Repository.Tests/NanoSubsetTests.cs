using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Traxxs.Repository.Tests;

/// <summary>
/// Firmware compiles on the PC with the full language; the device's interpreter knows less, and fails at start or, worse,
/// goes on with a wrong value. These rules read the built assemblies, so nothing hides behind syntax.
/// </summary>
[TestClass]
public sealed class NanoSubsetTests
{
    private static readonly string[] StateMachines = ["AsyncStateMachineAttribute", "IteratorStateMachineAttribute", "AsyncIteratorStateMachineAttribute"];

    [TestMethod]
    public void There_are_no_generics()
    {
        var findings = new Findings();
        foreach (var type in FirmwareAssemblies.Modules.SelectMany(module => module.GetTypes()))
        {
            if (type.HasGenericParameters || type.Methods.Any(method => method.HasGenericParameters))
                Report(findings, FirmwareAssemblies.PlaceOf(type), $"{type.FullName} is or has a generic: the interpreter refuses it at load. Write it for the types it serves");
            foreach (var field in type.Fields.Where(field => IsGeneric(field.FieldType)))
                Report(findings, FirmwareAssemblies.PlaceOf(type), $"field {field.Name} is {field.FieldType.FullName}: no generic type may be used, nor Nullable");
        }

        foreach (var method in FirmwareAssemblies.Methods)
        {
            foreach (var variable in method.Body.Variables.Where(variable => IsGeneric(variable.VariableType)))
                Report(findings, FirmwareAssemblies.PlaceOf(method, null), $"a local of {method.Name} is {variable.VariableType.FullName}: no generic type may be used, nor Nullable, nor a tuple");
            foreach (var parameter in method.Parameters.Select(parameter => parameter.ParameterType).Append(method.ReturnType).Where(IsGeneric))
                Report(findings, FirmwareAssemblies.PlaceOf(method, null), $"{method.Name} takes or returns {parameter.FullName}: no generic type may be used");
            foreach (var instruction in method.Body.Instructions)
            {
                var generic = instruction.Operand switch
                {
                    GenericInstanceMethod call => call.FullName,
                    MemberReference { DeclaringType: GenericInstanceType owner } => owner.FullName,
                    TypeReference type when IsGeneric(type) => type.FullName,
                    _ => null,
                };
                if (generic is not null) Report(findings, FirmwareAssemblies.PlaceOf(method, instruction), $"{method.Name} uses the generic {generic}: the interpreter has none");
            }
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void There_are_no_iterators_and_no_async_methods()
    {
        var findings = new Findings();
        foreach (var method in FirmwareAssemblies.Methods)
        {
            if (method.CustomAttributes.Any(attribute => StateMachines.Contains(attribute.AttributeType.Name)))
                Report(findings, FirmwareAssemblies.PlaceOf(method, null), $"{method.Name} is async or an iterator: the device has neither. Return state and be called again");
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void There_are_no_multidimensional_arrays_pointers_or_stack_arrays()
    {
        var findings = new Findings();
        foreach (var field in FirmwareAssemblies.Modules.SelectMany(module => module.GetTypes()).SelectMany(type => type.Fields).Where(field => IsForbiddenShape(field.FieldType)))
            Report(findings, FirmwareAssemblies.PlaceOf(field.DeclaringType), $"field {field.Name} is {field.FieldType.FullName}: use one-dimensional or jagged arrays, no pointers");
        foreach (var method in FirmwareAssemblies.Methods)
        {
            foreach (var variable in method.Body.Variables.Where(variable => IsForbiddenShape(variable.VariableType)))
                Report(findings, FirmwareAssemblies.PlaceOf(method, null), $"a local of {method.Name} is {variable.VariableType.FullName}: use one-dimensional or jagged arrays, no pointers");
            foreach (var instruction in method.Body.Instructions.Where(instruction => instruction.OpCode == OpCodes.Localloc))
                Report(findings, FirmwareAssemblies.PlaceOf(method, instruction), $"{method.Name} uses stackalloc: allocate a buffer at construction");
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void A_struct_of_our_own_is_read_only()
    {
        // With optimisation the interpreter copies the reference, not the value: a copy that is changed changes the original.
        var findings = new Findings();
        foreach (var type in FirmwareAssemblies.Modules.SelectMany(module => module.GetTypes()).Where(type => type.IsValueType && !type.IsEnum && !IsCompilerMade(type)))
        {
            if (type.Fields.Any(field => !field.IsStatic && !field.IsInitOnly))
                Report(findings, FirmwareAssemblies.PlaceOf(type), $"{type.FullName} is a struct that can change: make it a class, or all its fields readonly");
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void Interfaces_have_no_bodies()
    {
        var findings = new Findings();
        foreach (var method in FirmwareAssemblies.Methods.Where(method => method.DeclaringType.IsInterface))
            Report(findings, FirmwareAssemblies.PlaceOf(method, null), $"{method.FullName} has a body: default interface methods throw on the device");
        findings.AssertNone();
    }

    [TestMethod]
    public void A_static_initialiser_reads_nothing_of_another_class()
    {
        // All run at start, in an order of the tool's choosing: another class's static may still be 0 or null.
        var findings = new Findings();
        foreach (var method in FirmwareAssemblies.Methods.Where(method => method.IsConstructor && method.IsStatic))
        {
            foreach (var instruction in method.Body.Instructions)
            {
                if (instruction.Operand is FieldReference field && instruction.OpCode.Code is Code.Ldsfld or Code.Ldsflda
                    && instruction.Operand is FieldReference read && read.DeclaringType.FullName != method.DeclaringType.FullName && !IsCompilerMade(read.DeclaringType))
                {
                    Report(findings, FirmwareAssemblies.PlaceOf(method, instruction), $"the static initialiser of {method.DeclaringType.Name} reads {read.FullName}: make that a const, or read it in an instance constructor");
                }

                if (instruction.Operand is MethodReference call && FirmwareAssemblies.IsOwn(call.DeclaringType) && call.DeclaringType.FullName != method.DeclaringType.FullName)
                    Report(findings, FirmwareAssemblies.PlaceOf(method, instruction), $"the static initialiser of {method.DeclaringType.Name} calls {call.FullName}: what that reads may not be set yet. Build it in an instance constructor");
            }
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void Nothing_relies_on_checked_arithmetic()
    {
        var findings = new Findings();
        foreach (var method in FirmwareAssemblies.Methods)
        {
            foreach (var instruction in method.Body.Instructions.Where(instruction => instruction.OpCode.Name.Contains(".ovf", StringComparison.Ordinal)))
                Report(findings, FirmwareAssemblies.PlaceOf(method, instruction), $"{method.Name} is checked: on the device it wraps without a word. Compare with the bound first");
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void No_enum_is_turned_into_text()
    {
        var findings = new Findings();
        foreach (var method in FirmwareAssemblies.Methods)
        {
            foreach (var instruction in method.Body.Instructions)
            {
                if (instruction.OpCode.Code is Code.Box or Code.Constrained && instruction.Operand is TypeReference type && type.Resolve() is { IsEnum: true })
                    Report(findings, FirmwareAssemblies.PlaceOf(method, instruction), $"{method.Name} boxes {type.Name}: its text is a number on the device. Cast it to int, or keep a table of names");
            }
        }

        findings.AssertNone();
    }

    private static void Report(Findings findings, (string File, int Line) place, string whatToDo) => findings.Add(place.File, place.Line, whatToDo);

    private static bool IsGeneric(TypeReference type) => type switch
    {
        GenericInstanceType or GenericParameter => true,
        TypeSpecification specification => IsGeneric(specification.ElementType),
        _ => false,
    };

    private static bool IsForbiddenShape(TypeReference type) => type switch
    {
        ArrayType { Rank: > 1 } => true,
        PointerType or FunctionPointerType => true,
        TypeSpecification specification => IsForbiddenShape(specification.ElementType),
        _ => false,
    };

    private static bool IsCompilerMade(TypeReference type) =>
        type.FullName.Contains('<', StringComparison.Ordinal) || (type.DeclaringType is { } outer && IsCompilerMade(outer));
}
