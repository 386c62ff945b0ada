using System;
using Traxxs.Core.Ports;
using Traxxs.Core.Uplink;

namespace Traxxs.Nano.Tests
{
    /// <summary>A link to a <see cref="Server"/> in virtual time, with coverage that comes and goes.</summary>
    internal sealed class LoopUplink : IUplink
    {
        private const int WindowMax = 4;
        private const int OpenDelayMs = 3000;

        private readonly Server _server;
        private readonly byte[][] _frames = new byte[WindowMax][];
        private readonly int[] _sizes = new int[WindowMax];
        private readonly int[] _tokens = new int[WindowMax];
        private readonly int[] _acknowledged = new int[WindowMax];
        private int _underWay;
        private int _acknowledgedCount;
        private long _openAtMs;
        private long _nowMs;

        public LoopUplink(Server server)
        {
            _server = server;
            for (int i = 0; i < WindowMax; i++) _frames[i] = new byte[JournalRecord.PayloadSizeMax];
        }

        public LinkState State { get; private set; }

        /// <summary>Whether the device can reach the server.</summary>
        public bool Coverage = true;

        /// <summary>The server stores, but its acknowledgement never arrives.</summary>
        public bool LosesAcknowledgements;

        public long BusyMs(long nowMs)
        {
            return 0;
        }

        public void Open()
        {
            if (State == LinkState.Opening || State == LinkState.Open) return;
            State = LinkState.Opening;
            _openAtMs = _nowMs + OpenDelayMs;
        }

        public void Close()
        {
            State = LinkState.Closed;
            _underWay = 0;
            _acknowledgedCount = 0;
        }

        public bool TryPublish(int token, byte[] buffer, int offset, int count)
        {
            if (State != LinkState.Open || _underWay + _acknowledgedCount >= WindowMax) return false;
            Array.Copy(buffer, offset, _frames[_underWay], 0, count);
            _sizes[_underWay] = count;
            _tokens[_underWay] = token;
            _underWay++;
            return true;
        }

        public bool TryTakeAcknowledged(out int token)
        {
            token = 0;
            if (_acknowledgedCount == 0) return false;
            token = _acknowledged[0];
            _acknowledgedCount--;
            for (int i = 0; i < _acknowledgedCount; i++) _acknowledged[i] = _acknowledged[i + 1];
            return true;
        }

        public int TakeDownlink(byte[] buffer)
        {
            return State == LinkState.Open ? _server.Take(buffer) : 0;
        }

        /// <summary>What happens between two steps: the link opens or breaks, the server stores and acknowledges.</summary>
        public void Advance(long nowMs)
        {
            _nowMs = nowMs;
            if (!Coverage && (State == LinkState.Open || State == LinkState.Opening))
            {
                Close();
                State = LinkState.Failed;
            }

            if (State == LinkState.Opening && nowMs >= _openAtMs) State = LinkState.Open;
            if (State != LinkState.Open) return;
            for (int i = 0; i < _underWay; i++)
            {
                _server.Store(_frames[i], _sizes[i]);
                if (LosesAcknowledgements) continue;
                _acknowledged[_acknowledgedCount] = _tokens[i];
                _acknowledgedCount++;
            }

            _underWay = 0;
        }
    }
}
