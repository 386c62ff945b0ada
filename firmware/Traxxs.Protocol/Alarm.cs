namespace Traxxs.Protocol
{
    /// <summary>Tells alarms from other events: alarms are sent at once and never dropped to make room.</summary>
    public static class Alarm
    {
        /// <summary>Highest event code that is an alarm; alarms are numbered 1..15, a fall only suspected is not yet one.</summary>
        public const byte CodeMax = 15;

        /// <summary>Whether an event must reach a person.</summary>
        public static bool Is(EventCode code)
        {
            return code != EventCode.None && (byte)code <= CodeMax && code != EventCode.FallSuspected;
        }
    }
}
