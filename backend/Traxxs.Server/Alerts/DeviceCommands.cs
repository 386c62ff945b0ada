using System.Globalization;
using Traxxs.Protocol;
using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>
/// Commands to devices as outbox entries. Each stands in the outbox under what it says, so a proof is promised once
/// however often its cause is seen; the entry's number becomes the command's number.
/// </summary>
public static class DeviceCommands
{
    /// <summary>Tells the wearer: the alarm is stored and stands as an alert.</summary>
    public static OutboxEntry AlarmReceived(AlarmProof proof, DateTimeOffset now) =>
        Entry(proof.DeviceId, CommandCode.AlarmReceived, proof.Epoch, proof.Sequence, $"{proof.Epoch}/{proof.Sequence}", null, now);

    /// <summary>Tells the wearer: a person has acknowledged the alert.</summary>
    public static OutboxEntry? AlarmAcknowledged(Alert alert, DateTimeOffset now) =>
        alert is { Epoch: { } epoch, Sequence: { } sequence }
            ? Entry(alert.DeviceId, CommandCode.AlarmAcknowledged, epoch, sequence, alert.Id, alert.Id, now)
            : null;

    /// <summary>Under what the "received" of an alert stands in the outbox; null where no report caused it.</summary>
    public static string? ReceivedKeyOf(Alert alert) => alert is { Epoch: { } epoch, Sequence: { } sequence }
        ? KeyOf(CommandCode.AlarmReceived, alert.DeviceId, string.Create(CultureInfo.InvariantCulture, $"{epoch}/{sequence}"))
        : null;

    /// <summary>Under what the "acknowledged" of an alert stands in the outbox.</summary>
    public static string AcknowledgedKeyOf(Alert alert) => KeyOf(CommandCode.AlarmAcknowledged, alert.DeviceId, alert.Id);

    /// <summary>A command a person gave.</summary>
    public static OutboxEntry Ask(string deviceId, CommandCode code, DateTimeOffset now) =>
        Entry(deviceId, code, 0, 0, Guid.CreateVersion7(now).ToString("N"), null, now);

    /// <summary>The command of an entry, or null where it is not one.</summary>
    public static Command? Read(OutboxEntry entry)
    {
        var parts = entry.Payload?.Split(' ');
        if (parts is not { Length: 3 }) return null;
        return new Command
        {
            Id = (uint)entry.Id,
            Code = (CommandCode)byte.Parse(parts[0], CultureInfo.InvariantCulture),
            Epoch = ushort.Parse(parts[1], CultureInfo.InvariantCulture),
            Sequence = uint.Parse(parts[2], CultureInfo.InvariantCulture),
        };
    }

    private static OutboxEntry Entry(
        string deviceId, CommandCode code, int epoch, long sequence, string cause, string? alertId, DateTimeOffset now) => new()
    {
        Key = KeyOf(code, deviceId, cause),
        Channel = AlertJournal.DeviceChannel,
        Kind = "command",
        AlertId = alertId,
        DeviceId = deviceId,
        Payload = string.Create(CultureInfo.InvariantCulture, $"{(byte)code} {epoch} {sequence}"),
        DueAt = now,
        CreatedAt = now,
    };

    private static string KeyOf(CommandCode code, string deviceId, string cause) =>
        string.Create(CultureInfo.InvariantCulture, $"command/{(byte)code}/{deviceId}/{cause}");
}
