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
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Diagnostics;
using Traxxs.Server.Hosting.Parts;
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
        app.UseRequestMeter(services.Meter, services.Core.Clock);
        app.UseAccessGate(services.Core.Identity.Doorkeeper, services.Core.Database, services.MetricsKey);
        app.UseCompression();
        app.UseEntityTags();

        // Whatever a process does, it answers for its health and its numbers.
        app.MapHealth();
        app.MapCounters();
        if (options.Roles.HasFlag(ServerRoles.Page)) app.MapPages(options);
        if (options.Roles.HasFlag(ServerRoles.Live)) app.MapLive();
        if (options.Roles.HasFlag(ServerRoles.Api)) app.MapApi();
        if (services.Mqtt is not null) app.MapMqtt();
        if (services.Access is { } access) app.MapBrokerAccess(access, options.RabbitMq!.AuthSecret);
        return app;
    }

    private static void MapPages(this WebApplication app, ServerOptions options)
    {
        app.MapPage();
        app.MapGround(options.Map);
    }

    private static void MapApi(this WebApplication app)
    {
        app.MapDevices();
        app.MapConfiguration();
        app.MapFirmware();
        app.MapFleet();
        app.MapPositions();
        app.MapHistory();
        app.MapAlerts();
        app.MapGeofences();
        app.MapRules();
        app.MapPolicies();
        app.MapChannels();
        app.MapSignIn();
        app.MapMe();
        app.MapUsers();
        app.MapOrganisations();
        app.MapWearers();
        app.MapAdministration();
        app.MapOpenApi();
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
internal sealed record ApiServices(ServerCore Core, IRuleStanding Rules, ServiceStanding Standing, DeviceBoard Board, LiveFeed Feed)
{
    /// <summary>Our own broker; null where devices are on another.</summary>
    public required IMqttServer? Mqtt { get; init; }

    /// <summary>Who may do what at RabbitMQ; null where this process is not asked.</summary>
    public required BrokerAccess? Access { get; init; }

    public required CounterSources Counters { get; init; }

    public required ServerMeter Meter { get; init; }

    public required PrometheusText Prometheus { get; init; }

    public required MetricsKey MetricsKey { get; init; }

    public void AddTo(IServiceCollection services)
    {
        // Instances, which the container does not dispose: the host does, in its order.
        services.AddSingleton(Core.Database).AddSingleton(Core.Devices).AddSingleton(Core.Identity.Tokens).AddSingleton(Core.Geofences).AddSingleton(Core.Desk)
            .AddSingleton(Core.Outbox).AddSingleton(Core.Archive).AddSingleton(Core.Clock).AddSingleton(Core.Rules).AddSingleton(Core.Policies).AddSingleton(Core.Escalator)
            .AddSingleton(Core.Recipients).AddSingleton(Core.Channels).AddSingleton(Core.Views).AddSingleton(Core.Options).AddSingleton(Core.Configurations)
            .AddSingleton(Core.Commands).AddSingleton(Core.Firmware).AddSingleton(Core.Updates).AddSingleton(Rules).AddSingleton(Standing).AddSingleton(Board).AddSingleton(Feed).AddSingleton(Counters).AddSingleton(Prometheus)
            .AddSingleton<HiddenPlace>((deviceId, time) => DeviceLocation.WordOf(Core.Identity.Gate.Of(deviceId).WhyHidden(time)));
        if (Mqtt is not null) services.AddSingleton(Mqtt);
        Core.Identity.AddTo(services);
    }
}
