namespace Traxxs.Protocol
{
    /// <summary>
    /// One uplink frame in memory: what <see cref="ReportWriter"/> writes and <see cref="ReportReader"/> fills.
    /// Allocated once and reused; <see cref="Clear"/> makes it empty again. Absent is a false <c>Has…</c> flag, never a
    /// zero: latitude 0 is a place. Its bytes are described in FORMAT.md.
    /// </summary>
    public sealed class Report
    {
        /// <summary>Most fixes one report carries: an hour at one a minute; bounds the device's buffers.</summary>
        public const int FixesMax = 64;

        /// <summary>Most events one report carries: an alarm and everything that led to it.</summary>
        public const int EventsMax = 16;

        /// <summary>Most entries of the trace one report carries.</summary>
        public const int TraceMax = 16;

        /// <summary>Whether <see cref="Epoch"/> and <see cref="Sequence"/> are present. Every stored report has them.</summary>
        public bool HasIdentity;

        /// <summary>Which numbering of the device this is: changes when the device lost its sequence counter. 0..65535.</summary>
        public ushort Epoch;

        /// <summary>Number of the report within the epoch, one more than the report before. 0..2^32-1.</summary>
        public uint Sequence;

        /// <summary>Whether <see cref="DeviceTimeS"/> is present.</summary>
        public bool HasDeviceTime;

        /// <summary>When the report was closed, seconds since 1970-01-01 UTC; or, with <see cref="TimeIsUptime"/>, since the device started.</summary>
        public uint DeviceTimeS;

        /// <summary>The device did not know the time: <see cref="DeviceTimeS"/> and event times count from its start.</summary>
        public bool TimeIsUptime;

        /// <summary>Whether <see cref="BatteryMv"/> and <see cref="BatteryPercent"/> are present.</summary>
        public bool HasBattery;

        /// <summary>Battery voltage, mV, 0..8191; carried in steps of 20 mV.</summary>
        public int BatteryMv;

        /// <summary>State of charge, 0..100 %.</summary>
        public int BatteryPercent;

        /// <summary>The charger is connected. Meaningful with <see cref="HasBattery"/>.</summary>
        public bool Charging;

        /// <summary>Whether <see cref="StepsTotal"/> is present.</summary>
        public bool HasSteps;

        /// <summary>Steps of this foot since the epoch began (a total, so that a dropped report loses no steps).</summary>
        public uint StepsTotal;

        /// <summary>Whether <see cref="NextContactS"/> is present.</summary>
        public bool HasContract;

        /// <summary>Contract of silence: the device will speak again within this many seconds of <see cref="DeviceTimeS"/>. 1..2^24-1.</summary>
        public uint NextContactS;

        /// <summary>Whether <see cref="BacklogReports"/> and <see cref="BacklogAgeS"/> are present.</summary>
        public bool HasBacklog;

        /// <summary>Reports still waiting on the device behind this one. 0..65535.</summary>
        public int BacklogReports;

        /// <summary>Age of the oldest waiting report in seconds.</summary>
        public uint BacklogAgeS;

        /// <summary>Whether <see cref="Activity"/> is present.</summary>
        public bool HasActivity;

        /// <summary>What the wearer was doing when the report was closed.</summary>
        public ActivityCode Activity;

        /// <summary>Number of valid rows in the fix columns. 0..<see cref="FixesMax"/>.</summary>
        public int FixCount;

        /// <summary>Fix time, seconds since 1970-01-01 UTC, as the satellites say.</summary>
        public readonly uint[] FixTimeS = new uint[FixesMax];

        /// <summary>Latitude in 1e-5 degrees, -9000000..9000000.</summary>
        public readonly int[] LatitudeE5 = new int[FixesMax];

        /// <summary>Longitude in 1e-5 degrees, -18000000..18000000.</summary>
        public readonly int[] LongitudeE5 = new int[FixesMax];

        /// <summary>Whether <see cref="AccuracyClass"/> is present (for all fixes or for none).</summary>
        public bool HasAccuracy;

        /// <summary>Horizontal accuracy class 0..15 of each fix: see <see cref="Traxxs.Protocol.AccuracyClass"/>.</summary>
        public readonly byte[] AccuracyClass = new byte[FixesMax];

        /// <summary>Number of valid rows in the event columns. 0..<see cref="EventsMax"/>.</summary>
        public int EventCount;

        /// <summary>What happened, in the order noticed.</summary>
        public readonly EventCode[] EventCodes = new EventCode[EventsMax];

        /// <summary>When it began: seconds since 1970-01-01 UTC, or since start with <see cref="TimeIsUptime"/>.</summary>
        public readonly uint[] EventTimeS = new uint[EventsMax];

        /// <summary>The event's value; its meaning stands at each <see cref="EventCode"/>.</summary>
        public readonly int[] EventValue = new int[EventsMax];

        /// <summary>Whether the <c>Configuration…</c> fields are present: in the first report after a start, and after each Configure.</summary>
        public bool HasConfiguration;

        /// <summary>Version of the configuration in force; 0 is the profile the firmware was built with.</summary>
        public uint ConfigurationVersion;

        /// <summary>First setting (<see cref="SettingCode"/>) that the newest configuration was refused for; 0 where none was.</summary>
        public byte ConfigurationProblem;

        /// <summary>Version of the refused configuration; 0 where none was.</summary>
        public uint ConfigurationRefusedVersion;

        /// <summary>Whether the <c>Firmware…</c> fields are present: in the first report after a start.</summary>
        public bool HasFirmware;

        /// <summary>Firmware version, first number.</summary>
        public byte FirmwareMajor;

        /// <summary>Firmware version, second number.</summary>
        public byte FirmwareMinor;

        /// <summary>Firmware version, third number.</summary>
        public byte FirmwarePatch;

        /// <summary>Why the device started (<c>Traxxs.Core.Diagnostics.BootReason</c>).</summary>
        public byte FirmwareBootReason;

        /// <summary>Starts of the device in this epoch, this one included.</summary>
        public uint FirmwareStarts;

        /// <summary>Number of valid rows in the trace columns. 0..<see cref="TraceMax"/>.</summary>
        public int TraceCount;

        /// <summary>What happened inside (<c>Traxxs.Core.Diagnostics.TraceCode</c>), newest first.</summary>
        public readonly byte[] TraceCodes = new byte[TraceMax];

        /// <summary>How long before the report was closed, s.</summary>
        public readonly uint[] TraceAgeS = new uint[TraceMax];

        /// <summary>The entry's value; its meaning stands at each code.</summary>
        public readonly int[] TraceValues = new int[TraceMax];

        /// <summary>Whether the <c>Health…</c> fields are present. All of them count from the device's start.</summary>
        public bool HasHealth;

        /// <summary>Reports dropped because the ring was full.</summary>
        public uint HealthDroppedReports;

        /// <summary>Accepted reports found unreadable.</summary>
        public uint HealthCorrupted;

        /// <summary>Flash segments erased.</summary>
        public uint HealthFlashErases;

        /// <summary>GNSS searches begun.</summary>
        public uint HealthSearches;

        /// <summary>GNSS searches that found nothing.</summary>
        public uint HealthSearchesInVain;

        /// <summary>Links opened.</summary>
        public uint HealthContacts;

        /// <summary>Seconds since the device's start.</summary>
        public uint HealthUptimeS;

        /// <summary>Makes the report empty. The columns keep their old contents behind the zero counts.</summary>
        public void Clear()
        {
            HasIdentity = false;
            HasDeviceTime = false;
            TimeIsUptime = false;
            HasBattery = false;
            Charging = false;
            HasSteps = false;
            HasContract = false;
            HasBacklog = false;
            HasActivity = false;
            HasAccuracy = false;
            FixCount = 0;
            EventCount = 0;
            HasConfiguration = false;
            HasFirmware = false;
            TraceCount = 0;
            HasHealth = false;
        }
    }
}
