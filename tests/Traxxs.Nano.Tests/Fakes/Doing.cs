namespace Traxxs.Nano.Tests
{
    /// <summary>What the wearer does in a stretch of time.</summary>
    internal enum Doing : byte
    {
        Still,
        Walking,
        Falling,
        Lying,
    }
}
