using System.Net.WebSockets;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Live;

/// <summary>Who watches is looked at again while they watch.</summary>
[TestClass]
public sealed class LiveAccessTests
{
    private readonly ShiftedClock _clock = new();

    [TestMethod]
    public async Task A_token_that_ended_by_itself_ends_the_watch_and_says_why()
    {
        await using var server = await TestServer.StartAsync(options => options with { Clock = _clock });
        var token = server.Host.Tokens.Create(OrganisationId.First, "short", Role.Viewer, _clock.GetUtcNow().AddMinutes(1), "test").Text;
        using var socket = await server.WatchAsync(token: token);
        Assert.AreEqual("mark", await MarkAsync(server, socket));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.AreEqual("mark", await MarkAsync(server, socket), "what it had to say is said first");
        var ended = await socket.ReceiveAsync(new byte[1024].AsMemory(), CancellationToken.None);
        Assert.AreEqual(WebSocketMessageType.Close, ended.MessageType);
        StringAssert.StartsWith(socket.CloseStatusDescription, "signed out");
    }

    [TestMethod]
    public async Task A_database_that_is_away_sends_no_watcher_away()
    {
        if (PostgresServer.Missing is { } why) Assert.Inconclusive(why);
        var connection = PostgresServer.Shared.NewDatabase();
        var database = new Uri(connection).AbsolutePath.TrimStart('/');
        await using var server = await TestServer.StartAsync(options => options with
        {
            Clock = _clock, Postgres = new PostgresOptions { Connection = connection, PasswordFile = PostgresServer.Shared.PasswordFile },
        });
        using var socket = await server.WatchAsync();
        PostgresServer.Shared.Sql($"ALTER DATABASE {database} ALLOW_CONNECTIONS false");
        PostgresServer.Shared.Sql($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
        Assert.ThrowsExactly<Traxxs.Store.StoreUnavailableException>(() => server.Host.Tokens.Authenticate(server.Host.AdminToken), "nobody can be asked");

        // Behind the first it is looked who watches; the second is told all the same.
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.AreEqual("mark", await MarkAsync(server, socket));
        Assert.AreEqual("mark", await MarkAsync(server, socket));
        PostgresServer.Shared.Sql($"ALTER DATABASE {database} ALLOW_CONNECTIONS true");
    }

    private static async Task<string?> MarkAsync(TestServer server, WebSocket socket)
    {
        server.Host.Feed.Publish(OrganisationId.First, "mark", new { });
        return (await TestServer.NextAsync(socket, item => item.GetProperty("type").GetString() is "mark")).GetProperty("type").GetString();
    }
}
