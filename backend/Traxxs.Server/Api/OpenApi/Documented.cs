namespace Traxxs.Server.Api.OpenApi;

// The shapes of answers that are written where they are made, as types, for their schemas. A test holds them against what
// the server answers.

internal sealed record AlertPage(IReadOnlyList<AlertView> Alerts, string? Next);

internal sealed record AlertDetail(AlertView Alert, IReadOnlyList<CommentShape> Comments, IReadOnlyList<AuditView> History, IReadOnlyList<OutboxView> Deliveries);

internal sealed record CommentShape(double Time, string Who, string Text);

internal sealed record AuditPage(IReadOnlyList<AuditView> Entries, long? Next);

internal sealed record DeliveryPage(IReadOnlyList<OutboxView> Deliveries, long? Next);

internal sealed record RejectedPage(IReadOnlyList<RejectedShape> Frames);

internal sealed record RejectedShape(long Id, string DeviceId, double Time, string Reason, string? PayloadHex);

internal sealed record TokenList(IReadOnlyList<TokenShape> Tokens);

internal sealed record TokenShape(string Id, string Name, string Role, string? UserId, double CreatedAt, double? ExpiresAt, double? RevokedAt);

internal sealed record TokenMade(string Token, string Id);

internal sealed record FeatureCollection(string Type, IReadOnlyList<Feature> Features);

internal sealed record Feature(string Type, string? Id, Geometry Geometry, IReadOnlyDictionary<string, object?> Properties);

internal sealed record Geometry(string Type, IReadOnlyList<object> Coordinates);
