using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Server;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Api;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Api.OpenApi;
using Traxxs.Server.Devices;
using Traxxs.Server.Diagnostics;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Live;
using Traxxs.Server.Notifications;
using Traxxs.Server.Notifications.Channels;
using Traxxs.Store;
using Traxxs.Store.Service;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Traxxs.Server.Hosting;

/// <summary>The HTTP side: a table of contents.</summary>
internal static class ApiHost
{
    private const int BodyBytesMax = 256 * 1024; // a geofence of a thousand points is about 40 KiB

    public static WebApplication Build(ServerOptions options, X509Certificate2? certificate, ApiServices services, ILoggerFactory logging)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(logging); // the host's own, in place of the builder's
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.Listen(options.Bind, options.HttpPort, listen =>
            {
                listen.Protocols = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                if (certificate is not null) listen.UseHttps(certificate);
            });
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddCompression();
        services.AddTo(builder.Services);

        var app = builder.Build();
        app.UseSecurityHeaders(options.Map);
        app.UseProblems();
        app.UseWebSockets();
        app.UseRouting();
        app.UseRequestMeter(services.Meter, services.Clock);
        app.UseAccessGate(services.Identity.Doorkeeper, services.Database, services.MetricsKey);
        app.UseCompression();
        app.UseEntityTags();

        app.MapPage();
        app.MapGround(options.Map);
        app.MapHealth();
        app.MapCounters();
        app.MapDevices();
        app.MapConfiguration();
        app.MapFleet();
        app.MapPositions();
        app.MapHistory();
        app.MapAlerts();
        app.MapGeofences();
        app.MapRules();
        app.MapPolicies();
        app.MapChannels();
        app.MapLive();
        app.MapMqtt();
        app.MapSignIn();
        app.MapMe();
        app.MapUsers();
        app.MapOrganisations();
        app.MapWearers();
        app.MapAdministration();
        app.MapOpenApi();
        return app;
    }

    public static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Whatever goes wrong behind this becomes a problem document.</summary>
    private static void UseProblems(this WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
            // Routing refuses without a word: wrong address, method or media type.
            if (context.Response is { HasStarted: false, StatusCode: 404 or 405 or 415, ContentType: null })
            {
                await Unrouted(context.Response.StatusCode, context.Request).ExecuteAsync(context);
            }
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await ProblemOf(e, app.Logger).ExecuteAsync(context);
        }
    });

    private static IResult Unrouted(int status, HttpRequest request) => status switch
    {
        405 => ApiProblem.Of(405, "method-not-allowed", $"{request.Path} does not take {request.Method}."),
        415 => ApiProblem.Of(415, "body-invalid", "Send the body as application/json."),
        _ => ApiProblem.Of(404, "no-such-address", $"There is nothing at {request.Path}."),
    };

    private static IResult ProblemOf(Exception e, ILogger log)
    {
        switch (e)
        {
            case ApiException api:
                return api.Problem;
            case BadHttpRequestException { StatusCode: 413 }:
                return ApiProblem.Of(413, "body-too-large", $"A request body may have at most {BodyBytesMax} bytes.");
            case BadHttpRequestException bad:
                return ApiProblem.Of(bad.StatusCode, "body-invalid", bad.StatusCode == 415
                    ? "Send the body as application/json."
                    : "The request body or a parameter is missing or not of the right kind.");
            case StoreUnavailableException unavailable:
                return ApiProblem.Unavailable(unavailable.Message);
            default:
                log.LogError(e, "a request failed");
                return ApiProblem.Of(500, "internal", "Something went wrong here; the server's log says what.");
        }
    }
}

/// <summary>What the endpoints work with.</summary>
internal sealed record ApiServices(
    ServiceDatabase Database, DeviceRegistry Devices, AccessTokens Tokens, GeofenceBook Geofences, AlertDesk Desk, AlertWorker Alerts,
    OutboxWorker Outbox, DeviceBoard Board, LiveFeed Feed, ReportArchive Archive, TimeProvider Clock)
{
    public required CounterSources Counters { get; init; }

    public required RuleBook Rules { get; init; }

    public required PolicyBook Policies { get; init; }

    public required Escalator Escalator { get; init; }

    public required Recipients Recipients { get; init; }

    public required ChannelBook Channels { get; init; }

    public required AlertViews Views { get; init; }

    public required IMqttServer Mqtt { get; init; }

    public required IdentityServices Identity { get; init; }

    public required DeviceGateway Gateway { get; init; }

    public required ServerOptions Options { get; init; }

    public required ConfigurationDesk Configurations { get; init; }

    public required CommandDesk Commands { get; init; }

    public required HiddenPlace Hidden { get; init; }

    public required ServerMeter Meter { get; init; }

    public required PrometheusText Prometheus { get; init; }

    public required MetricsKey MetricsKey { get; init; }

    public void AddTo(IServiceCollection services)
    {
        // Instances, which the container does not dispose: the host does, in its order.
        services.AddSingleton(Database).AddSingleton(Devices).AddSingleton(Tokens).AddSingleton(Geofences).AddSingleton(Desk).AddSingleton(Alerts)
            .AddSingleton(Outbox).AddSingleton(Board).AddSingleton(Feed).AddSingleton(Archive).AddSingleton(Clock).AddSingleton(Counters)
            .AddSingleton(Rules).AddSingleton(Policies).AddSingleton(Escalator).AddSingleton(Recipients).AddSingleton(Channels).AddSingleton(Views)
            .AddSingleton(Mqtt).AddSingleton(Gateway).AddSingleton(Options).AddSingleton(Configurations).AddSingleton(Commands)
            .AddSingleton(Hidden).AddSingleton(Prometheus);
        Identity.AddTo(services);
    }
}
