using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    /// <summary>One golden frame and what reading it gives.</summary>
    public sealed class GoldenVector
    {
        /// <summary>A row of the table.</summary>
        public GoldenVector(string name, DecodeResult result, bool isRewritten, uint contents, string frame)
        {
            Name = name;
            Result = result;
            IsRewritten = isRewritten;
            Contents = contents;
            Frame = frame;
        }

        /// <summary>Name of its file.</summary>
        public string Name { get; private set; }

        /// <summary>What the reader says.</summary>
        public DecodeResult Result { get; private set; }

        /// <summary>Whether writing what was read gives the same bytes.</summary>
        public bool IsRewritten { get; private set; }

        /// <summary><see cref="Contents"/> of what was read.</summary>
        public uint Contents { get; private set; }

        /// <summary>The bytes, in hexadecimal digits.</summary>
        public string Frame { get; private set; }
    }
}
