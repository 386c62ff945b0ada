using Mono.Cecil;

namespace Traxxs.Image.Tidying;

/// <summary>Whether a method may meet a number that is no integer, so that neither of two orders need hold.</summary>
internal static class Floats
{
    /// <summary>True where any type it names is a float's.</summary>
    public static bool In(MethodDefinition method) =>
        method.Parameters.Any(one => Is(one.ParameterType)) || method.Body.Variables.Any(one => Is(one.VariableType)) || method.Body.Instructions.Any(one =>
            one.OpCode.Name.Contains(".r", StringComparison.Ordinal) || one.Operand switch
            {
                FieldReference field => Is(field.FieldType),
                MethodReference called => Is(called.ReturnType),
                _ => false,
            });

    private static bool Is(TypeReference type) => type.GetElementType().MetadataType is MetadataType.Single or MetadataType.Double;
}
