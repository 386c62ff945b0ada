using Traxxs.Server.Firmware;
using Traxxs.Simulation.Updates;

namespace Traxxs.Simulation.Scenarios.Reading;

/// <summary>Reads the firmware images that are offered.</summary>
internal static class UpdateReading
{
    public static PlannedUpdate Update(YamlMapping map, HashSet<string> devices)
    {
        var planned = new PlannedUpdate(map.SpanMs("at")!.Value, Version(map, "version"), ScenarioFile.DeviceId(map, devices));
        return planned with
        {
            Size = map.Integer("size") ?? planned.Size,
            Health = map.Text("image") is { } health ? Enum.Parse<ImageHealth>(health, ignoreCase: true) : ImageHealth.Good,
        };
    }

    public static uint Version(YamlMapping map, string key)
        => ImageVersion.TryRead(map.Text(key), out var version) ? version : throw map.Reading.Error(map.Required(key), $"a version is {ImageVersion.Rule}, not '{map.Text(key)}'");
}
