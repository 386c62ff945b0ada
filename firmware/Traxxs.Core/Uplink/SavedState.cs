using System;
using Traxxs.Protocol;

namespace Traxxs.Core.Uplink
{
    /// <summary>
    /// What a reset must not lose besides the reports, in the journal's state bytes:
    /// <code>
    ///  0        1               2..3  4..35                       36..39  40..43           44       45              46..47  48      49..208
    ///  version  fall suspected  0     ids of the last 8 commands  starts  refused version  problem  unheard starts  0       length  Configure command in force
    ///  209..211  212..223                             224..235
    ///  0         repair: from, to, UTC of the start   the same of the life before
    /// </code>
    /// A new field takes bytes that are zero now; zero must mean "not known".
    /// </summary>
    public sealed class SavedState
    {
        /// <summary>Bytes of the state.</summary>
        public const int Size = 236;

        /// <summary>Commands remembered. The server repeats a command until it is answered; more than eight at once are not under way.</summary>
        public const int CommandsMax = 8;

        /// <summary>Starts without an acknowledgement after which the next begins slowly.</summary>
        public const int UnheardMax = 2;

        /// <summary>How long the first slow start waits, ms; doubles with each to eight minutes.</summary>
        public const int SlowMs = 60000;

        private const byte Version = 1;
        private const int SuspectedOffset = 1;
        private const int CommandsOffset = 4;
        private const int StartsOffset = 36;
        private const int RefusedOffset = 40;
        private const int ProblemOffset = 44;
        private const int UnheardOffset = 45;
        private const int LengthOffset = 48;
        private const int FrameOffset = 49;
        private const int RepairOffset = 212;
        private const int RepairSize = 12;
        private const byte FrameFits = FrameOffset + CommandFrame.FrameSizeMax <= RepairOffset ? 0 : -1;

        private readonly byte[] _bytes;

        /// <summary>A view of the journal's state bytes.</summary>
        public SavedState(byte[] bytes)
        {
            _bytes = bytes;
        }

        /// <summary>Starts of the device in this epoch.</summary>
        public uint Starts
        {
            get { return JournalRecord.GetUInt32(_bytes, StartsOffset); }
        }

        /// <summary>Version of the newest configuration that was refused; 0 where none was since the one in force.</summary>
        public uint RefusedVersion
        {
            get { return JournalRecord.GetUInt32(_bytes, RefusedOffset); }
        }

        /// <summary>The setting it was refused for; 0 where none was.</summary>
        public byte Problem
        {
            get { return _bytes[ProblemOffset]; }
        }

        /// <summary>Whether a fall was suspected and nothing had come of it yet.</summary>
        public bool FallSuspected
        {
            get { return _bytes[SuspectedOffset] != 0; }
            set { _bytes[SuspectedOffset] = (byte)(value ? 1 : 0); }
        }

        /// <summary>Starts since the server last acknowledged anything, this one included; counted to 255.</summary>
        public byte Unheard
        {
            get { return _bytes[UnheardOffset]; }
            set { _bytes[UnheardOffset] = value; }
        }

        /// <summary>How long after the start a weak cell is to be spared, ms; 0 where starts come to something.</summary>
        public int HoldMs
        {
            get
            {
                int slow = Unheard - UnheardMax;
                return slow <= 0 ? 0 : SlowMs << (slow < 4 ? slow - 1 : 3);
            }
        }

        /// <summary>
        /// Notes which reports were closed before the time was known and go out with true times: those from a number up to below
        /// another. Noted, so that a report has the same bytes whenever it is sent, after a reset too; the note before stays beside it,
        /// the one before that gives way. <paramref name="startS"/>: UTC where the device's clock stood at 0, s.
        /// </summary>
        public void Repair(uint from, uint to, uint startS)
        {
            Array.Copy(_bytes, RepairOffset, _bytes, RepairOffset + RepairSize, RepairSize);
            JournalRecord.PutUInt32(_bytes, RepairOffset, from);
            JournalRecord.PutUInt32(_bytes, RepairOffset + 4, to);
            JournalRecord.PutUInt32(_bytes, RepairOffset + 8, startS);
        }

        /// <summary>For a report so noted, UTC where its device's clock stood at 0, s; else 0.</summary>
        public uint RepairOf(uint sequence)
        {
            for (int at = RepairOffset; at < Size; at += RepairSize)
            {
                if (sequence >= JournalRecord.GetUInt32(_bytes, at) && sequence < JournalRecord.GetUInt32(_bytes, at + 4)) return JournalRecord.GetUInt32(_bytes, at + 8);
            }

            return 0;
        }

        /// <summary>Counts a start.</summary>
        public void Started()
        {
            _bytes[0] = Version;
            if (Unheard < 255) Unheard++;
            JournalRecord.PutUInt32(_bytes, StartsOffset, Starts + 1);
        }

        /// <summary>Whether a command was done before. Id 0 is never remembered.</summary>
        public bool Knows(uint commandId)
        {
            if (commandId == 0) return false;
            for (int i = 0; i < CommandsMax; i++)
            {
                if (JournalRecord.GetUInt32(_bytes, CommandsOffset + 4 * i) == commandId) return true;
            }

            return false;
        }

        /// <summary>Remembers a command in place of the oldest.</summary>
        public void Remember(uint commandId)
        {
            Array.Copy(_bytes, CommandsOffset, _bytes, CommandsOffset + 4, 4 * (CommandsMax - 1));
            JournalRecord.PutUInt32(_bytes, CommandsOffset, commandId);
        }

        /// <summary>Keeps a configuration that was taken, as the frame it came in.</summary>
        public void Configured(byte[] frame, int length)
        {
            Refused(0, 0);
            _bytes[LengthOffset] = (byte)length;
            Array.Copy(frame, 0, _bytes, FrameOffset, length);
        }

        /// <summary>Notes that a configuration was refused, so that it is refused once and not at each contact.</summary>
        public void Refused(uint version, byte problem)
        {
            JournalRecord.PutUInt32(_bytes, RefusedOffset, version);
            _bytes[ProblemOffset] = problem;
        }

        /// <summary>Reads the configuration in force. False: it is the built-in one.</summary>
        public bool TryReadConfiguration(Command command)
        {
            return CommandFrame.TryRead(_bytes, FrameOffset, _bytes[LengthOffset], command) == DecodeResult.Ok;
        }

        /// <summary>Forgets everything but the last command, a suspected fall and which reports are repaired.</summary>
        public void Clear()
        {
            Array.Clear(_bytes, CommandsOffset + 4, RepairOffset - CommandsOffset - 4);
        }
    }
}
