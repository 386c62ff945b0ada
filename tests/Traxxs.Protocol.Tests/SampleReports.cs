namespace Traxxs.Protocol.Tests;

/// <summary>Reports for tests: made here, none recorded.</summary>
internal static class SampleReports
{
    /// <summary>
    /// People on foot at 30 s: 1.3 m/s with gentle turns, a right angle now and then, stops, and 4 m of slowly wandering
    /// receiver error.
    /// </summary>
    public static Report Walk(int seed, int fixes, int latitudeE5 = 4_783_000, int longitudeE5 = 1_302_000)
    {
        var random = new Random(seed);
        var report = new Report { FixCount = fixes };
        double north = 0, east = 0, heading = random.NextDouble() * 2 * Math.PI, errorNorth = 0, errorEast = 0;
        var cos = Math.Cos(latitudeE5 * Math.PI / 180e5);
        uint timeS = 1_790_000_000u + (uint)random.Next(100_000_000);
        for (var i = 0; i < fixes; i++)
        {
            report.FixTimeS[i] = timeS;
            report.LatitudeE5[i] = latitudeE5 + (int)Math.Round((north + errorNorth) / 1.11);
            report.LongitudeE5[i] = longitudeE5 + (int)Math.Round((east + errorEast) / 1.11 / cos);
            report.AccuracyClass[i] = (byte)(3 + random.Next(3));
            var intervalS = 30 + (random.Next(5) == 0 ? random.Next(1, 5) : 0);
            var speed = random.Next(12) == 0 ? 0 : 1.3 + 0.15 * Normal(random);
            heading += random.Next(8) == 0 ? Math.PI / 2 * (random.Next(2) * 2 - 1) : 0.15 * Normal(random);
            north += speed * intervalS * Math.Cos(heading);
            east += speed * intervalS * Math.Sin(heading);
            errorNorth = 0.7 * errorNorth + 4 * 0.7 * Normal(random);
            errorEast = 0.7 * errorEast + 4 * 0.7 * Normal(random);
            timeS += (uint)intervalS;
        }

        return report;
    }

    /// <summary>Adds what a tracker sends with its fixes.</summary>
    public static Report WithEverythingUsual(Report report)
    {
        report.HasIdentity = true;
        report.Epoch = 41377;
        report.Sequence = 1204;
        report.HasDeviceTime = true;
        report.DeviceTimeS = report.FixCount == 0 ? 1_800_000_000 : report.FixTimeS[report.FixCount - 1] + 4;
        report.HasBattery = true;
        report.BatteryMv = 3960;
        report.BatteryPercent = 78;
        report.HasSteps = true;
        report.StepsTotal = 48211;
        report.HasContract = true;
        report.NextContactS = 900;
        report.HasActivity = true;
        report.Activity = ActivityCode.Walking;
        report.HasAccuracy = true;
        return report;
    }

    /// <summary>Anything a report may hold: every presence, the ends of every range, walks, teleports, times in any order.</summary>
    public static Report Random(Random random)
    {
        var report = new Report
        {
            HasIdentity = Coin(random),
            Epoch = (ushort)AnyUInt(random),
            Sequence = AnyUInt(random),
            HasDeviceTime = Coin(random),
            DeviceTimeS = AnyUInt(random),
            TimeIsUptime = Coin(random),
            HasBattery = Coin(random),
            BatteryMv = random.Next(0, 410) * ReportLayout.BatteryStepMv,
            BatteryPercent = random.Next(0, 101),
            Charging = Coin(random),
            HasSteps = Coin(random),
            StepsTotal = AnyUInt(random),
            HasContract = Coin(random),
            NextContactS = 1 + AnyUInt(random) % ReportLayout.NextContactMaxS,
            HasBacklog = Coin(random),
            BacklogReports = random.Next(0, 65536),
            BacklogAgeS = AnyUInt(random),
            HasActivity = Coin(random),
            Activity = (ActivityCode)random.Next(256),
            HasAccuracy = Coin(random),
            FixCount = random.Next(4) == 0 ? ReportLayout.UsualFixCount : random.Next(0, Report.FixesMax + 1),
            EventCount = Coin(random) ? 0 : random.Next(0, Report.EventsMax + 1),
        };
        if (Coin(random)) AddExtensions(report, random);
        if (random.Next(3) == 0) report = Bare(report);
        if (random.Next(6) == 0) report = WithEverythingUsual(Bare(report));
        FillFixes(report, random);
        for (var i = 0; i < report.EventCount; i++)
        {
            report.EventCodes[i] = (EventCode)random.Next(1, 256);
            report.EventTimeS[i] = AnyUInt(random);
            report.EventValue[i] = unchecked((int)AnyUInt(random));
        }

        return report;
    }

    /// <summary>A 32-bit number whose length in bits is as random as the bits.</summary>
    public static uint AnyUInt(Random random)
    {
        var bits = random.Next(0, 33);
        if (bits == 0) return 0;
        return random.Next(8) == 0 ? uint.MaxValue >> (32 - bits) : (uint)random.NextInt64(1L << bits);
    }

    /// <summary>Adds what stands in extensions, each as likely as not.</summary>
    public static void AddExtensions(Report report, Random random)
    {
        report.HasConfiguration = Coin(random);
        report.ConfigurationVersion = AnyUInt(random);
        report.ConfigurationProblem = (byte)(Coin(random) ? random.Next(256) : 0);
        report.ConfigurationRefusedVersion = report.ConfigurationProblem == 0 ? 0 : AnyUInt(random);
        report.HasFirmware = Coin(random);
        (report.FirmwareMajor, report.FirmwareMinor, report.FirmwarePatch) = ((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
        (report.FirmwareBootReason, report.FirmwareStarts) = ((byte)random.Next(256), AnyUInt(random));
        report.TraceCount = Coin(random) ? 0 : random.Next(1, Report.TraceMax + 1);
        for (var i = 0; i < report.TraceCount; i++)
        {
            report.TraceCodes[i] = (byte)random.Next(256);
            report.TraceAgeS[i] = AnyUInt(random);
            report.TraceValues[i] = unchecked((int)AnyUInt(random));
        }

        report.HasHealth = Coin(random);
        (report.HealthDroppedReports, report.HealthCorrupted, report.HealthFlashErases) = (AnyUInt(random), AnyUInt(random), AnyUInt(random));
        (report.HealthSearches, report.HealthSearchesInVain) = (AnyUInt(random), AnyUInt(random));
        (report.HealthContacts, report.HealthUptimeS) = (AnyUInt(random), AnyUInt(random));
    }

    private static Report Bare(Report report)
    {
        var fixes = report.FixCount;
        report.Clear();
        report.FixCount = fixes;
        return report;
    }

    private static void FillFixes(Report report, Random random)
    {
        var wildness = random.Next(4);
        uint timeS = random.Next(4) == 0 ? AnyUInt(random) : 1_700_000_000;
        int latitudeE5 = AnyPlace(random, StartingPlace.LatitudeMaxE5), longitudeE5 = AnyPlace(random, StartingPlace.LongitudeMaxE5);
        for (var i = 0; i < report.FixCount; i++)
        {
            report.FixTimeS[i] = timeS;
            report.LatitudeE5[i] = latitudeE5;
            report.LongitudeE5[i] = longitudeE5;
            report.AccuracyClass[i] = (byte)random.Next(16);
            timeS = random.Next(6) < wildness ? AnyUInt(random) : timeS + (uint)random.Next(-2, 61);
            latitudeE5 = random.Next(6) < wildness ? AnyPlace(random, StartingPlace.LatitudeMaxE5) : Near(random, latitudeE5, StartingPlace.LatitudeMaxE5);
            longitudeE5 = random.Next(6) < wildness ? AnyPlace(random, StartingPlace.LongitudeMaxE5) : Near(random, longitudeE5, StartingPlace.LongitudeMaxE5);
        }
    }

    private static int AnyPlace(Random random, int max) => random.Next(8) switch
    {
        0 => max,
        1 => -max,
        2 => 0,
        _ => random.Next(-max, max + 1),
    };

    private static int Near(Random random, int place, int max)
    {
        var reach = 1 << random.Next(0, 16);
        return Math.Clamp(place + random.Next(-reach, reach + 1), -max, max);
    }

    private static bool Coin(Random random) => random.Next(2) == 0;

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
