using System.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Traxxs.Repository.Tests;

/// <summary>
/// Reckons how large the image of a module is on the device, by the layout of nanoFramework's PE format (version 1, as its
/// metadata processor 3.0 writes it): records of fixed size, names once each, signatures that share bytes, byte code with
/// operands of two bytes where .NET has four. The names that the interpreter has built in are not known here, so the figure
/// is a little too high.
/// </summary>
internal sealed class PeImage
{
    private const int HeaderSize = 124;
    private const int AssemblyReferenceSize = 12;
    private const int ReferenceSize = 8;
    private const int TypeSize = 24;
    private const int FieldSize = 8;
    private const int MethodSize = 16;
    private const int HandlerSize = 12;

    // Attributes that mean nothing on the device: the processor leaves them out.
    private static readonly string[] Dropped =
    [
        "ParamArray", "Serializable", "StructLayout", "Out", "Extension", "Nullable", "NullableContext", "RefSafetyRules", "Debuggable",
        "DebuggerBrowsable", "DebuggerHidden", "AttributeUsage", "Flags", "Obsolete", "Conditional", "DefaultMember", "CompilationRelaxations",
        "RuntimeCompatibility", "Embedded",
    ];

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _references = new(StringComparer.Ordinal);
    private readonly List<string> _tokens = [];
    private readonly List<byte> _signatures = [];
    private readonly SortedDictionary<string, int> _byType = new(StringComparer.Ordinal);
    private string _owner = "";

    private PeImage(ModuleDefinition module)
    {
        foreach (var reference in module.AssemblyReferences) Add(AssemblyReferenceSize, reference.Name);
        Add(HeaderSize, module.Assembly.Name.Name);
        foreach (var type in module.GetTypes().Where(type => type.Name != "<Module>")) Take(type);
        Add(_signatures.Count % 4);
    }

    /// <summary>Bytes of the image.</summary>
    public int Size => _byType.Values.Sum();

    /// <summary>Bytes each type brings with it; what several share belongs to the first.</summary>
    public IReadOnlyDictionary<string, int> ByType => _byType;

    /// <summary>Reckons one module. It should be compiled as the device gets it, optimised.</summary>
    public static PeImage Of(ModuleDefinition module) => new(module);

    private void Take(TypeDefinition type)
    {
        _owner = Outermost(type).FullName;
        Add(TypeSize, type.Name, type.Namespace);
        Refer(type.BaseType);
        foreach (var attribute in Kept(type)) Take(attribute);
        if (type.HasInterfaces) Sign([(byte)type.Interfaces.Count, .. type.Interfaces.SelectMany(one => Token(one.InterfaceType))]);
        foreach (var field in type.Fields.Where(field => !field.HasConstant))
        {
            Add(FieldSize, field.Name);
            Sign([6, .. Encode(field.FieldType)]);
            if (field.InitialValue is { Length: > 0 } value) Sign([(byte)value.Length, (byte)(value.Length >> 8), .. value]);
            foreach (var attribute in Kept(field)) Take(attribute);
        }

        foreach (var method in type.Methods) Take(method);
    }

    private void Take(MethodDefinition method)
    {
        Add(MethodSize, method.Name);
        SignMethod(method);
        foreach (var attribute in Kept(method)) Take(attribute);
        if (!method.HasBody) return;
        if (method.Body.HasVariables) Sign([.. method.Body.Variables.SelectMany(local => Encode(local.VariableType))]);
        foreach (var instruction in method.Body.Instructions)
        {
            Add(instruction.OpCode.Size + OperandSize(instruction));
            if (instruction.Operand is string text) Name(text);
            if (instruction.Operand is MemberReference member) Refer(member);
        }

        foreach (var handler in method.Body.ExceptionHandlers) Refer(handler.CatchType);
        if (method.Body.HasExceptionHandlers) Add(1 + method.Body.ExceptionHandlers.Count * HandlerSize);
    }

    private void Take(CustomAttribute attribute)
    {
        Add(ReferenceSize);
        Refer(attribute.Constructor);
        Sign([0, 0]);
    }

    private static IEnumerable<CustomAttribute> Kept(ICustomAttributeProvider provider) =>
        provider.CustomAttributes.Where(attribute => !Dropped.Contains(attribute.AttributeType.Name.Replace("Attribute", "")));

    private static int OperandSize(Instruction instruction) => instruction.OpCode.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar or OperandType.ShortInlineArg => 1,
        OperandType.InlineI or OperandType.ShortInlineR or OperandType.InlineTok => 4,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 1 + 2 * ((Instruction[])instruction.Operand).Length,
        _ => 2,
    };

    private void Refer(MemberReference? member)
    {
        if (member is null or GenericParameter) return;
        if (member is TypeSpecification specification)
        {
            Refer(specification.ElementType);
            return;
        }

        if (member is TypeReference type)
        {
            if (type is not TypeDefinition && _references.Add(type.FullName)) Add(ReferenceSize, type.Name, type.Namespace);
            return;
        }

        if (member is MethodDefinition or FieldDefinition || !_references.Add(member.FullName)) return;
        Add(ReferenceSize, member.Name);
        Refer(member.DeclaringType);
        if (member is MethodReference method) SignMethod(method);
        if (member is FieldReference field) Sign([6, .. Encode(field.FieldType)]);
    }

    private void SignMethod(IMethodSignature method) => Sign(
        [(byte)(method.HasThis ? 0x20 : 0), (byte)method.Parameters.Count, .. Encode(method.ReturnType), .. method.Parameters.SelectMany(one => Encode(one.ParameterType))]);

    private IEnumerable<byte> Encode(TypeReference type) => type switch
    {
        ByReferenceType reference => [0x20, .. Encode(reference.ElementType)],
        ArrayType array => [0x21, .. Encode(array.ElementType)],
        TypeSpecification other => Encode(other.ElementType),
        _ when type.IsPrimitive || type.FullName is "System.String" or "System.Object" or "System.Void" => [(byte)(0x80 + type.MetadataType)],
        _ => [(byte)(type.IsValueType ? 0x11 : 0x12), .. Token(type)],
    };

    // Number and kind in one, compressed to one or two bytes.
    private IEnumerable<byte> Token(TypeReference type)
    {
        Refer(type);
        var at = _tokens.IndexOf(type.FullName);
        if (at < 0)
        {
            at = _tokens.Count;
            _tokens.Add(type.FullName);
        }

        return at < 32 ? [(byte)(at << 2)] : [(byte)(0x80 | at >> 6), (byte)(at << 2)];
    }

    // A signature that already stands somewhere in the table is not written again.
    private void Sign(byte[] signature)
    {
        if (System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_signatures).IndexOf(signature) >= 0) return;
        _signatures.AddRange(signature);
        Add(signature.Length);
    }

    private void Add(int bytes, params string[] names)
    {
        _byType[_owner] = _byType.GetValueOrDefault(_owner) + bytes;
        foreach (var name in names) Name(name);
    }

    private void Name(string text)
    {
        if (_names.TryAdd(text, _owner)) Add(Encoding.UTF8.GetByteCount(text) + 1);
    }

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
