namespace Traxxs.Protocol
{
    /// <summary>
    /// What stands in a frame and in which order: one walk over a report that writes it with a <see cref="RangeEncoder"/>
    /// and fills it with a <see cref="RangeDecoder"/>. The order and every share are the format: FORMAT.md, "A report".
    /// </summary>
    public sealed class ReportLayout
    {
        /// <summary>The version of the format in this walk.</summary>
        public const byte Version = 1;

        /// <summary>Set in the first byte's high nibble of a sealed frame.</summary>
        public const byte SealedBit = 8;

        /// <summary>Fixes of a usual report; any other number costs 7 bits.</summary>
        public const int UsualFixCount = 20;

        /// <summary>Batteries rest between these, mV; outside it costs 7 bits more.</summary>
        public const int UsualBatteryMinMv = 3000;

        /// <summary>The voltage is carried in whole steps of this many mV, rounded down.</summary>
        public const int BatteryStepMv = 20;

        /// <summary>Highest voltage, mV.</summary>
        public const int BatteryMaxMv = 8191;

        /// <summary>Highest contract of silence, s.</summary>
        public const uint NextContactMaxS = (1u << 24) - 1;

        /// <summary>Most extensions a reader takes in one report.</summary>
        public const int ExtensionsMax = 16;

        /// <summary>Share of "another extension follows": only this flag has it.</summary>
        public const int ExtensionShare = SymbolCoder.Whole / 128;

        private const int NibbleCount = 16;
        private const int PercentCount = 101;
        private const int BatteryStepCount = BatteryMaxMv / BatteryStepMv + 1;
        private const int UsualBatteryStep = UsualBatteryMinMv / BatteryStepMv;
        private const int UsualBatteryStepCount = 64;
        private const int UsualActivityCount = 8;
        private const int ByteCount = 256;
        private const int ListedShare = SymbolCoder.Whole / 4;
        private const int UsualShare = SymbolCoder.Whole / 3 * 2;
        private const int Half = SymbolCoder.Whole / 2;
        private const int Rarely = SymbolCoder.Whole / 16;

        private readonly FixColumns _fixes = new FixColumns();
        private readonly ReportExtensions _extensions;

        /// <summary>A walk that ends with <paramref name="extensions"/>, which go the way of the coders it is given.</summary>
        public ReportLayout(ReportExtensions extensions)
        {
            _extensions = extensions;
        }

        /// <summary>Writes or reads everything of a frame but a seal.</summary>
        public void Walk(Report report, SymbolCoder coder, bool isSealed)
        {
            coder.Uniform(isSealed ? Version | SealedBit : Version, NibbleCount);
            WalkPresence(report, coder);
            if (report.HasIdentity)
            {
                report.Epoch = (ushort)coder.Uniform(report.Epoch, 1 << 16);
                report.Sequence = coder.Wide(report.Sequence);
            }

            WalkFixCount(report, coder);
            if (coder.Refusal != DecodeResult.Ok) return;
            _fixes.Walk(report, coder);
            if (report.HasDeviceTime) report.DeviceTimeS = WalkTime(report.DeviceTimeS, report, coder);
            if (report.HasBattery) WalkBattery(report, coder);
            if (report.HasSteps) report.StepsTotal = coder.Wide(report.StepsTotal);
            if (report.HasContract) WalkContract(report, coder);
            if (report.HasBacklog) WalkBacklog(report, coder);
            if (report.HasActivity) WalkActivity(report, coder);
            if (report.EventCount > 0) WalkEvents(report, coder);
            _extensions.Walk(report, coder);
        }

        // Two patterns of presence are so common that one flag or two name them; any other is listed.
        private static void WalkPresence(Report report, SymbolCoder coder)
        {
            var isUsual = HasPattern(report, true);
            if (coder.Flag(!isUsual && !HasPattern(report, false), ListedShare))
            {
                WalkList(report, coder);
                if (HasPattern(report, true) || HasPattern(report, false)) coder.Refuse(DecodeResult.NotCanonical);
                return;
            }

            isUsual = coder.Flag(isUsual, UsualShare);
            report.HasIdentity = isUsual;
            report.HasDeviceTime = isUsual;
            report.HasBattery = isUsual;
            report.HasSteps = isUsual;
            report.HasContract = isUsual;
            report.HasActivity = isUsual;
            report.HasAccuracy = isUsual;
        }

        // The usual report has all of these (isUsual), a bare one none of them; what is rare neither has.
        private static bool HasPattern(Report report, bool isUsual)
        {
            return report.HasIdentity == isUsual && report.HasDeviceTime == isUsual && report.HasBattery == isUsual
                && report.HasSteps == isUsual && report.HasContract == isUsual && report.HasActivity == isUsual
                && report.HasAccuracy == isUsual
                && !report.TimeIsUptime && !report.HasBacklog && report.EventCount == 0;
        }

        private static void WalkList(Report report, SymbolCoder coder)
        {
            WalkFlag(ref report.HasIdentity, coder);
            WalkFlag(ref report.HasDeviceTime, coder);
            WalkFlag(ref report.TimeIsUptime, coder);
            WalkFlag(ref report.HasBattery, coder);
            WalkFlag(ref report.HasSteps, coder);
            WalkFlag(ref report.HasContract, coder);
            WalkFlag(ref report.HasBacklog, coder);
            WalkFlag(ref report.HasActivity, coder);
            WalkFlag(ref report.HasAccuracy, coder);
            report.EventCount = WalkCount(report.EventCount, Report.EventsMax, coder);
        }

        private static void WalkFlag(ref bool flag, SymbolCoder coder)
        {
            flag = coder.Flag(flag, Half);
        }

        private static void WalkFixCount(Report report, SymbolCoder coder)
        {
            if (coder.Flag(report.FixCount == UsualFixCount, Half))
            {
                report.FixCount = UsualFixCount;
                return;
            }

            report.FixCount = WalkCount(report.FixCount, Report.FixesMax, coder);
            if (report.FixCount == UsualFixCount) coder.Refuse(DecodeResult.NotCanonical);
        }

        // A count has one value beyond its bound, so that a later version's longer report is refused by its name.
        private static int WalkCount(int value, int max, SymbolCoder coder)
        {
            value = (int)coder.Uniform(value, max + 2);
            if (value <= max) return value;
            coder.Refuse(DecodeResult.TooMany);
            return 0;
        }

        // The device closes a report soon after its last fix.
        private static uint WalkTime(uint timeS, Report report, SymbolCoder coder)
        {
            if (report.TimeIsUptime) return coder.Wide(timeS);
            if (report.FixCount == 0) return TimeWindow.Code(timeS, coder);

            var lastS = report.FixTimeS[report.FixCount - 1];
            return lastS + (uint)coder.WideSigned((int)(long)(timeS - lastS)); // by way of long: DESIGN.md, "Unsigned to signed"
        }

        private static void WalkBattery(Report report, SymbolCoder coder)
        {
            var step = report.BatteryMv / BatteryStepMv;
            var isUnusual = step < UsualBatteryStep || step >= UsualBatteryStep + UsualBatteryStepCount;
            if (coder.Flag(isUnusual, Rarely))
            {
                step = (int)coder.Uniform(step, BatteryStepCount);
                if (step >= UsualBatteryStep && step < UsualBatteryStep + UsualBatteryStepCount) coder.Refuse(DecodeResult.NotCanonical);
            }
            else
            {
                step = UsualBatteryStep + (int)coder.Uniform(step - UsualBatteryStep, UsualBatteryStepCount);
            }

            // Whoever writes keeps the voltage as it was: its step comes back.
            if (step != report.BatteryMv / BatteryStepMv) report.BatteryMv = step * BatteryStepMv;
            report.BatteryPercent = (int)coder.Uniform(report.BatteryPercent, PercentCount);
            report.Charging = coder.Flag(report.Charging, Rarely);
        }

        private static void WalkContract(Report report, SymbolCoder coder)
        {
            report.NextContactS = coder.Wide(report.NextContactS);
            if (report.NextContactS == 0 || report.NextContactS > NextContactMaxS) coder.Refuse(DecodeResult.OutOfRange);
        }

        private static void WalkBacklog(Report report, SymbolCoder coder)
        {
            var reports = coder.Wide((uint)report.BacklogReports);
            if (reports > ushort.MaxValue)
            {
                coder.Refuse(DecodeResult.OutOfRange);
                reports = 0;
            }

            report.BacklogReports = (int)reports;
            report.BacklogAgeS = coder.Wide(report.BacklogAgeS);
        }

        private static void WalkActivity(Report report, SymbolCoder coder)
        {
            var activity = (int)report.Activity;
            var isUnusual = coder.Flag(activity >= UsualActivityCount, Rarely);
            activity = (int)coder.Uniform(activity, isUnusual ? ByteCount : UsualActivityCount);
            if (isUnusual && activity < UsualActivityCount) coder.Refuse(DecodeResult.NotCanonical);
            report.Activity = (ActivityCode)activity;
        }

        // Events are told by their age when the report was closed: most are young.
        private static void WalkEvents(Report report, SymbolCoder coder)
        {
            uint closedS = 0;
            if (report.HasDeviceTime) closedS = report.DeviceTimeS;
            else if (report.FixCount > 0 && !report.TimeIsUptime) closedS = report.FixTimeS[report.FixCount - 1];
            for (var i = 0; i < report.EventCount && coder.Refusal == DecodeResult.Ok; i++)
            {
                report.EventCodes[i] = (EventCode)coder.Uniform((byte)report.EventCodes[i], ByteCount);
                if (report.EventCodes[i] == EventCode.None) coder.Refuse(DecodeResult.OutOfRange);
                report.EventTimeS[i] = closedS - (uint)coder.WideSigned((int)(long)(closedS - report.EventTimeS[i]));
                report.EventValue[i] = coder.WideSigned(report.EventValue[i]);
            }
        }
    }
}
