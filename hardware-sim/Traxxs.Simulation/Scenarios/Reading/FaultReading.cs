namespace Traxxs.Simulation.Scenarios.Reading;

/// <summary>Reads what goes wrong.</summary>
internal static class FaultReading
{
    private static readonly Dictionary<string, FaultKind> Kinds = new(StringComparer.Ordinal)
    {
        ["link-down"] = FaultKind.LinkDown,
        ["link-loss"] = FaultKind.LinkLoss,
        ["ack-loss"] = FaultKind.AckLoss,
        ["link-latency"] = FaultKind.LinkLatency,
        ["server-down"] = FaultKind.ServerDown,
        ["server-kill"] = FaultKind.ServerKill,
        ["slow-disk"] = FaultKind.SlowDisk,
        ["bus-nak"] = FaultKind.BusNak,
        ["bus-stuck"] = FaultKind.BusStuck,
        ["flash-full"] = FaultKind.FlashFull,
        ["flash-torn"] = FaultKind.FlashTorn,
        ["flash-flips"] = FaultKind.FlashFlips,
        ["gnss-silent"] = FaultKind.GnssSilent,
        ["gnss-garbled"] = FaultKind.GnssGarbled,
        ["gnss-lies"] = FaultKind.GnssLies,
        ["gnss-wrong-week"] = FaultKind.GnssWrongWeek,
        ["gnss-clock-jump"] = FaultKind.GnssClockJump,
        ["server-clock-jump"] = FaultKind.ServerClockJump,
        ["power-cut"] = FaultKind.PowerCut,
        ["brown-out"] = FaultKind.BrownOut,
        ["server-crash"] = FaultKind.ServerCrash,
        ["store-fails"] = FaultKind.StoreFails,
        ["store-full"] = FaultKind.StoreFull,
        ["journal-full"] = FaultKind.JournalFull,
        ["channel-fails"] = FaultKind.ChannelFails,
        ["session-takeover"] = FaultKind.SessionTakeover,
        ["frame-twice"] = FaultKind.FrameTwice,
        ["frame-late"] = FaultKind.FrameLate,
    };

    private static readonly Dictionary<string, CrashMoment> Moments = new(StringComparer.Ordinal)
    {
        ["before-commit"] = CrashMoment.BeforeCommit,
        ["torn-commit"] = CrashMoment.TornCommit,
        ["after-commit"] = CrashMoment.AfterCommit,
        ["before-rules"] = CrashMoment.BeforeRules,
        ["torn-journal"] = CrashMoment.TornJournal,
        ["after-journal"] = CrashMoment.AfterJournal,
    };

    /// <summary>A fault's name in a scenario file.</summary>
    public static string NameOf(FaultKind kind) => Kinds.First(pair => pair.Value == kind).Key;

    public static PlannedFault Fault(YamlMapping map, HashSet<string> devices)
    {
        var from = map.SpanMs("at") ?? map.SpanMs("from")!.Value;
        var to = map.SpanMs("to") ?? from;
        if (to < from) throw map.Reading.Error(map.Node, "'to' is before 'from'");
        return new PlannedFault(Kinds[map.Text("fault")!], from, to, ScenarioFile.DeviceId(map, devices), map.Integer("percent") ?? 100)
        {
            Amount = AmountOf(map),
            Moment = map.Text("moment") is { } moment ? Moments[moment] : default,
            Chip = map.Text("chip") == "fuel-gauge" ? BusChip.FuelGauge : BusChip.Accelerometer,
        };
    }

    private static int AmountOf(YamlMapping map)
    {
        if ((map.Integer("bits") ?? map.Integer("north")) is { } number) return number;
        if (map.Has("by")) return Bounded(map, "by", map.SpanMs("by")!.Value);
        if (map.Has("for")) return Bounded(map, "for", map.SpanMs("for")!.Value);
        if (!map.Text("fault")!.EndsWith("clock-jump", StringComparison.Ordinal)) return 0;
        if (map.Has("ahead") == map.Has("back")) throw map.Reading.Error(map.Node, "a clock jumps 'ahead' or 'back' by a span");
        return map.Has("ahead") ? Bounded(map, "ahead", map.SpanMs("ahead")!.Value / 1000) : -Bounded(map, "back", map.SpanMs("back")!.Value / 1000);
    }

    private static int Bounded(YamlMapping map, string key, long amount)
        => amount <= int.MaxValue ? (int)amount : throw map.Reading.Error(map.Required(key), $"'{map.Text(key)}' is too long");
}
