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
    };

    public static PlannedFault Fault(YamlMapping map, HashSet<string> devices)
    {
        var from = map.SpanMs("at") ?? map.SpanMs("from")!.Value;
        var to = map.SpanMs("to") ?? from;
        if (to < from) throw map.Reading.Error(map.Node, "'to' is before 'from'");
        return new PlannedFault(Kinds[map.Text("fault")!], from, to, ScenarioFile.DeviceId(map, devices), map.Integer("percent") ?? 100)
        {
            Amount = AmountOf(map),
            Chip = map.Text("chip") == "fuel-gauge" ? BusChip.FuelGauge : BusChip.Accelerometer,
        };
    }

    private static int AmountOf(YamlMapping map)
    {
        if ((map.Integer("bits") ?? map.Integer("north")) is { } number) return number;
        if (map.Has("by")) return Bounded(map, "by", map.SpanMs("by")!.Value);
        if (!map.Text("fault")!.EndsWith("clock-jump", StringComparison.Ordinal)) return 0;
        if (map.Has("ahead") == map.Has("back")) throw map.Reading.Error(map.Node, "a clock jumps 'ahead' or 'back' by a span");
        return map.Has("ahead") ? Bounded(map, "ahead", map.SpanMs("ahead")!.Value / 1000) : -Bounded(map, "back", map.SpanMs("back")!.Value / 1000);
    }

    private static int Bounded(YamlMapping map, string key, long amount)
        => amount <= int.MaxValue ? (int)amount : throw map.Reading.Error(map.Required(key), $"'{map.Text(key)}' is too long");
}
