using Traxxs.Core.Safety;
using Traxxs.Core.Update;
using Traxxs.Protocol;

namespace Traxxs.Core
{
    /// <summary>A new image of the firmware: taken beside everything else, put on trial when nobody needs help.</summary>
    public sealed partial class Tracker
    {
        private readonly Updater _updater;
        private uint _firstSequence;
        private bool _heard;

        private bool IsUpdating
        {
            get { return _updater != null && _updater.IsBusy; }
        }

        // False: not now; the server repeats what the device does not answer.
        private bool TryUpdate(long nowMs)
        {
            if (_updater != null) return _updater.TryOffer(_command, _battery.IsKnown && !_battery.Charging && _battery.Percent < Updater.BatteryMinPercent, _builder, nowMs);
            _builder.AddEvent(EventCode.UpdateRefused, nowMs, (int)UpdateRefusal.NoRoom);
            _builder.Hurry();
            return true;
        }

        private void FollowUpdate(bool accelerometer, long nowMs)
        {
            if (_updater == null || !Queue.IsRecovered) return;
            // An image on trial contacts the server at once.
            if (_updater.OnTrial && !_hasIntroduced) _builder.Hurry();
            bool said = Queue.Count == 0 && !_builder.HasFrame && !_builder.IsUrgent;
            bool calm = Queue.AlarmCount == 0 && !_builder.HasAlarm && _alarms.AreReceived() && _fall.State == FallState.Upright;
            _updater.Step(said, calm, _heard, accelerometer, _builder, nowMs);
            if (!_updater.RestartWanted || _restart) return;
            _restart = true;
            _builder.Hurry();   // what is only in memory yet must come to flash first
        }
    }
}
