namespace Traxxs.Core.Motion
{
    /// <summary>One acceleration on three axes, mg, or what is reckoned with it. Allocated once and reused.</summary>
    internal sealed class Vector
    {
        internal int X;
        internal int Y;
        internal int Z;
        private bool _isKnown;

        internal void Set(int x, int y, int z)
        {
            X = x;
            Y = y;
            Z = z;
            _isKnown = true;
        }

        /// <summary>What comes next is no change of what was.</summary>
        internal void Forget()
        {
            _isKnown = false;
        }

        /// <summary>Takes the next sample and returns how far it is from the one before, summed over the axes; 0 for the first.</summary>
        internal int MoveTo(int x, int y, int z)
        {
            int change = _isKnown ? DistanceTo(x, y, z) : 0;
            Set(x, y, z);
            return change;
        }

        /// <summary>Distance summed over the axes.</summary>
        internal int DistanceTo(int x, int y, int z)
        {
            return Magnitude.Absolute(x - X) + Magnitude.Absolute(y - Y) + Magnitude.Absolute(z - Z);
        }

        /// <summary>Inner product: the lengths of both times the cosine between them.</summary>
        internal long Dot(int x, int y, int z)
        {
            return (long)x * X + (long)y * Y + (long)z * Z;
        }

        internal int Length()
        {
            return Magnitude.Of(X, Y, Z);
        }
    }
}
