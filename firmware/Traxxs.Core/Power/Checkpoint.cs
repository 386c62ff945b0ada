using System;
using Traxxs.Core.Uplink;

namespace Traxxs.Core.Power
{
    /// <summary>
    /// What a deep sleep must not lose, as bytes. Each part of the tracker walks over its own fields with
    /// <c>checkpoint.Int(ref field)</c>: saving, the value goes in; restoring, it comes out, so that the two cannot drift apart.
    /// What changes at every knock comes first (<see cref="SoftSize"/>): as long as the rest is what flash has, flash is left alone.
    /// </summary>
    public sealed class Checkpoint
    {
        /// <summary>Layout of the bytes; another is not taken up.</summary>
        public const int Version = 3;

        /// <summary>Bytes of a checkpoint: six fit a 4 KiB segment.</summary>
        public const int Size = 656;

        /// <summary>Bytes from the start that need not be on flash as they are now: time, last movement, battery.</summary>
        public const int SoftSize = 45;

        private readonly byte[] _onFlash = new byte[Size];

        /// <summary>The bytes.</summary>
        public readonly byte[] Bytes = new byte[Size];

        /// <summary>Values come out of the bytes (true) or go into them.</summary>
        public bool Restoring;

        private int _next;

        /// <summary>Whether flash holds what stands in the bytes, but for the soft ones.</summary>
        public bool IsOnFlash
        {
            get
            {
                for (int i = SoftSize; i < Size; i++)
                {
                    if (Bytes[i] != _onFlash[i]) return false;
                }

                return _onFlash[0] == Version;
            }
        }

        /// <summary>Bytes walked over.</summary>
        public int Walked
        {
            get { return _next; }
        }

        /// <summary>Begins a walk.</summary>
        public void Begin(bool restoring)
        {
            Restoring = restoring;
            _next = 0;
            if (!restoring) Array.Clear(Bytes, 0, Size);
        }

        /// <summary>The bytes are on flash as they stand.</summary>
        public void Written()
        {
            Array.Copy(Bytes, 0, _onFlash, 0, Size);
        }

        /// <summary>Walks over 32 bits.</summary>
        public void UInt(ref uint value)
        {
            if (Restoring) value = JournalRecord.GetUInt32(Bytes, _next);
            else JournalRecord.PutUInt32(Bytes, _next, value);
            _next += 4;
        }

        /// <summary>Walks over a signed number.</summary>
        public void Int(ref int value)
        {
            uint bits = (uint)value;
            UInt(ref bits);
            value = (int)(long)bits; // by way of long: DESIGN.md, "Unsigned to signed"
        }

        /// <summary>Walks over a moment.</summary>
        public void Long(ref long value)
        {
            uint low = (uint)(value & 0xFFFFFFFF);
            int high = (int)(value >> 32);
            UInt(ref low);
            Int(ref high);
            value = ((long)high << 32) | low;
        }

        /// <summary>Walks over a flag.</summary>
        public void Flag(ref bool value)
        {
            if (Restoring) value = Bytes[_next] != 0;
            else Bytes[_next] = (byte)(value ? 1 : 0);
            _next++;
        }

        /// <summary>Walks over bytes.</summary>
        public void Block(byte[] bytes, int count)
        {
            if (Restoring) Array.Copy(Bytes, _next, bytes, 0, count);
            else Array.Copy(bytes, 0, Bytes, _next, count);
            _next += count;
        }
    }
}
