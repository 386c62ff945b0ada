using Traxxs.Core.Ports;

namespace Traxxs.Nano.Tests
{
    /// <summary>A chip of 128 registers behind a bus that can refuse one transfer.</summary>
    internal class RegisterFile : IRegisterBus
    {
        protected readonly byte[] Registers = new byte[128];

        /// <summary>Transfers so far.</summary>
        public int Transfers { get; private set; }

        /// <summary>The transfer that is refused, counted from 1; 0 refuses none.</summary>
        public int RefusedTransfer;

        public bool TryRead(byte register, byte[] buffer, int count)
        {
            if (++Transfers == RefusedTransfer) return false;
            for (int i = 0; i < count; i++) buffer[i] = ReadNext(register, i);
            return true;
        }

        public bool TryWrite(byte register, byte[] buffer, int count)
        {
            if (++Transfers == RefusedTransfer) return false;
            for (int i = 0; i < count; i++) Written((byte)(register + i), buffer[i]);
            return true;
        }

        /// <summary>Sets a register as the chip would.</summary>
        public void Set(byte register, byte value)
        {
            Registers[register] = value;
        }

        protected virtual byte ReadNext(byte register, int index)
        {
            return Registers[register + index];
        }

        protected virtual void Written(byte register, byte value)
        {
            Registers[register] = value;
        }
    }
}
