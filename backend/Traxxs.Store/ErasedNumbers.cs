namespace Traxxs.Store;

/// <summary>A number that is known and whose report was erased, or went with its span of time.</summary>
internal readonly record struct ErasedNumber(string DeviceId, int Epoch, long Sequence) : IComparable<ErasedNumber>
{
    public int CompareTo(ErasedNumber other)
    {
        var device = string.CompareOrdinal(DeviceId, other.DeviceId);
        return device != 0 ? device : (Epoch, Sequence).CompareTo((other.Epoch, other.Sequence));
    }
}

/// <summary>A store that can say which numbers it knows without their reports: for who copies it.</summary>
internal interface IKnowsErased
{
    /// <summary>All of them, in any order. Reads everything.</summary>
    IEnumerable<ErasedNumber> ReadErased();
}
