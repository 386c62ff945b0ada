using Traxxs.Server.Api.Tracks;
using Traxxs.Server.History;

namespace Traxxs.Server.Api.OpenApi;

/// <summary>
/// Every route in words, by method and path: the API's table of contents. A test walks the routes and fails where one is
/// missing here, and where one here is no route.
/// </summary>
internal static partial class Operations
{
    private static readonly Dictionary<string, Operation> All = Tables().SelectMany(table => table).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>What a route is; null where it is no part of the API, such as the page's files.</summary>
    public static Operation? Find(string method, string path) => All.GetValueOrDefault($"{method} {path}");

    /// <summary>Method and path of all.</summary>
    public static IEnumerable<string> Routes => All.Keys;

    private static Parameter Zoom => new("zoom", "integer",
        $"zoom of the map it is drawn on, 0 to {TrackSimplifier.ZoomMax}: the whole range, simplified so that no fix left out is farther from the line than a pixel there (errorMaxM)");

    private static Parameter Format => new("format", "string", "json and geojson come in pages unless zoom is given; gpx, kml and csv come whole") { Words = [.. TrackFormatNames.Words.Keys] };

    private static IReadOnlyList<string> TrackMedia => [.. Enum.GetValues<TrackFormatName>().Select(name => name.ContentType().Split(';')[0])];

    private static IEnumerable<Dictionary<string, Operation>> Tables() => [Devices, Firmware, History, Alerts, Alerting, Places, Identity, Wearers, Administration, Service];

    private static Dictionary<string, Operation> Devices => new()
    {
        ["GET /api/v1/devices"] = new("listDevices", "Devices of the organisation, by id.") { Answer = typeof(DevicePage), Query = [Parameter.Limit(200, 1000), Parameter.Cursor] },
        ["POST /api/v1/devices"] = new("provisionDevice", "Makes a device known and gives its secret, this once.") { Body = typeof(DevicesApi.DeviceBody), Answer = typeof(IssuedSecret), Status = 201 },
        ["GET /api/v1/devices/{id}"] = new("getDevice", "One device: status, contract, firmware, health, trace.") { Answer = typeof(DeviceDetail) },
        ["DELETE /api/v1/devices/{id}"] = new("revokeDevice", "Shuts a device out and drops its connection; its reports stay.") { Status = 204 },
        ["POST /api/v1/devices/{id}/secret"] = new("replaceDeviceSecret", "Gives a device a new secret; the old one is void.") { Answer = typeof(IssuedSecret) },
        ["GET /api/v1/devices/{id}/configuration"] = new("getConfiguration", "What a device is to be configured with and what it says it is.") { Answer = typeof(ConfigurationView) },
        ["PUT /api/v1/devices/{id}/configuration"] = new("setConfiguration", "Chooses settings for a device in place of those chosen before; the organisation's stand behind them.")
        {
            Body = typeof(ConfigurationApi.SettingsBody), Answer = typeof(ConfigurationView), KeepsToIfMatch = true,
        },
        ["GET /api/v1/configuration"] = new("getDefaultConfiguration", "Settings chosen for all devices of the organisation.") { Answer = typeof(DefaultConfigurationView) },
        ["PUT /api/v1/configuration"] = new("setDefaultConfiguration", "Chooses settings for all devices of the organisation.")
        {
            Body = typeof(ConfigurationApi.SettingsBody), Answer = typeof(DefaultConfigurationView), KeepsToIfMatch = true,
        },
        ["GET /api/v1/devices/{id}/commands"] = new("listCommands", "Commands given to a device, newest first, and how far each came.") { Answer = typeof(CommandPage), Query = [Parameter.Limit(50, 500), Parameter.Cursor] },
        ["POST /api/v1/devices/{id}/commands"] = new("giveCommand", "Gives a device a command; 200 with the earlier one where the same still waits.")
        {
            Body = typeof(ConfigurationApi.CommandBody), Answer = typeof(CommandView), Status = 202,
        },
    };

    private static Dictionary<string, Operation> History => new()
    {
        ["GET /api/v1/fleet"] = new("getFleet", "All devices of the organisation for a map, a row each.")
        {
            Answer = typeof(FleetView), Query = [new("bbox", "string", "west,south,east,north in degrees: only devices known to be inside")],
        },
        ["GET /api/v1/positions/latest"] = new("getLatestPositions", "Where each device is.") { Answer = typeof(LatestPositions) },
        ["GET /api/v1/devices/{id}/positions"] = new("getPositions", "Positions of a device by fix time.")
        {
            Answer = typeof(PositionPage), Media = TrackMedia, Query = [Parameter.From, Parameter.To, Format, Zoom, Parameter.Limit(1000, 10_000), Parameter.Cursor],
        },
        ["GET /api/v1/wearers/{id}/positions"] = new("getWearerPositions", "Positions of a wearer over the devices they wore; always whole.")
        {
            Answer = typeof(PositionPage), Media = TrackMedia, Query = [Parameter.From, Parameter.To, Format, Zoom],
        },
        ["GET /api/v1/devices/{id}/trips"] = new("getTrips", "Trips and stops by fix time; the last day where no range is given, a year at most.")
        {
            Answer = typeof(JourneysView),
            Query =
            [
                Parameter.From, Parameter.To,
                new("stopRadiusM", "integer", "a stop stays within this of its middle, m, 10 to 1000; 50 where absent"),
                new("stopMinS", "integer", "a stop lasts this at least, s, 60 to 86400; 300 where absent"),
                new("gapS", "integer", "fixes farther apart than this in other places are two trips, s, 60 to 86400; 3600 where absent"),
                new("tripMinM", "integer", "a trip gets this far at least, m, 0 to 10000; 100 where absent"),
            ],
        },
        ["GET /api/v1/devices/{id}/activity"] = new("getActivity", "Steps and seconds of each activity, bucket by bucket; the last day where no range is given.")
        {
            Answer = typeof(ActivityView), Query = [Parameter.From, Parameter.To, new("bucket", "integer", "length of a bucket, s, 60 to 86400; 3600 where absent")],
        },
        ["GET /api/v1/devices/{id}/buffer"] = new("getBuffer", "What waits on a device, when it speaks, and how long its battery lasts.") { Answer = typeof(BufferView) },
        ["GET /api/v1/wearers/{id}/day"] = new("getWearerDay", "A wearer's day in one answer.")
        {
            Answer = typeof(DayView), Query = [new("date", "string", "such as 2026-03-01, by the wearer's clock; today where absent")],
        },
    };

    private static Dictionary<string, Operation> Alerts => new()
    {
        ["GET /api/v1/alerts"] = new("listAlerts", "Alerts of the organisation, newest first.")
        {
            Answer = typeof(AlertPage),
            Query =
            [
                new("open", "string", "only those not resolved, or only those resolved") { Words = ["true", "false"] },
                new("state", "string", "only those in this state"), new("device", "string", "only those of this device"), new("wearer", "string", "only those of this wearer"), new("rule", "string", "only those of this rule"),
                new("severity", "string", "only those at least this urgent"), Parameter.From, Parameter.To, Parameter.Limit(100, 500), Parameter.Cursor,
            ],
        },
        ["GET /api/v1/alerts/{id}"] = new("getAlert", "One alert with its comments, history and deliveries.") { Answer = typeof(AlertDetail) },
        ["POST /api/v1/alerts/{id}/acknowledge"] = new("acknowledgeAlert", "Takes an alert; the first one wins, and the wearer is told.") { Body = typeof(AlertsApi.ActBody), Answer = typeof(AlertView) },
        ["POST /api/v1/alerts/{id}/resolve"] = new("resolveAlert", "Ends an alert.") { Body = typeof(AlertsApi.ActBody), Answer = typeof(AlertView) },
        ["POST /api/v1/alerts/{id}/assign"] = new("assignAlert", "Hands an alert to somebody, or to nobody.") { Body = typeof(AlertsApi.AssignBody), Answer = typeof(AlertView) },
        ["POST /api/v1/alerts/{id}/comments"] = new("commentAlert", "Writes something down at an alert.") { Body = typeof(AlertsApi.CommentBody), Answer = typeof(AlertView) },
    };

    private static Dictionary<string, Operation> Places => new()
    {
        ["GET /api/v1/geofences"] = new("listGeofences", "Geofences of the organisation as GeoJSON.") { Answer = typeof(FeatureCollection), Media = ["application/geo+json"] },
        ["POST /api/v1/geofences"] = new("addGeofence", "Adds a geofence.") { Body = typeof(Feature), Answer = typeof(Feature), Status = 201 },
        ["GET /api/v1/geofences/{id}"] = new("getGeofence", "One geofence as GeoJSON.") { Answer = typeof(Feature), Media = ["application/geo+json"] },
        ["PUT /api/v1/geofences/{id}"] = new("replaceGeofence", "Changes a geofence.") { Body = typeof(Feature), Answer = typeof(Feature), Media = ["application/geo+json"], KeepsToIfMatch = true },
        ["DELETE /api/v1/geofences/{id}"] = new("removeGeofence", "Removes a geofence.") { Status = 204 },
    };

    private static Dictionary<string, Operation> Administration => new()
    {
        ["GET /api/v1/tokens"] = new("listTokens", "Keys of the organisation.") { Answer = typeof(TokenList) },
        ["POST /api/v1/tokens"] = new("createToken", "Makes a key and gives its text, this once.") { Body = typeof(AdministrationApi.TokenBody), Answer = typeof(TokenMade), Status = 201 },
        ["DELETE /api/v1/tokens/{id}"] = new("revokeToken", "Makes a key void.") { Status = 204 },
        ["GET /api/v1/audit"] = new("listAudit", "The audit log, oldest first.")
        {
            Answer = typeof(AuditPage), Query = [new("subject", "string", "only entries on this, such as alert:ID"), new("system", "boolean", "what concerns the system and no organisation; for the operator"), Parameter.Limit(200, 1000), Parameter.Cursor],
        },
        ["GET /api/v1/deliveries"] = new("listDeliveries", "Notifications and commands, newest first.")
        {
            Answer = typeof(DeliveryPage), Query = [new("state", "string", "only those in this state") { Words = ["pending", "sent", "dead", "skipped", "held"] }, Parameter.Limit(200, 1000), Parameter.Cursor],
        },
        ["POST /api/v1/deliveries/{id:long}/retry"] = new("retryDelivery", "Tries a delivery again that was given up.") { Status = 202 },
        ["GET /api/v1/rejected"] = new("listRejected", "Refused frames, newest first.") { Answer = typeof(RejectedPage), Query = [Parameter.Limit(100, 1000)] },
    };

    private static Dictionary<string, Operation> Service => new()
    {
        ["GET /api/v1/openapi.json"] = new("getOpenApi", "This document.") { Media = ["application/json"] },
        ["GET /api/v1/live"] = new("watch", "What happens as it happens: a WebSocket, an event a message. Read all the time: who answers no ping for 15 seconds is cut off.")
        {
            Status = 101, Query = [new("after", "string", "id of the last event seen: what was missed comes first, or the event reset")],
        },
        ["GET /api/v1/map"] = new("getMap", "Where the page's map gets its ground: nulls where it shows its own coastlines.") { Answer = typeof(Hosting.MapView) },
        ["GET /api/v1/counters"] = new("getCounters", "What was counted since the start.") { Answer = typeof(Dictionary<string, long>) },
        ["GET /metrics"] = new("getMetrics", "What was counted and measured, for Prometheus.") { Media = ["text/plain"] },
        ["GET /health/live"] = new("isLive", "Whether the process answers.") { Answer = typeof(LiveHealth) },
        ["GET /health/ready"] = new("isReady", "Whether each part works; 503 where one does not.") { Answer = typeof(ReadyHealth) },
        ["GET /health/details"] = new("getHealth", "How each part stands, with numbers.") { Answer = typeof(DetailedHealth) },
    };
}
