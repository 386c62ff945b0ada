using Traxxs.Protocol;

namespace Traxxs.Core.Motion
{
    /// <summary>Names what the wearer is doing from the gate, the steps and the windows of activity.</summary>
    public sealed class ActivityClassifier
    {
        /// <summary>Stride below which walking is running, ms: above 80 strides (160 steps) a minute people run.</summary>
        public const int RunningStrideMs = 750;

        /// <summary>Activity a runner's foot exceeds, mg; a hurried walk with short strides stays below.</summary>
        public const int RunningLevelMg = 1200;

        /// <summary>How long after the last step the wearer still counts as walking, ms.</summary>
        public const int WalkHoldMs = 5000;

        /// <summary>Unbroken activity without a step that is a ride, windows of a second: a vehicle shakes for minutes, a fidget pauses.</summary>
        public const int RidingWindowsMin = 120;

        private long _lastStepMs = long.MinValue / 2;

        /// <summary>What the wearer is doing.</summary>
        public ActivityCode Activity;

        /// <summary>Decides one step.</summary>
        public void Update(MotionGate gate, ActivityMeter meter, StepCounter steps, int stepsNow, long nowMs)
        {
            if (stepsNow > 0) _lastStepMs = nowMs;
            if (!gate.IsOpen) Activity = ActivityCode.Still;
            else if (nowMs - _lastStepMs <= WalkHoldMs) Activity = IsRunning(meter, steps) ? ActivityCode.Running : ActivityCode.Walking;
            else if (meter.ActiveWindows >= RidingWindowsMin) Activity = ActivityCode.Riding;
            else if (Activity != ActivityCode.Riding || gate.State == MotionState.Settling) Activity = ActivityCode.Fidgeting;
        }

        private static bool IsRunning(ActivityMeter meter, StepCounter steps)
        {
            return steps.StrideMs > 0 && steps.StrideMs < RunningStrideMs && meter.LevelMg >= RunningLevelMg;
        }
    }
}
