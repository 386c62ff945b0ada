using System;
using Traxxs.Core.Ports;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Update
{
    /// <summary>Where an update stands.</summary>
    public enum UpdateState : byte
    {
        /// <summary>None is under way.</summary>
        Idle = 0,

        /// <summary>Blocks are taken.</summary>
        Taking = 1,

        /// <summary>The file is whole and is read again.</summary>
        Hashing = 2,

        /// <summary>Its signature is reckoned.</summary>
        Proving = 3,

        /// <summary>It is good: the device restarts into it when nothing urgent is under way.</summary>
        Ready = 4,
    }

    /// <summary>
    /// Takes an offered image block by block into the spare segment, proves its signature, and puts a new image on trial; the image
    /// on trial proves itself here too. Accepts offers and blocks; emits events and whether to restart. The link's own thread calls
    /// <see cref="TakeBlock"/>, so that no block is lost between link and step; everything else belongs to the step.
    /// </summary>
    public sealed class Updater
    {
        /// <summary>Bytes the server sends for one <see cref="EventCode.UpdateWants"/>.</summary>
        public const int WindowSize = 8192;

        /// <summary>How long no block may come before the device asks again, ms, counted from when nothing of its own waits to be sent.</summary>
        public const int PatienceMs = 30000;

        /// <summary>Asked so often in vain, the device gives up.</summary>
        public const int AsksMax = 10;

        /// <summary>Least charge that an update is begun with, %.</summary>
        public const int BatteryMinPercent = 30;

        /// <summary>How long a new image has to prove itself in one start, ms.</summary>
        public const int TrialMs = 900000;

        /// <summary>Memory that must be left beside an image and what the interpreter makes of it, bytes: a link's buffers come and go.</summary>
        public const int MemoryMargin = 32768;

        // Bytes read and hashed in one step: 8 blocks.
        private const int SliceSize = 512;

        private readonly ISegmentStorage _storage;
        private readonly IUpdateBoard _board;
        private readonly BootRecord _record;
        private readonly int _image;
        private readonly Command _block = new Command();
        private readonly byte[] _slice = new byte[SliceSize];
        private readonly Sha256 _hash = new Sha256();
        private readonly SignatureCheck _check = new SignatureCheck();
        private readonly object _gate = new object();
        private UpdateState _state;
        private bool _recordRead;
        private bool _blockRefused;
        private bool _told;
        private bool _newsTold;
        private int _length;
        private int _askedAt;
        private int _seen;
        private int _asks;
        private int _position;
        private long _quietMs;

        /// <summary>
        /// Goes on where the record says. <paramref name="image"/>: which one runs, 0 for the factory's, whose version is
        /// <paramref name="factoryVersion"/>. <paramref name="woken"/>: the chip woke from deep sleep, which it does not go to while an image
        /// is taken or on trial: then the record is not read before the next offer.
        /// </summary>
        public Updater(ISegmentStorage storage, IUpdateBoard board, int image, uint factoryVersion, bool woken)
        {
            _storage = storage;
            _board = board;
            _image = image;
            _record = new BootRecord(storage, factoryVersion);
            if (woken) return;
            ReadRecord();
            if (_record.TakingVersion == 0 || OnTrial) return;
            _length = _storage.LengthOf(Segment);
            if (_length < 0 || _length > _record.TakingSize)
            {
                _storage.TryErase(Segment);
                _length = 0;
            }

            Enter(UpdateState.Taking);
        }

        /// <summary>The device should restart: into a new image, or back to the one before.</summary>
        public bool RestartWanted;

        /// <summary>Where it stands.</summary>
        public UpdateState State { get { return _state; } }

        /// <summary>Bytes of the file that are there.</summary>
        public int Length { get { return _length; } }

        /// <summary>Whether the image that runs has yet to prove itself.</summary>
        public bool OnTrial { get { return _image != 0 && _record.Image == _image && _record.Previous != _record.Image; } }

        /// <summary>Whether the device must not sleep deeply.</summary>
        public bool IsBusy { get { return _state != UpdateState.Idle || OnTrial; } }

        private int Segment { get { return _record.Spare + 1; } }

        /// <summary>
        /// Takes an offer. False: not now, the server should repeat it. Whether it is refused says an event.
        /// </summary>
        public bool TryOffer(Command offer, bool batteryLow, ReportBuilder report, long nowMs)
        {
            if (_state == UpdateState.Ready || OnTrial) return false;
            if (!_recordRead) ReadRecord();
            int imageSize = offer.ImageSize - SignedImage.HeaderSize - SignedImage.SignatureSize;
            UpdateRefusal refusal = UpdateRefusal.None;
            if (imageSize <= 0 || offer.ImageSize > SignedImage.FileSizeMax) refusal = UpdateRefusal.Malformed;
            else if (_board.TryReadKey() == null) refusal = UpdateRefusal.NoKey;
            else if (offer.ImageVersion <= _record.Versions[_image] || offer.ImageVersion <= _record.Failed) refusal = UpdateRefusal.NotNewer;
            // An image that runs gives its own memory back before the next one starts.
            else if (_image == 0 && imageSize + imageSize / 4 + MemoryMargin > _board.FreeMemory()) refusal = UpdateRefusal.NoRoom;
            else if (batteryLow) refusal = UpdateRefusal.BatteryLow;
            if (refusal != UpdateRefusal.None)
            {
                Tell(EventCode.UpdateRefused, (int)refusal, offer.ImageVersion, report, nowMs);
                return true;
            }

            lock (_gate)
            {
                if (_state == UpdateState.Idle || offer.ImageVersion != _record.TakingVersion || offer.ImageSize != _record.TakingSize) Begin(offer, report, nowMs);
                _told = false;
            }

            return true;
        }

        /// <summary>Takes a frame of the link where it is a block. False: it is none. A block that does not follow on what is there is ignored.</summary>
        public bool TakeBlock(byte[] frame, int count)
        {
            if (count < 2 || frame[1] != (byte)CommandCode.UpdateBlock) return false;
            lock (_gate)
            {
                if (_state != UpdateState.Taking || CommandFrame.TryRead(frame, 0, count, _block) != DecodeResult.Ok) return true;
                int length = _length + _block.BlockLength;
                if (_block.Id != _record.TakingVersion || _block.BlockOffset != _length || length > _record.TakingSize) return true;
                if (_storage.TryAppend(Segment, _block.Block, 0, _block.BlockLength)) _length = length;
                else _blockRefused = true;
            }

            return true;
        }

        /// <summary>
        /// Decides one step. <paramref name="said"/>: nothing of the device's waits to be sent. <paramref name="calm"/>: nobody needs help.
        /// <paramref name="heard"/>: a report of this start is acknowledged. <paramref name="senses"/>: the accelerometer answers.
        /// </summary>
        public void Step(bool said, bool calm, bool heard, bool senses, ReportBuilder report, long nowMs)
        {
            if (OnTrial) FollowTrial(heard, senses, nowMs);
            else if (_image != 0 && _record.Image == _image && _record.Tries != BootRecord.TriesMax) NoteStart();
            FollowNews(report, nowMs);
            switch (_state)
            {
                // From Idle by an offer, or at a start. Leaves to Hashing when the file is whole, to Idle when no blocks come.
                case UpdateState.Taking:
                    FollowBlocks(said, report, nowMs);
                    break;

                // From Taking. Leaves to Proving at the end of the file, to Idle where it is not what was offered.
                case UpdateState.Hashing:
                    HashSlice(report, nowMs);
                    break;

                // From Hashing. Leaves to Ready or, where the signature is not the key's, to Idle.
                case UpdateState.Proving:
                    if (!_check.Advance()) break;
                    if (!_check.IsOf(_hash.Hash)) Refuse(UpdateRefusal.Signature, report, nowMs);
                    else
                    {
                        Tell(EventCode.UpdateReady, (int)(long)_record.TakingVersion, 0, report, nowMs);
                        Enter(UpdateState.Ready);
                    }

                    break;

                // From Proving. Leaves by the restart.
                case UpdateState.Ready:
                    if (calm && IsOnFlash(EventCode.UpdateReady, report)) PutOnTrial(report, nowMs);
                    break;
            }
        }

        /// <summary>When the next step is due.</summary>
        public long NextChangeMs(long nowMs)
        {
            return _state == UpdateState.Idle ? long.MaxValue : _state == UpdateState.Taking ? _quietMs + PatienceMs : nowMs + 1;
        }

        private void ReadRecord()
        {
            _recordRead = true;
            _record.Load();
        }

        private void Begin(Command offer, ReportBuilder report, long nowMs)
        {
            bool erased = _storage.TryErase(Segment);
            _record.Versions[_record.Spare] = 0;
            _record.TakingVersion = offer.ImageVersion;
            _record.TakingSize = (uint)offer.ImageSize;
            _length = 0;
            if (!erased || !_record.TrySave()) Refuse(UpdateRefusal.Flash, report, nowMs);
            else Enter(UpdateState.Taking);
        }

        private void FollowBlocks(bool said, ReportBuilder report, long nowMs)
        {
            int length = _length;
            if (_blockRefused) Refuse(UpdateRefusal.Flash, report, nowMs);
            else if (length == _record.TakingSize)
            {
                _hash.Begin();
                Enter(UpdateState.Hashing);
            }
            else
            {
                if (length != _seen || !said) _quietMs = nowMs;
                if (length != _seen) _asks = 0;
                _seen = length;
                if (_told && length - _askedAt < WindowSize && nowMs - _quietMs < PatienceMs) return;
                _told = true;
                _askedAt = length;
                _quietMs = nowMs;
                _asks++;
                if (_asks > AsksMax) Refuse(UpdateRefusal.GaveUp, report, nowMs);
                else Tell(EventCode.UpdateWants, length, _record.TakingVersion, report, nowMs);
            }
        }

        // What is hashed is what flash gives back, in slices of whole blocks; behind the image comes SHA-256's padding.
        private void HashSlice(ReportBuilder report, long nowMs)
        {
            int signed = _length - SignedImage.SignatureSize;
            int left = signed - _position;
            int padded = (signed + 8) / Sha256.BlockSize * Sha256.BlockSize + Sha256.BlockSize - _position;
            if (left < SliceSize) Array.Clear(_slice, 0, SliceSize);
            if (left > 0 && !_storage.TryRead(Segment, _position, _slice, 0, left < SliceSize ? left : SliceSize))
            {
                Refuse(UpdateRefusal.Flash, report, nowMs);
                return;
            }

            if (left >= 0 && left < SliceSize) _slice[left] = 0x80;
            if (padded <= SliceSize) SignedImage.PutUInt32(_slice, padded - 4, (uint)signed * 8);
            UpdateRefusal refusal = _position == 0 ? CheckHeader() : UpdateRefusal.None;
            if (refusal != UpdateRefusal.None)
            {
                Refuse(refusal, report, nowMs);
                return;
            }

            for (int i = 0; i < SliceSize && i < padded; i += Sha256.BlockSize) _hash.Take(_slice, i);
            _position += SliceSize;
            if (padded > SliceSize) return;
            byte[] key = _board.TryReadKey();
            if (!_storage.TryRead(Segment, signed, _slice, 0, SignedImage.SignatureSize)) refusal = UpdateRefusal.Flash;
            else if (key == null) refusal = UpdateRefusal.NoKey;
            if (refusal != UpdateRefusal.None)
            {
                Refuse(refusal, report, nowMs);
                return;
            }

            _check.Begin(key, _slice);
            Enter(UpdateState.Proving);
        }

        private UpdateRefusal CheckHeader()
        {
            uint version;
            int imageSize;
            UpdateRefusal refusal = SignedImage.ReadHeader(_slice, _length, out version, out imageSize);
            return refusal == UpdateRefusal.None && version != _record.TakingVersion ? UpdateRefusal.Malformed : refusal;
        }

        private void PutOnTrial(ReportBuilder report, long nowMs)
        {
            uint before = _record.Image;
            int spare = _record.Spare;
            _record.Versions[spare] = _record.TakingVersion;
            _record.TakingVersion = 0;
            _record.Previous = before;
            _record.Image = (uint)spare;
            _record.Tries = BootRecord.TriesMax;
            RestartWanted = _record.TrySave();
            Enter(UpdateState.Idle);
            if (RestartWanted) return;
            _record.Image = before;
            Refuse(UpdateRefusal.Flash, report, nowMs);
        }

        private void FollowTrial(bool heard, bool senses, long nowMs)
        {
            if (heard && senses)
            {
                _record.Previous = _record.Image;
                _record.Tries = BootRecord.TriesMax;
                _record.News = (uint)EventCode.UpdateKept;
                _record.NewsValue = _record.Versions[_image];
                _record.TrySave();      // where flash refuses, the next start is a trial again
            }
            else if (nowMs >= TrialMs && !RestartWanted)
            {
                // A wearer may have gone where no network is: what only was not heard may be offered again.
                _record.Fail(!senses);
                RestartWanted = true;
            }
        }

        // A kept image has come up: it may fail to as often as before. Where flash refuses, one start stays counted.
        private void NoteStart()
        {
            _record.Tries = BootRecord.TriesMax;
            _record.TrySave();
        }

        // News is told until a report with it is on flash, over restarts too.
        private void FollowNews(ReportBuilder report, long nowMs)
        {
            EventCode news = (EventCode)_record.News;
            if (news == EventCode.None || RestartWanted) return;
            if (!_newsTold)
            {
                _newsTold = true;
                Tell(news, (int)(long)_record.NewsValue, 0, report, nowMs);
            }
            else if (IsOnFlash(news, report))
            {
                _newsTold = false;
                _record.News = 0;
                _record.TrySave();
            }
        }

        private static bool IsOnFlash(EventCode told, ReportBuilder report)
        {
            return !report.HasFrame && !report.Has(told);
        }

        private void Refuse(UpdateRefusal refusal, ReportBuilder report, long nowMs)
        {
            Enter(UpdateState.Idle);
            Tell(EventCode.UpdateRefused, (int)refusal, _record.TakingVersion, report, nowMs);
            _record.TakingVersion = 0;
            _record.TrySave();
        }

        // version: what the event speaks of where its value does not say.
        private static void Tell(EventCode code, int value, uint version, ReportBuilder report, long nowMs)
        {
            if (version != 0) report.AddEvent(EventCode.UpdateVersion, nowMs, (int)(long)version);
            report.AddEvent(code, nowMs, value);
            report.Hurry();
        }

        private void Enter(UpdateState state)
        {
            _state = state;
            _blockRefused = false;
            _told = false;
            _asks = 0;
            _position = 0;
        }
    }
}
