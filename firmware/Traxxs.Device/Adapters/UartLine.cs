using System;
using System.IO.Ports;
using Traxxs.Core.Ports;

namespace Traxxs.Device.Adapters
{
    /// <summary>The receiver's UART.</summary>
    public sealed class UartLine : ISerialLine
    {
        /// <summary>Longest wait for the line to take a command, ms: 100 bytes at 9600 baud are 104 ms.</summary>
        private const int WriteTimeoutMs = 200;

        private readonly SerialPort _port;

        /// <summary>Opens the port. Its pins must be assigned before.</summary>
        public UartLine(string portName, int baud, int bufferSize)
        {
            _port = new SerialPort(portName, baud);
            _port.ReadBufferSize = bufferSize;
            _port.WriteTimeout = WriteTimeoutMs;
            _port.Open();
        }

        /// <inheritdoc/>
        public int Read(byte[] buffer, int offset, int count)
        {
            try
            {
                int waiting = _port.BytesToRead;
                if (waiting <= 0 || count <= 0) return 0;
                return _port.Read(buffer, offset, waiting < count ? waiting : count);
            }
            catch (Exception)
            {
                return 0;
            }
        }

        /// <inheritdoc/>
        public bool TryWrite(byte[] buffer, int offset, int count)
        {
            try
            {
                _port.Write(buffer, offset, count);
                return true;
            }
            catch (Exception)
            {
                return false;
            }
        }
    }
}
