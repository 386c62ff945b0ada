using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Protocol;

namespace Traxxs.Core
{
    /// <summary>Commands: each done once, across restarts; a configuration as a whole or not at all.</summary>
    public sealed partial class Tracker
    {
        private bool TakeCommands(long nowMs)
        {
            bool any = false;
            for (int i = 0; i < TrackerInputs.CommandsMax; i++)
            {
                int length = _uplink.TakeDownlink(_downlink);
                if (length == 0) break;
                any = true;
                DecodeResult result = length < 0 ? DecodeResult.TooLong : CommandFrame.TryRead(_downlink, 0, length, _command);
                if (result == DecodeResult.Ok) Obey(length, nowMs);
                else
                {
                    BadCommands++;
                    _trace.Add(TraceCode.BadCommand, (int)result, nowMs);
                }
            }

            return any;
        }

        private void Obey(int length, long nowMs)
        {
            bool mine = _command.Epoch == Queue.Journal.Epoch;
            if (_command.Code == CommandCode.AlarmReceived)
            {
                if (!mine) return;
                // The answer may overtake the acknowledgement, and says the same.
                if (IsDirectUnderWay(_command.Sequence)) DirectArrived(nowMs);
                _alarms.Received(_command.Sequence, nowMs);
                return;
            }

            if (_command.Code == CommandCode.AlarmAcknowledged)
            {
                if (mine) _alarms.Acknowledged(_command.Sequence);
                return;
            }

            if (_command.Code == CommandCode.Configure)
            {
                Configure(length, nowMs);
                return;
            }

            // The server repeats a command until it sees its effect, and the broker keeps the last one: done once, even
            // across the restart it asked for.
            if (_saved.Knows(_command.Id) || (_command.Code == CommandCode.Update && !TryUpdate(nowMs))) return;
            _saved.Remember(_command.Id);
            _stateDirty = true;
            _trace.Add(TraceCode.Command, (int)_command.Code, nowMs);
            switch (_command.Code)
            {
                case CommandCode.LocateNow:
                    Scheduler.Request(nowMs);
                    break;
                case CommandCode.FindMe:
                    Show(IndicatorPattern.FindMe);
                    break;
                case CommandCode.SelfTest:
                    BeginSelfTest(nowMs);
                    break;
                case CommandCode.Reboot:
                    _restart = true;
                    _builder.Hurry();   // what is only in memory yet must come to flash first
                    break;
                case CommandCode.Clear:
                    Forget(nowMs);
                    break;
                case CommandCode.CheckInReset:
                    _timers.Restart(nowMs);
                    break;
            }
        }

        // The broker keeps the desired configuration and gives it at every contact: only a newer one is looked at.
        private void Configure(int length, long nowMs)
        {
            uint version = _command.Id;
            if (version <= _configurationVersion || version <= _saved.RefusedVersion) return;
            SettingCode problem = _candidate.Take(_command, _builtIn);
            if (problem == SettingCode.None)
            {
                _saved.Configured(_downlink, length);
                Change(version, nowMs);
            }
            else
            {
                _saved.Refused(version, (byte)problem);
            }

            _trace.Add(TraceCode.Configured, (int)problem, nowMs);
            _stateDirty = true;
            _hasConfigurationNews = true;
            _builder.Hurry();
        }

        // Where a limit of the wearer's has changed, both clocks begin anew.
        private void Change(uint version, long nowMs)
        {
            int checkInS = _profile[SettingCode.CheckInS];
            int immobileS = _profile[SettingCode.ImmobileS];
            Apply(version);
            if (checkInS != _profile[SettingCode.CheckInS] || immobileS != _profile[SettingCode.ImmobileS]) _timers.Restart(nowMs);
        }

        // The profile is the same object for every part: it changes in place, and only as a whole.
        private void Apply(uint version)
        {
            _configurationVersion = version;
            _profile.Take(version == 0 ? null : _command, _builtIn);
        }

        // After a start: the configuration that was in force. It is no news to the wearer's clocks, which a wake has taken up as they stood.
        private void TakeUpConfiguration()
        {
            if (_saved.TryReadConfiguration(_command) && _candidate.Take(_command, _builtIn) == SettingCode.None) Apply(_command.Id);
        }

        private void Forget(long nowMs)
        {
            _saved.Clear();
            Change(0, nowMs);
            Queue.Dropped = 0;
            Queue.Corrupted = 0;
            Queue.Journal.Erases = 0;
            Scheduler.Searches = 0;
            Scheduler.SearchesInVain = 0;
            _policy.Contacts = 0;
            _droppedReported = 0;
            _hasConfigurationNews = true;
            _builder.Hurry();
        }
    }
}
