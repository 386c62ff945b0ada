using System;
using System.Device.I2c;
using Traxxs.Core.Ports;

namespace Traxxs.Device.Adapters
{
    /// <summary>One chip with byte-addressed registers on the board's I2C bus. A refusal is a false, never an exception.</summary>
    public sealed class I2cRegisterBus : IRegisterBus
    {
        /// <summary>Most data bytes of one write: twice what the longest table of a driver needs at once.</summary>
        public const int WriteSizeMax = 32;

        private readonly I2cDevice _device;
        private readonly byte[] _register = new byte[1];
        private readonly byte[] _frame = new byte[1 + WriteSizeMax];

        /// <summary>Opens the chip; nothing is sent yet.</summary>
        public I2cRegisterBus(int bus, int address)
        {
            _device = I2cDevice.Create(new I2cConnectionSettings(bus, address, I2cBusSpeed.FastMode));
        }

        /// <inheritdoc/>
        public bool TryRead(byte register, byte[] buffer, int count)
        {
            if (count < 0 || count > buffer.Length) return false;
            _register[0] = register;
            try
            {
                return IsWhole(_device.WriteRead(new SpanByte(_register), new SpanByte(buffer, 0, count)));
            }
            catch (Exception)
            {
                return false;
            }
        }

        /// <inheritdoc/>
        public bool TryWrite(byte register, byte[] buffer, int count)
        {
            if (count < 0 || count > buffer.Length || count > WriteSizeMax) return false;
            _frame[0] = register;
            Array.Copy(buffer, 0, _frame, 1, count);
            try
            {
                return IsWhole(_device.Write(new SpanByte(_frame, 0, 1 + count)));
            }
            catch (Exception)
            {
                return false;
            }
        }

        private static bool IsWhole(I2cTransferResult result)
        {
            return result.Status == I2cTransferStatus.FullTransfer;
        }
    }
}
