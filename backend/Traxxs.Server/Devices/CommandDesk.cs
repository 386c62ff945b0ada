using Traxxs.Server.Alerts;
using Traxxs.Store.Service;

namespace Traxxs.Server.Devices;

/// <summary>
/// Commands people give devices. The same command again, while the first still waits, is the first: a button pressed twice
/// restarts a device once. One that waited too long is void.
/// </summary>
public sealed class CommandDesk(ServiceDatabase database, TimeProvider clock)
{
    /// <summary>A command was given or ended. Called after the commit.</summary>
    public event Action<DeviceCommand>? Changed;

    /// <summary>Gives a command; null where there is no such device. The flag is false where it was given before and waits.</summary>
    public (DeviceCommand Command, bool IsNew)? Ask(string org, string deviceId, KnownCommand known, string who)
    {
        var result = database.Write<(DeviceCommand Command, bool IsNew)?>(session =>
        {
            if (session.Devices.Find(org, deviceId) is not { RevokedAt: null }) return null;
            var now = clock.GetUtcNow();
            if (session.Commands.Open(deviceId).FirstOrDefault(open => open.Code == (int)known.Code && open.SentAt is null && open.ExpiresAt > now) is { } waiting)
                return (waiting, false);
            var number = session.Commands.Add(
                DeviceCommands.Ask(deviceId, known.Code, now),
                new DeviceCommand(0, deviceId, (int)known.Code, now, who, now + known.ValidFor, null, null, null));
            session.Audit.Add(org, now, who, "device.asked", $"device:{deviceId}", known.Word);
            return (session.Commands.Find(number)!, true);
        });
        if (result is { IsNew: true, Command: var command }) Changed?.Invoke(command);
        return result;
    }

    /// <summary>Ends commands that are void by now.</summary>
    public void Expire()
    {
        var now = clock.GetUtcNow();
        if (database.Read(session => session.Commands.Expired(now)).Count == 0) return;
        var ended = database.Write(session =>
        {
            var expired = session.Commands.Expired(now);
            foreach (var command in expired) session.Commands.End(command.Number, OutcomeOf(command), now);
            return expired.Select(command => session.Commands.Find(command.Number)!).ToList();
        });
        foreach (var command in ended) Changed?.Invoke(command);
    }

    /// <summary>Tells who listens of commands others ended.</summary>
    internal void Tell(IEnumerable<DeviceCommand> commands)
    {
        foreach (var command in commands) Changed?.Invoke(command);
    }

    // Of some commands nothing is seen but that they went out.
    private static string OutcomeOf(DeviceCommand command) =>
        command.SentAt is not null && CommandCatalogue.Find(command.Code) is { Done: null } ? "sent" : "expired";
}
