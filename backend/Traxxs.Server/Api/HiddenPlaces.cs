namespace Traxxs.Server.Api;

/// <summary>Why a device's place at a time is not shown, as the API writes it; null where it is.</summary>
internal delegate string? HiddenPlace(string deviceId, DateTimeOffset fixTime);
