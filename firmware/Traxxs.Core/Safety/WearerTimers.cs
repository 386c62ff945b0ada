using Traxxs.Core.Power;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core.Safety
{
    /// <summary>
    /// The two clocks a lone worker can be given: no movement for too long, and a check-in that must be confirmed. Each is
    /// off at 0. Neither runs while the shoe is charging: nobody is in it. Where it only counts as off, both run on: that is a guess.
    /// </summary>
    public sealed class WearerTimers
    {
        private readonly TrackerProfile _profile;
        private long _movedMs;
        private long _checkedInMs;
        private bool _immobile;
        private bool _missed;
        private bool _reminded;
        private bool _warning;

        /// <summary>Timers that begin at 0 ms.</summary>
        public WearerTimers(TrackerProfile profile)
        {
            _profile = profile;
        }

        /// <summary>The wearer is to be reminded, since last asked. Asking clears it.</summary>
        public bool TakeWarning()
        {
            bool warning = _warning;
            _warning = false;
            return warning;
        }

        /// <summary>Decides one step. <paramref name="pressed"/>: the cancel input, which no suspected fall claimed.</summary>
        public void Update(bool pressed, bool charging, long lastActiveMs, ReportBuilder report, long nowMs)
        {
            if (charging)
            {
                Restart(nowMs);
                return;
            }

            if (_profile[SettingCode.ImmobileS] > 0) UpdateImmobile(pressed ? nowMs : lastActiveMs, report, nowMs);
            if (_profile[SettingCode.CheckInS] > 0) UpdateCheckIn(pressed, report, nowMs);
        }

        /// <summary>Both clocks begin anew: a person has spoken with the wearer, or the settings have changed.</summary>
        public void Restart(long nowMs)
        {
            _movedMs = nowMs;
            _checkedInMs = nowMs;
            _immobile = false;
            _missed = false;
            _reminded = false;
        }

        /// <summary>Walks over what a deep sleep must not lose.</summary>
        public void Keep(Checkpoint checkpoint)
        {
            checkpoint.Long(ref _movedMs);
            checkpoint.Long(ref _checkedInMs);
            checkpoint.Flag(ref _immobile);
            checkpoint.Flag(ref _missed);
            checkpoint.Flag(ref _reminded);
        }

        /// <summary>When the next update can raise something.</summary>
        public long NextChangeMs()
        {
            long nextMs = long.MaxValue;
            if (_profile[SettingCode.ImmobileS] > 0 && !_immobile) nextMs = _movedMs + _profile.Ms(SettingCode.ImmobileS);
            if (_profile[SettingCode.CheckInS] > 0 && !_missed)
            {
                long dueMs = _checkedInMs + _profile.Ms(SettingCode.CheckInS);
                if (!_reminded) dueMs -= _profile.Ms(SettingCode.CheckInReminderS);
                if (dueMs < nextMs) nextMs = dueMs;
            }

            return nextMs;
        }

        private void UpdateImmobile(long movedMs, ReportBuilder report, long nowMs)
        {
            if (movedMs > _movedMs)
            {
                _movedMs = movedMs;
                _immobile = false;
            }

            if (_immobile || nowMs - _movedMs < _profile.Ms(SettingCode.ImmobileS)) return;
            _immobile = true;
            report.AddEvent(EventCode.Immobile, nowMs, Time.Seconds(nowMs - _movedMs));
        }

        private void UpdateCheckIn(bool pressed, ReportBuilder report, long nowMs)
        {
            if (pressed)
            {
                _checkedInMs = nowMs;
                _missed = false;
                _reminded = false;
                report.AddEvent(EventCode.CheckIn, nowMs, 0);
                return;
            }

            long overdueMs = nowMs - _checkedInMs - _profile.Ms(SettingCode.CheckInS);
            if (!_reminded && overdueMs >= -_profile.Ms(SettingCode.CheckInReminderS))
            {
                _reminded = true;
                _warning = true;
            }

            if (_missed || overdueMs < 0) return;
            _missed = true;
            report.AddEvent(EventCode.CheckInMissed, nowMs, Time.Seconds(overdueMs));
        }
    }
}
