using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    /// <summary>
    /// A server that stores each report once by (epoch, sequence), counts what is in it and answers alarms. Allocated once,
    /// like the device it listens to.
    /// </summary>
    internal sealed class Server
    {
        private const int ReportsMax = 256;
        private const int DownlinkMax = 16;
        private const int EventCodesMax = 64;

        private readonly ReportReader _reader = new ReportReader();
        private readonly Report _report = new Report();
        private readonly Command _command = new Command();
        private readonly uint[] _identities = new uint[ReportsMax];
        private readonly uint[] _hashes = new uint[ReportsMax];
        private readonly int[] _events = new int[EventCodesMax];
        private readonly uint[] _eventTimeS = new uint[EventCodesMax];
        private readonly byte[][] _downlink = new byte[DownlinkMax][];
        private readonly int[] _downlinkSize = new int[DownlinkMax];
        private int _downlinkFirst;
        private uint _nextCommandId = 1;

        public Server()
        {
            for (int i = 0; i < DownlinkMax; i++) _downlink[i] = new byte[CommandFrame.FrameSizeMax];
        }

        /// <summary>Different reports stored.</summary>
        public int Reports { get; private set; }

        /// <summary>Reports that came again with the same bytes.</summary>
        public int Repeats { get; private set; }

        /// <summary>Reports that came again with other bytes: one of them is lost.</summary>
        public int Conflicts { get; private set; }

        /// <summary>Frames that could not be read.</summary>
        public int Unreadable { get; private set; }

        /// <summary>Fixes in all reports.</summary>
        public int Fixes { get; private set; }

        /// <summary>Bytes in all reports.</summary>
        public int Bytes { get; private set; }

        /// <summary>Steps in the latest report.</summary>
        public uint Steps { get; private set; }

        /// <summary>Epoch of the latest report.</summary>
        public int Epoch { get; private set; }

        /// <summary>Highest sequence.</summary>
        public uint SequenceMax { get; private set; }

        /// <summary>Hash of all frames in the order stored: the same on every machine that decided the same.</summary>
        public uint Hash { get; private set; }

        /// <summary>Commands waiting for the device.</summary>
        public int Waiting { get; private set; }

        /// <summary>Events of a code in all reports.</summary>
        public int CountOf(EventCode code)
        {
            return _events[(int)code];
        }

        /// <summary>Time of the latest event of a code, as reported, s.</summary>
        public uint TimeOf(EventCode code)
        {
            return _eventTimeS[(int)code];
        }

        /// <summary>Takes a frame and acknowledges by returning.</summary>
        public void Store(byte[] buffer, int count)
        {
            if (_reader.Read(buffer, 0, count, _report) != DecodeResult.Ok || !_report.HasIdentity)
            {
                Unreadable++;
                return;
            }

            uint identity = ((uint)_report.Epoch << 16) ^ _report.Sequence;
            uint hash = Fnv.Add(Fnv.Start, buffer, 0, count);
            for (int i = 0; i < Reports; i++)
            {
                if (_identities[i] != identity) continue;
                if (_hashes[i] == hash) Repeats++;
                else Conflicts++;
                Answer();
                return;
            }

            if (Reports == ReportsMax)
            {
                Unreadable++;
                return;
            }

            _identities[Reports] = identity;
            _hashes[Reports] = hash;
            Reports++;
            Hash = Fnv.Add(Hash, buffer, 0, count);
            Count(count);
            Answer();
        }

        /// <summary>Moves the oldest waiting command into the buffer; 0 where none waits.</summary>
        public int Take(byte[] buffer)
        {
            if (Waiting == 0) return 0;
            int size = _downlinkSize[_downlinkFirst];
            for (int i = 0; i < size; i++) buffer[i] = _downlink[_downlinkFirst][i];
            _downlinkFirst = (_downlinkFirst + 1) % DownlinkMax;
            Waiting--;
            return size;
        }

        private void Count(int bytes)
        {
            Bytes += bytes;
            Fixes += _report.FixCount;
            Steps = _report.StepsTotal;
            Epoch = _report.Epoch;
            if (_report.Sequence > SequenceMax) SequenceMax = _report.Sequence;
            for (int i = 0; i < _report.EventCount; i++)
            {
                int code = (int)_report.EventCodes[i];
                if (code >= EventCodesMax) continue;
                _events[code]++;
                _eventTimeS[code] = _report.EventTimeS[i];
            }
        }

        private void Answer()
        {
            for (int i = 0; i < _report.EventCount; i++)
            {
                if (!Alarm.Is(_report.EventCodes[i])) continue;
                Send(CommandCode.AlarmReceived);
                Send(CommandCode.AlarmAcknowledged);
                return;
            }
        }

        private void Send(CommandCode code)
        {
            if (Waiting == DownlinkMax) return;
            int slot = (_downlinkFirst + Waiting) % DownlinkMax;
            _command.Id = _nextCommandId++;
            _command.Code = code;
            _command.Epoch = _report.Epoch;
            _command.Sequence = _report.Sequence;
            _downlinkSize[slot] = CommandFrame.Write(_command, _downlink[slot], 0);
            Waiting++;
        }
    }
}
