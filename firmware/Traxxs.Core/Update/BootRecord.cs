using Traxxs.Core.Ports;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Update
{
    /// <summary>
    /// Which image the board starts, and what is known of the others. Image 0 is the one in the deployment region, the factory's;
    /// images 1 and 2 are signed files in segments 2 and 3 of the update's storage. The record stands in segments 0 and 1 in turn,
    /// with a number and a check: a power cut at any byte leaves the one before. The factory's image reads records that any later
    /// one has written, so their layout is fixed; a new field takes words behind the last.
    /// </summary>
    public sealed class BootRecord
    {
        /// <summary>Segments of the update's storage.</summary>
        public const int SegmentCount = 4;

        /// <summary>Starts a new image has to prove itself in.</summary>
        public const int TriesMax = 3;

        private const int Size = 48;
        private const int CheckedFrom = 2;
        private const byte Layout = 1;

        private readonly ISegmentStorage _storage;
        private readonly byte[] _bytes = new byte[Size];
        private bool _reading;
        private int _next;
        private uint _number;

        /// <summary>A record that says: the factory's image, whose version is given. Nothing is read yet.</summary>
        public BootRecord(ISegmentStorage storage, uint factoryVersion)
        {
            _storage = storage;
            Versions[0] = factoryVersion;
        }

        /// <summary>Version of each image; 0 where the segment holds no whole one.</summary>
        public readonly uint[] Versions = new uint[3];

        /// <summary>The image that starts.</summary>
        public uint Image;

        /// <summary>The image to return to. Another than <see cref="Image"/> while that is on trial.</summary>
        public uint Previous;

        /// <summary>Starts left to an image on trial until it has proved itself, and to a kept one until it comes up once.</summary>
        public uint Tries;

        /// <summary>Highest version that failed on trial by its own fault.</summary>
        public uint Failed;

        /// <summary>Version that is being taken; 0 where none is.</summary>
        public uint TakingVersion;

        /// <summary>Bytes of its signed file.</summary>
        public uint TakingSize;

        /// <summary>Event that no report carries yet (<see cref="EventCode"/>); 0 where there is none.</summary>
        public uint News;

        /// <summary>Its value.</summary>
        public uint NewsValue;

        /// <summary>The image that nothing runs from: a new one goes there.</summary>
        public int Spare
        {
            get { return Image == 1 ? 2 : 1; }
        }

        /// <summary>Takes the newest record that is whole; none leaves everything as it is.</summary>
        public void Load()
        {
            for (int segment = 0; segment < 2; segment++)
            {
                if (!_storage.TryRead(segment, 0, _bytes, 0, Size) || _bytes[CheckedFrom] != Layout) continue;
                ushort check = Crc16.Compute(_bytes, CheckedFrom, Size - CheckedFrom);
                if (check == (_bytes[0] | _bytes[1] << 8) && JournalRecord.GetUInt32(_bytes, 4) > _number) Walk(true);
            }
        }

        /// <summary>Writes the record over the older of the two. False: flash refused, and the newer stands.</summary>
        public bool TrySave()
        {
            _number++;
            Walk(false);
            _bytes[CheckedFrom] = Layout;
            ushort check = Crc16.Compute(_bytes, CheckedFrom, Size - CheckedFrom);
            _bytes[0] = (byte)check;
            _bytes[1] = (byte)(check >> 8);
            int segment = (int)(_number & 1);
            if (_storage.TryErase(segment) && _storage.TryAppend(segment, _bytes, 0, Size)) return true;
            _number--;
            return false;
        }

        /// <summary>
        /// For the factory's image at each start: which image to start. An image on trial has one start less from then on, and none
        /// where that cannot be written. A kept one is counted too, since a load that ends in the interpreter leaves nobody who could
        /// return: but not when the chip woke (<paramref name="woken"/>), as it did from this very image and does many times a day.
        /// A factory's image that is as new as the chosen one is started itself.
        /// </summary>
        public int Choose(bool woken)
        {
            Load();
            bool onTrial = Image != Previous;
            if (onTrial || (!woken && Versions[Image] > Versions[0]))
            {
                bool left = Tries > 0;
                Tries--;
                bool counted = left && TrySave();
                if (!left || (onTrial && !counted)) Fail(true);
            }

            return Versions[Image] > Versions[0] ? (int)(long)Image : 0; // by way of long: DESIGN.md, "Unsigned to signed"
        }

        /// <summary>
        /// The image that starts is of no use: the one before starts from now on, at last the factory's. False: flash refused to keep that.
        /// <paramref name="forGood"/>: one on trial is not taken again.
        /// </summary>
        public bool Fail(bool forGood)
        {
            uint version = Versions[Image];
            Versions[Image] = 0;
            int spare = Spare;
            if (Image == Previous) Previous = Versions[spare] != 0 ? (uint)spare : 0;
            else if (forGood && version > Failed) Failed = version;
            Image = Previous;
            Tries = TriesMax;
            News = (uint)EventCode.UpdateReturned;
            NewsValue = version;
            return TrySave();
        }

        private void Walk(bool reading)
        {
            _reading = reading;
            _next = 4;
            _number = Word(_number);
            Image = Word(Image);
            Previous = Word(Previous);
            Tries = Word(Tries);
            Versions[1] = Word(Versions[1]);
            Versions[2] = Word(Versions[2]);
            Failed = Word(Failed);
            TakingVersion = Word(TakingVersion);
            TakingSize = Word(TakingSize);
            News = Word(News);
            NewsValue = Word(NewsValue);
        }

        private uint Word(uint value)
        {
            if (_reading) value = JournalRecord.GetUInt32(_bytes, _next);
            else JournalRecord.PutUInt32(_bytes, _next, value);
            _next += 4;
            return value;
        }
    }
}
