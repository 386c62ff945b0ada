using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Mqtt.Server;
using Traxxs.Server.Alerts;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Diagnostics;
using Traxxs.Server.Firmware;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Live;
using Traxxs.Store.Service;

namespace Traxxs.Server.Api;

/// <summary>What was counted in the whole server: as JSON for people and tests, as Prometheus text for monitoring.</summary>
internal static class CountersApi
{
    public static void MapCounters(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/counters", (CounterSources sources) => Results.Ok(sources.Read().ToDictionary(counter => counter.Key, counter => counter.Value)))
            .RequireRole(Role.Operator);
        app.MapGet("/metrics", (PrometheusText prometheus) => Results.Text(prometheus.Write(), PrometheusText.ContentType)).RequireRole(Role.Operator).OrMetricsKey();
    }
}

/// <summary>Where the numbers come from.</summary>
internal sealed class CounterSources(
    IMqttServer? mqtt, IngestCounters ingest, ReportArchive archive, IRuleStanding alerts, ReportDispatcher? dispatcher, LiveFeed live, ServiceDatabase database, FrameConsumer? frames = null, DeadFrames? putAside = null)
{
    // A database that is away leaves its numbers out: the others tell why.
    public IEnumerable<Counter> Read() => [.. Ingest(), .. frames is null || putAside is null ? [] : Queue(frames, putAside), .. Try(Stored), .. Watchers(), .. mqtt is null ? [] : Broker(mqtt.Counters)];

    private static IReadOnlyList<Counter> Try(Func<IEnumerable<Counter>> read)
    {
        try
        {
            return [.. read()];
        }
        catch (Traxxs.Store.StoreUnavailableException)
        {
            return [];
        }
    }

    private static IEnumerable<Counter> Queue(FrameConsumer frames, DeadFrames putAside)
    {
        yield return new("frames_waiting", "frames in RabbitMQ no listener has yet", frames.Waiting, Grows: false);
        yield return new("frames_put_aside", "frames that came back too often and wait to be looked at one by one", frames.Dead, Grows: false);
        yield return new("frames_taken_in_after_all_total", "frames put aside that were stored after all", putAside.TakenIn);
        yield return new("frames_kept_unread_total", "frames nobody can read, kept among the rejected ones; each is an alert", putAside.KeptUnread);
        yield return new("frames_under_no_device_total", "frames under no device's key, dropped", frames.Strange);
    }

    private IEnumerable<Counter> Ingest()
    {
        yield return new("reports_accepted_total", "reports stored for the first time since the start", ingest.Accepted);
        yield return new("reports_duplicate_total", "reports that came again, byte for byte", ingest.Duplicates);
        yield return new("reports_conflict_total", "reports under a number another report has", ingest.Conflicts);
        yield return new("reports_unavailable_total", "reports left unacknowledged because they could not be stored", ingest.Unavailable);
        yield return new("frames_untold_total", "frames refused of which nobody could be told, other than while a store was away; the log says why", ingest.Untold);
        foreach (var (reason, count) in ingest.RejectedByReason().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            yield return new("frames_rejected_total", "frames refused", count) { Label = ("reason", reason) };
        }

    }

    private IEnumerable<Counter> Stored()
    {
        yield return new("reports_stored", "reports in the store", archive.Store.Count(), Grows: false);
        yield return new("store_queue", "appends waiting for their commit", archive.Store.Health.Queued, Grows: false);
        yield return new("alerts_behind", "positions the rules are behind the store", Math.Max(0, archive.Store.LastPosition - alerts.Position), Grows: false);
        yield return new("reports_passed_over_total", "reports a rule or consumer failed on", alerts.PassedOver + (dispatcher?.PassedOver ?? 0));
        var (states, outbox, updates) = database.Read(session => (session.Alerts.CountByState(null), session.Outbox.CountByState(null), session.Updates.CountByState()));
        foreach (var state in Enum.GetValues<AlertState>())
        {
            yield return new("alerts", "alerts by state", states.GetValueOrDefault(state), Grows: false) { Label = ("state", AlertWords.Of(state)) };
        }

        foreach (var state in Enum.GetValues<OutboxState>())
        {
            yield return new("deliveries", "notifications and commands by state", outbox.GetValueOrDefault(state), Grows: false) { Label = ("state", OutboxView.WordOf(state)) };
        }

        foreach (var state in Enum.GetValues<UpdateState>())
        {
            yield return new("firmware_updates", "devices by the state of their last firmware update", updates.GetValueOrDefault(state), Grows: false) { Label = ("state", UpdateWords.Of(state)) };
        }
    }

    private IEnumerable<Counter> Watchers()
    {
        yield return new("live_watchers", "pages and programs that watch now", live.Watchers, Grows: false);
        yield return new("live_dropped_total", "watchers let go because they were too slow", live.Dropped);
    }

    private static IEnumerable<Counter> Broker(MqttServerCounters broker)
    {
        yield return new("mqtt_connections", "connections now", broker.Connections, Grows: false);
        yield return new("mqtt_sessions", "sessions kept", broker.Sessions, Grows: false);
        yield return new("mqtt_connected_total", "connections let in", broker.Connected);
        yield return new("mqtt_refused_connects_total", "connections turned away", broker.RefusedConnects);
        yield return new("mqtt_publishes_received_total", "publishes received", broker.PublishesReceived);
        yield return new("mqtt_publishes_delivered_total", "publishes delivered", broker.PublishesDelivered);
        yield return new("mqtt_bytes_received_total", "bytes received", broker.BytesReceived);
        yield return new("mqtt_bytes_sent_total", "bytes sent", broker.BytesSent);
        yield return new("mqtt_messages_dropped_total", "messages dropped at a full queue", broker.DroppedMessages);
        yield return new("mqtt_malformed_packets_total", "packets that were none", broker.MalformedPackets);
        yield return new("mqtt_protocol_errors_total", "packets against the protocol", broker.ProtocolErrors);
        yield return new("mqtt_keep_alive_timeouts_total", "connections ended by silence", broker.KeepAliveTimeouts);
        yield return new("mqtt_forbidden_publishes_total", "publishes to topics of others", broker.ForbiddenPublishes);
    }
}

/// <summary>One number.</summary>
internal sealed record Counter(string Name, string Help, long Value, bool Grows = true)
{
    public (string Name, string Value)? Label { get; init; }

    public string Key => Label is { } label ? $"{Name}.{label.Value}" : Name;
}
