using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    /// <summary>Reports made by hand, the same on every machine.</summary>
    internal static class Samples
    {
        private const uint StartUnixS = 1790000000;

        /// <summary>A walk of some fixes, about one a minute.</summary>
        public static void FillWalk(Report report, int fixes)
        {
            report.Clear();
            Head(report);
            report.HasAccuracy = true;
            report.FixCount = fixes;
            uint random = 12345;
            uint timeS = StartUnixS;
            int latitudeE5 = 4820000;
            int longitudeE5 = 1130000;
            for (int i = 0; i < fixes; i++)
            {
                report.FixTimeS[i] = timeS;
                report.LatitudeE5[i] = latitudeE5;
                report.LongitudeE5[i] = longitudeE5;
                random = random * 1664525 + 1013904223;
                report.AccuracyClass[i] = (byte)(3 + (random >> 30));
                timeS += 58 + (random >> 16) % 5;
                latitudeE5 += 60 + (int)((random >> 8) % 21) - 10;
                longitudeE5 += -20 + (int)((random >> 20) % 15) - 7;
            }
        }

        /// <summary>Everything a report can hold at the ends of its ranges.</summary>
        public static void FillExtremes(Report report)
        {
            report.Clear();
            Head(report);
            report.Epoch = 65535;
            report.Sequence = 0xFFFFFFFF;
            report.DeviceTimeS = 0xFFFFFFFF;
            report.StepsTotal = 0xFFFFFFFF;
            report.NextContactS = (1 << 24) - 1;
            report.BatteryMv = 8180;
            report.BatteryPercent = 100;
            report.HasBacklog = true;
            report.BacklogReports = 65535;
            report.BacklogAgeS = 0xFFFFFFFF;
            report.HasAccuracy = true;
            report.FixCount = 4;
            Fix(report, 0, 0, 9000000, 18000000, 15);
            Fix(report, 1, 0xFFFFFFFF, -9000000, -18000000, 0);
            Fix(report, 2, 0xFFFFFFFF, 0, 0, 15);
            Fix(report, 3, 1, 9000000, -18000000, 7);
            report.EventCount = 2;
            report.EventCodes[0] = EventCode.Sos;
            report.EventTimeS[0] = 0;
            report.EventValue[0] = int.MinValue;
            report.EventCodes[1] = (EventCode)255;
            report.EventTimeS[1] = 0xFFFFFFFF;
            report.EventValue[1] = int.MaxValue;
        }

        private static void Head(Report report)
        {
            report.HasIdentity = true;
            report.Epoch = 7;
            report.Sequence = 42;
            report.HasDeviceTime = true;
            report.DeviceTimeS = StartUnixS + 1300;
            report.HasBattery = true;
            report.BatteryMv = 3980;
            report.BatteryPercent = 81;
            report.HasSteps = true;
            report.StepsTotal = 4711;
            report.HasContract = true;
            report.NextContactS = 1500;
            report.HasActivity = true;
            report.Activity = ActivityCode.Walking;
        }

        private static void Fix(Report report, int i, uint timeS, int latitudeE5, int longitudeE5, byte accuracyClass)
        {
            report.FixTimeS[i] = timeS;
            report.LatitudeE5[i] = latitudeE5;
            report.LongitudeE5[i] = longitudeE5;
            report.AccuracyClass[i] = accuracyClass;
        }
    }
}
