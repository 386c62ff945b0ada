using Traxxs.Drivers;

namespace Traxxs.Nano.Tests
{
    /// <summary>The registers of a LIS2DW12 that its driver touches, with a FIFO the test fills.</summary>
    internal sealed class AccelerometerChip : RegisterFile
    {
        private const byte SoftReset = 0x40;
        private const int SampleSize = 6;

        private byte[] _fifo = new byte[0];

        public AccelerometerChip()
        {
            Set((byte)Lis2dw12Register.WhoAmI, 0x44);
        }

        /// <summary>Whether the chip pushes its proof mass.</summary>
        public bool IsPushed
        {
            get { return (Registers[(byte)Lis2dw12Register.Ctrl3] & 0xC0) != 0; }
        }

        /// <summary>Counts of X, Y, Z in turn, oldest first.</summary>
        public void Fill(short[] counts)
        {
            _fifo = new byte[counts.Length * 2];
            for (int i = 0; i < counts.Length; i++)
            {
                _fifo[2 * i] = (byte)counts[i];
                _fifo[2 * i + 1] = (byte)(counts[i] >> 8);
            }

            Set((byte)Lis2dw12Register.FifoSamples, (byte)(_fifo.Length / SampleSize));
        }

        protected override byte ReadNext(byte register, int index)
        {
            if (register == (byte)Lis2dw12Register.OutXL) return _fifo[index];
            byte value = base.ReadNext(register, index);
            if (register == (byte)Lis2dw12Register.AllIntSrc) Registers[register] = 0;
            return value;
        }

        protected override void Written(byte register, byte value)
        {
            bool resets = register == (byte)Lis2dw12Register.Ctrl2 && (value & SoftReset) != 0;
            base.Written(register, resets ? (byte)0 : value);
        }
    }
}
