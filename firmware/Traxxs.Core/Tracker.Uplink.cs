using System;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Core.Safety;
using Traxxs.Core.Update;
using Traxxs.Core.Uplink;
using Traxxs.Protocol;

namespace Traxxs.Core
{
    /// <summary>Reports: closed, accepted by flash, sent, acknowledged.</summary>
    public sealed partial class Tracker
    {
        // Reports from this number on are of this life, which goes on through deep sleep, and none of them went out without a time.
        private uint _untimedFrom;
        private bool _isTimed;

        private void FollowReports(long nowMs)
        {
            // What waits goes first where a start was held: if that ends it, nothing was added.
            if (!Queue.IsRecovered || IsHeld(Queue.Count > 0 ? nowMs - ReportSchedule.FirstReportMaxMs : nowMs)) return;
            if (_builder.HasFrame && nowMs >= _flashRetryMs) HandOver(nowMs);
            int batchAgeS = BatchAgeS();
            if (_builder.HasFrame || !_schedule.IsDue(_builder, Scheduler.IsAwaited(), batchAgeS, nowMs)) return;
            Close(batchAgeS, nowMs);
            HandOver(nowMs);
        }

        private void Close(int batchAgeS, long nowMs)
        {
            // An alarm says where: the last known place, however old; its age is in the fix itself.
            if (_builder.HasAlarm && _builder.FixCount == 0 && Scheduler.HasFix) _builder.AddFix(Scheduler.Fix, nowMs);
            if (Queue.Dropped != _droppedReported)
            {
                _builder.AddEvent(EventCode.ReportsDropped, nowMs, Queue.Dropped - _droppedReported);
                _droppedReported = Queue.Dropped;
            }

            LookForWearer(nowMs);
            Report report = _builder.Report;
            report.HasSteps = true;
            report.StepsTotal = StepsTotal;
            report.HasBattery = _battery.IsKnown;
            report.BatteryMv = _battery.Mv;
            report.BatteryPercent = _battery.Percent;
            report.Charging = _battery.Charging;
            report.HasActivity = true;
            report.Activity = _classifier.Activity;
            report.HasContract = true;
            report.NextContactS = _schedule.Promise(_gate.IsOpen, _shoeOff, batchAgeS, nowMs);
            report.HasBacklog = Queue.Count > 0;
            report.BacklogReports = Queue.Count;
            report.BacklogAgeS = Queue.OldestAgeS(nowMs);
            FillNews(report, nowMs);
            Queue.Journal.StepsTotal = StepsTotal;
            _builder.Close(_clock, Queue.Journal.Epoch, Queue.Journal.NextSequence, nowMs);
        }

        /// <summary>
        /// Time without movement, s, after which the motion line listens for the least of it even in deep sleep; after twice that time
        /// the shoe counts as off. A foot in it moves within minutes, a sleeper's within three quarters of an hour; sensors of this kind
        /// cannot tell a resting foot from an empty shoe sooner: on recordings a third of a standing wearer's seconds show no more than
        /// the sensor's own noise.
        /// </summary>
        public const int OffFootS = 3300;

        // Looked at when a report is closed, so that it costs no wake of its own. Who lies after a fall is not off, and without the
        // sensor nobody can tell.
        private void LookForWearer(long nowMs)
        {
            bool off = _profile[SettingCode.OffFoot] != 0 && !IsBlind() && !_battery.Charging && _fall.State == FallState.Upright && _alarms.Count == 0
                && !_gate.IsOpen && nowMs - _gate.LastActiveMs >= 2 * OffFootS * 1000L;
            if (!off || _shoeOff) return;
            _shoeOff = true;
            _builder.AddEvent(EventCode.ShoeOff, nowMs, 0);
        }

        // Where somebody asks whether the wearer lives, a fidget is worth a start; so it is where the shoe may be off.
        private bool IsFidgetAwaited(long nowMs)
        {
            return _profile[SettingCode.ImmobileS] > 0 || _profile[SettingCode.CheckInS] > 0
                || (_profile[SettingCode.OffFoot] != 0 && !_shoeOff && nowMs - _gate.LastActiveMs >= OffFootS * 1000L);
        }

        // A shoe is not said to be off before the least movement was listened for as long again: then a step is due for it.
        private long EarlierToListen(long nextMs, long nowMs)
        {
            long listenMs = _gate.LastActiveMs + OffFootS * 1000L;
            return _profile[SettingCode.OffFoot] != 0 && !_shoeOff && listenMs > nowMs && listenMs < nextMs ? listenMs : nextMs;
        }

        // What is told only where there is news of it: FORMAT.md, "Extensions".
        private void FillNews(Report report, long nowMs)
        {
            report.HasFirmware = !_hasIntroduced;
            report.FirmwareMajor = FirmwareVersion.Major;
            report.FirmwareMinor = FirmwareVersion.Minor;
            report.FirmwarePatch = FirmwareVersion.Patch;
            report.FirmwareBootReason = (byte)_bootReason;
            report.FirmwareStarts = _saved.Starts;
            report.HasConfiguration = !_hasIntroduced || _hasConfigurationNews;
            report.ConfigurationVersion = _configurationVersion;
            report.ConfigurationProblem = _saved.Problem;
            report.ConfigurationRefusedVersion = _saved.RefusedVersion;
            _hasIntroduced = true;
            _hasConfigurationNews = false;

            bool isTest = _builder.Has(EventCode.SelfTest);
            if (isTest || _builder.Has(EventCode.Degraded)) _trace.Fill(report, nowMs);
            report.HasHealth = isTest || !_builder.HasContent;
            report.HealthDroppedReports = (uint)Queue.Dropped;
            report.HealthCorrupted = (uint)Queue.Corrupted;
            report.HealthFlashErases = (uint)Queue.Journal.Erases;
            report.HealthSearches = (uint)Scheduler.Searches;
            report.HealthSearchesInVain = (uint)Scheduler.SearchesInVain;
            report.HealthContacts = (uint)_policy.Contacts;
            report.HealthUptimeS = (uint)Time.Seconds(nowMs);
        }

        private void HandOver(long nowMs)
        {
            if (!_builder.HasFrame) return;   // nothing could be written as a frame
            bool alarm = _builder.FrameIsAlarm;
            uint sequence = Queue.Journal.NextSequence;
            if (!_builder.TryHandOver(Queue, nowMs))
            {
                _faults.Fault(FaultMonitor.Flash, nowMs);
                _trace.Add(TraceCode.Refused, Queue.Refused, nowMs);
                _flashRetryMs = nowMs + FlashRetryMs;
                return;
            }

            _directUnderWay = false;
            _directCount = 0;
            _faults.Well(FaultMonitor.Flash);
            _trace.Add(TraceCode.Accepted, (int)(long)sequence, nowMs);
            if (!alarm) return;
            _alarms.Add(sequence, nowMs);
            _policy.Hurry(nowMs);
        }

        private void FollowUplink(long nowMs)
        {
            WatchUplink(nowMs);
            bool progress = false;
            LinkState link = _uplink.State;
            if (Queue.IsRecovered) progress = TakeAcknowledgements(nowMs) | TakeCommands(nowMs);
            if (link == LinkState.Open && _policy.State == UplinkState.Talking) Publish(nowMs);

            UplinkState before = _policy.State;
            bool direct = IsDirect();
            _policy.Moving = _gate.IsOpen;
            _policy.Update(!IsHeld(nowMs) && (Queue.Count > Queue.LeftAlone || direct || SelfTest.Awaits(SelfTest.Radio)), Queue.AlarmCount > 0 || HoldsAlarm(), _alarms.IsListening(nowMs) || (IsUpdating && _updater.State == UpdateState.Taking), progress, link, nowMs);
            if (_policy.State != before) _trace.Add(TraceCode.Uplink, (int)_policy.State, nowMs);
            if (_policy.JustLost)
            {
                Queue.ForgetUnderWay();
                _directUnderWay = false;
            }

            if (_policy.State == UplinkState.Talking && before == UplinkState.Opening) Publish(nowMs);
            Queue.NoteStored(_policy.JustLost || _policy.JustRested);
            if (_policy.Wanted && _policy.State != before) _uplink.Open();
            if (!_policy.Wanted && _policy.State != before) _uplink.Close();
            if (_stateDirty) _stateDirty = !Queue.TrySaveState();
        }

        // Work of the link that never ends: nothing is sent any more, and the board cannot sleep.
        private void WatchUplink(long nowMs)
        {
            if (_uplink.BusyMs(nowMs) < UplinkPolicy.BusyMaxMs || _restart) return;
            _restart = true;
            _builder.AddEvent(EventCode.Degraded, nowMs, 1 << SelfTest.Radio);
            _builder.Hurry();   // what is only in memory yet must come to flash first
        }

        private bool TakeAcknowledgements(long nowMs)
        {
            bool any = false;
            int token;
            while (_uplink.TryTakeAcknowledged(out token))
            {
                if (IsDirectUnderWay((uint)token)) DirectArrived(nowMs);
                else Queue.Acknowledge((uint)token);
                if ((uint)token >= _firstSequence) _heard = true;
                _policy.Barren = 0;
                if (_saved.Unheard > 0) _stateDirty = true;
                _saved.Unheard = 0;
                any = true;
            }

            return any;
        }

        // A report that failed flash will not take goes to the server from RAM, one at a time: nobody's help waits for a
        // storage, nor behind a batch that waits for it. The numbers such reports take are left out after a start; half of them are
        // for alarms, and for a frame that stands before one.
        private bool IsDirect()
        {
            int most = HoldsAlarm() ? ReportQueue.DirectMax : ReportQueue.DirectMax / 2;
            return _builder.HasFrame && _directCount < most && _faults.HasFailed(FaultMonitor.Flash);
        }

        // Alarms have taken half of what was left for them: a start gives more, once the wearer has had the answers. What comes until
        // then may have the rest.
        private bool IsDirectShort(long nowMs)
        {
            return _directCount >= ReportQueue.DirectMax * 3 / 4 && !_alarms.IsListening(nowMs);
        }

        // Whether there is an alarm that flash has not taken.
        private bool HoldsAlarm()
        {
            return _builder.HasAlarm || _builder.FrameIsAlarm;
        }

        // Whether it may still reach the server in this run.
        private bool MaySendAlarm(long nowMs)
        {
            return HoldsAlarm() && _directCount < ReportQueue.DirectMax && _uplink.BusyMs(nowMs) < UplinkPolicy.BusyMaxMs;
        }

        private bool IsDirectUnderWay(uint sequence)
        {
            return _directUnderWay && sequence == Queue.Journal.NextSequence;
        }

        private void DirectArrived(long nowMs)
        {
            _directUnderWay = false;
            if (_builder.FrameIsAlarm) _alarms.Add(Queue.Journal.NextSequence, nowMs);
            _builder.DiscardFrame();
            _directCount++;
            Queue.Journal.NextSequence++;
        }

        // An alarm goes before everything that is not yet under way; what is under way is at most a handful of frames.
        private void Publish(long nowMs)
        {
            uint sequence;
            int length;
            Queue.BeginSending();
            if (IsDirect() && !_directUnderWay)
            {
                Array.Copy(_builder.Frame, 0, _frame, 0, _builder.FrameLength);
                _directUnderWay = TryPublish(Queue.Journal.NextSequence, _builder.FrameLength);
            }

            while (Queue.TryPeek(_frame, out sequence, out length) && TryPublish(sequence, length)) Queue.MarkUnderWay(sequence);
            if (Queue.ReadsRefused > 0) _faults.Fault(FaultMonitor.Flash, nowMs);
        }

        // The server knows a report by its number and its bytes: what went out without a time stays so, and so do those before it.
        private bool TryPublish(uint sequence, int length)
        {
            uint startS = _saved.RepairOf(sequence);
            if (startS > 0) length = _builder.Repair(_frame, length, startS);
            if (!_uplink.TryPublish((int)(long)sequence, _frame, 0, length)) return false;
            if (!_isTimed && sequence >= _untimedFrom) _untimedFrom = sequence + 1;
            return true;
        }

        // Once the time is known, what was closed before is noted.
        private void FollowTime(long rtcMs, long nowMs)
        {
            _clock.Hear(rtcMs, nowMs);
            if (_isTimed || !_clock.IsKnown || !_resumed) return;
            _isTimed = true;
            uint to = Queue.Journal.NextSequence;
            if (_builder.HasFrame) to++;
            if (to <= _untimedFrom) return;
            _saved.Repair(_untimedFrom, to, _clock.ToReportS(0));
            _stateDirty = true;
        }
    }
}
