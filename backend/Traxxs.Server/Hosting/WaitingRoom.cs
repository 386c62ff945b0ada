using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Traxxs.Server.Api;

namespace Traxxs.Server.Hosting;

/// <summary>Answers for a process's health while it waits for what it depends on: it lives, and is not ready, for this reason.</summary>
internal sealed class WaitingRoom : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WaitingRoom(WebApplication app) => _app = app;

    /// <summary>Why it waits, for a person.</summary>
    public string Reason { get; set; } = "";

    /// <summary>The port it listens on, which the server takes over.</summary>
    public int Port => ApiHost.AddressOf(_app).Port;

    /// <summary>Listens where the server will.</summary>
    public static async Task<WaitingRoom> OpenAsync(ServerOptions options, X509Certificate2? certificate, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.Bind, options.HttpPort, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var room = new WaitingRoom(app);
        app.MapGet("/health/live", () => Results.Ok(new LiveHealth("live")));
        app.MapGet("/health/ready", () => Results.Json(new ReadyHealth("not-ready", [new ReadyCheck("reports", false, room.Reason)]), statusCode: 503));
        app.MapFallback(() => ApiProblem.Unavailable("The server waits for its database."));
        await app.StartAsync(cancellationToken);
        return room;
    }

    /// <summary>Leaves the port.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
