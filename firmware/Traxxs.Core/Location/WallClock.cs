using Traxxs.Core.Power;

namespace Traxxs.Core.Location
{
    /// <summary>
    /// Turns the device's own time into UTC. Learns the offset from fixes, and from the network until the first of them; a receiver
    /// that lies about the week is not believed before it has insisted.
    /// </summary>
    public sealed class WallClock
    {
        /// <summary>Before this no time is believed: 2026-01-01, older than any firmware of this code.</summary>
        public const uint EarliestS = 1767225600;

        /// <summary>From this on no time is believed: 2100-01-01; a GPS week rolled over backwards or forwards lands outside.</summary>
        public const uint LatestS = 4102444800;

        /// <summary>A jump beyond this is doubted, s: the crystal's drift between fixes a day apart stays below it.</summary>
        public const int JumpMaxS = 10;

        /// <summary>Times in a row that must agree on a jump before it is believed. Three solutions of one receiver start.</summary>
        public const int JumpAgreementMin = 3;

        private long _offsetMs;
        private long _doubtedOffsetMs;
        private int _doubts;
        private bool _fromNetwork;

        /// <summary>Whether UTC is known.</summary>
        public bool IsKnown;

        /// <summary>Takes the time of a valid fix. False: it is outside the years that can be, or a jump not yet confirmed; the fix should not be used.</summary>
        public bool Learn(uint unixS, long nowMs)
        {
            if (unixS < EarliestS || unixS >= LatestS) return false;
            long offsetMs = unixS * 1000L - nowMs;
            if (IsKnown && !_fromNetwork && !Near(offsetMs, _offsetMs))
            {
                _doubts = _doubts > 0 && Near(offsetMs, _doubtedOffsetMs) ? _doubts + 1 : 1;
                _doubtedOffsetMs = offsetMs;
                if (_doubts < JumpAgreementMin) return false;
            }

            IsKnown = true;
            _offsetMs = offsetMs;
            _doubts = 0;
            _fromNetwork = false;
            return true;
        }

        /// <summary>Takes the chip's clock, ms since 1970, where no time is known: it shows one that can be only once the network has set it.</summary>
        public void Hear(long unixMs, long nowMs)
        {
            if (IsKnown || unixMs < EarliestS * 1000L || unixMs >= LatestS * 1000L) return;
            IsKnown = true;
            _offsetMs = unixMs - nowMs;
            _fromNetwork = true;
        }

        /// <summary>Walks over what a deep sleep must not lose.</summary>
        public void Keep(Checkpoint checkpoint)
        {
            checkpoint.Flag(ref IsKnown);
            checkpoint.Long(ref _offsetMs);
            checkpoint.Flag(ref _fromNetwork);
        }

        /// <summary>A moment on the device's clock as UTC seconds, or as seconds since its start where UTC is not known.</summary>
        public uint ToReportS(long momentMs)
        {
            long ms = IsKnown ? momentMs + _offsetMs : momentMs;
            return ms <= 0 ? 0u : (uint)(ms / 1000);
        }

        private static bool Near(long a, long b)
        {
            long difference = a - b;
            return difference <= JumpMaxS * 1000L && difference >= -JumpMaxS * 1000L;
        }
    }
}
