using System.Globalization;
using Traxxs.Store.Service;

namespace Traxxs.Server.Firmware;

/// <summary>What is sent to a device for its update, as outbox entries: the offer, and a part of the image it asked for.</summary>
/// <param name="Version">Of the image.</param>
/// <param name="Offset">Where the part begins, bytes; null for the offer.</param>
internal readonly record struct UpdateCommand(uint Version, int? Offset)
{
    /// <summary>The channel it goes over: one of its own, so that no alarm's proof waits behind an image.</summary>
    public const string Channel = "firmware";

    private const string OfferWord = "offer";
    private const string PartWord = "part";

    /// <summary>An offer; <paramref name="number"/> tells it from earlier ones of the same version.</summary>
    public static OutboxEntry Offer(string deviceId, uint version, DateTimeOffset now) => Entry(
        deviceId, $"{OfferWord}/{Guid.CreateVersion7(now):N}", string.Create(CultureInfo.InvariantCulture, $"{OfferWord} {version}"), now);

    /// <summary>A part of the image; <paramref name="cause"/>: the word of the device that asks for it.</summary>
    public static OutboxEntry Part(string deviceId, uint version, int offset, string cause, DateTimeOffset now) => Entry(
        deviceId, $"{PartWord}/{cause}", string.Create(CultureInfo.InvariantCulture, $"{PartWord} {version} {offset}"), now);

    /// <summary>What a device's offers that are done, or its parts that are, begin with: the audit log tells of the update, and they would pile up.</summary>
    public static string OffersOf(string deviceId) => $"firmware/{deviceId}/{OfferWord}/";

    /// <summary>See <see cref="OffersOf"/>.</summary>
    public static string PartsOf(string deviceId) => $"firmware/{deviceId}/{PartWord}/";

    /// <summary>The command of an entry; null where it is none.</summary>
    public static UpdateCommand? Read(OutboxEntry entry) => entry.Payload?.Split(' ') switch
    {
        [OfferWord, var version] => new UpdateCommand(uint.Parse(version, CultureInfo.InvariantCulture), null),
        [PartWord, var version, var offset] => new UpdateCommand(uint.Parse(version, CultureInfo.InvariantCulture), int.Parse(offset, CultureInfo.InvariantCulture)),
        _ => null,
    };

    private static OutboxEntry Entry(string deviceId, string key, string payload, DateTimeOffset now) => new()
    {
        Key = $"firmware/{deviceId}/{key}", Channel = Channel, Kind = "command", DeviceId = deviceId, Payload = payload, DueAt = now, CreatedAt = now,
    };
}
