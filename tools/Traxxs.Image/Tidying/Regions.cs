using Mono.Cecil.Cil;

namespace Traxxs.Image.Tidying;

/// <summary>Which protected regions and handlers an instruction stands in: a jump must not cross their edges.</summary>
internal sealed class Regions
{
    private readonly Dictionary<Instruction, int> _index = [];
    private readonly List<(int Start, int End)> _regions = [];

    public Regions(MethodBody body)
    {
        for (var i = 0; i < body.Instructions.Count; i++) _index[body.Instructions[i]] = i;
        foreach (var handler in body.ExceptionHandlers)
        {
            _regions.Add((_index[handler.TryStart], _index[handler.TryEnd]));
            _regions.Add((_index[handler.FilterStart ?? handler.HandlerStart], handler.HandlerEnd is null ? body.Instructions.Count : _index[handler.HandlerEnd]));
        }
    }

    /// <summary>Whether two instructions stand in the same ones.</summary>
    public bool AreSame(Instruction one, Instruction other) => _regions.All(region => IsIn(region, one) == IsIn(region, other));

    private bool IsIn((int Start, int End) region, Instruction instruction) => _index[instruction] >= region.Start && _index[instruction] < region.End;
}
