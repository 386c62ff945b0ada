using Traxxs.Server.Firmware;
using Traxxs.Simulation.Scenarios;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Run;

/// <summary>Holds how updates came out against what was expected.</summary>
internal static class UpdateCheck
{
    public static ExpectationResult Check(UpdateExpectation expected, IReadOnlyList<DeviceUpdate> updates)
    {
        var found = Found(expected, updates).ToList();
        var passed = found.Count > 0 && found.All(update => Holds(expected, update));
        return new ExpectationResult(expected.Text, passed, found.Count == 0 ? "never offered" : string.Join(", ", found.Select(Describe)));
    }

    /// <summary>The first that is not as expected; null where there is none.</summary>
    public static DeviceUpdate? Misfit(UpdateExpectation expected, IReadOnlyList<DeviceUpdate> updates)
        => Found(expected, updates).FirstOrDefault(update => !Holds(expected, update));

    private static IEnumerable<DeviceUpdate> Found(UpdateExpectation expected, IReadOnlyList<DeviceUpdate> updates)
        => updates.Where(update => expected.Concerns(update.DeviceId) && update.Version == expected.Version);

    private static bool Holds(UpdateExpectation expected, DeviceUpdate update)
        => update.State == expected.Outcome && (expected.Within is not { } within || update.EndedAt - update.AskedAt <= within);

    private static string Describe(DeviceUpdate update)
    {
        var state = UpdateWords.Of(update.State);
        var how = update.EndedAt is { } ended ? $"{state} {AlertCheck.Span(ended - update.AskedAt)} after its offer" : $"{state}, {update.Progress} of {update.Size} bytes";
        return $"{update.DeviceId} {ImageVersion.Of(update.Version)}: {how}{(update.Reason is { } reason ? $" ({UpdateWords.OfRefusal(reason)})" : "")}";
    }
}
