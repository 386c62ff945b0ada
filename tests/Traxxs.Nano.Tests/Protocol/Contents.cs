using Traxxs.Protocol;

namespace Traxxs.Nano.Tests
{
    /// <summary>One number that stands for all fields of a report or a command.</summary>
    internal static class Contents
    {
        private static readonly byte[] Word = new byte[4];

        /// <summary>Hash of every field that is present.</summary>
        public static uint Of(Report report)
        {
            uint hash = Fnv.Start;
            if (report.HasIdentity) hash = Add(Add(hash, report.Epoch), report.Sequence);
            if (report.HasDeviceTime) hash = Add(Add(hash, report.DeviceTimeS), report.TimeIsUptime ? 1u : 0u);
            if (report.HasBattery) hash = Add(Add(Add(hash, (uint)report.BatteryMv), (uint)report.BatteryPercent), report.Charging ? 1u : 0u);
            if (report.HasSteps) hash = Add(hash, report.StepsTotal);
            if (report.HasContract) hash = Add(hash, report.NextContactS);
            if (report.HasBacklog) hash = Add(Add(hash, (uint)report.BacklogReports), report.BacklogAgeS);
            if (report.HasActivity) hash = Add(hash, (uint)report.Activity);
            for (int i = 0; i < report.FixCount; i++)
            {
                hash = Add(Add(Add(hash, report.FixTimeS[i]), (uint)report.LatitudeE5[i]), (uint)report.LongitudeE5[i]);
                if (report.HasAccuracy) hash = Add(hash, report.AccuracyClass[i]);
            }

            for (int i = 0; i < report.EventCount; i++)
                hash = Add(Add(Add(hash, (uint)report.EventCodes[i]), report.EventTimeS[i]), (uint)report.EventValue[i]);
            return AddExtensions(hash, report);
        }

        /// <summary>Hash of every field.</summary>
        public static uint Of(Command command)
        {
            uint hash = Add(Add(Add(Add(Fnv.Start, (uint)command.Code), command.Id), command.Epoch), command.Sequence);
            for (int i = 0; i < command.SettingCount; i++) hash = Add(Add(hash, command.SettingIds[i]), (uint)command.SettingValues[i]);
            if (command.ImageSize != 0) hash = Add(Add(hash, command.ImageVersion), (uint)command.ImageSize);
            if (command.BlockLength != 0) hash = Fnv.Add(Add(hash, (uint)command.BlockOffset), command.Block, 0, command.BlockLength);
            return hash;
        }

        private static uint AddExtensions(uint hash, Report report)
        {
            if (report.HasConfiguration)
                hash = Add(Add(Add(hash, report.ConfigurationVersion), report.ConfigurationProblem), report.ConfigurationRefusedVersion);
            if (report.HasFirmware)
            {
                hash = Add(Add(Add(hash, report.FirmwareMajor), report.FirmwareMinor), report.FirmwarePatch);
                hash = Add(Add(hash, report.FirmwareBootReason), report.FirmwareStarts);
            }

            for (int i = 0; i < report.TraceCount; i++)
                hash = Add(Add(Add(hash, report.TraceCodes[i]), report.TraceAgeS[i]), (uint)report.TraceValues[i]);
            if (!report.HasHealth) return hash;
            hash = Add(Add(Add(hash, report.HealthDroppedReports), report.HealthCorrupted), report.HealthFlashErases);
            hash = Add(Add(hash, report.HealthSearches), report.HealthSearchesInVain);
            return Add(Add(hash, report.HealthContacts), report.HealthUptimeS);
        }

        private static uint Add(uint hash, uint value)
        {
            for (int i = 0; i < 4; i++) Word[i] = (byte)(value >> (8 * i));
            return Fnv.Add(hash, Word, 0, 4);
        }
    }
}
