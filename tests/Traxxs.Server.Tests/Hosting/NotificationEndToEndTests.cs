using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Server.Identity;
using Traxxs.Server.Notifications;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Hosting;

/// <summary>From the press of a foot to people's mailboxes and telephones: MQTT in; SMTP, HTTP and MQTT out.</summary>
[TestClass]
public sealed class NotificationEndToEndTests
{
    private static readonly IPNetwork[] Here = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    [TestMethod]
    public async Task A_press_reaches_mailbox_telephone_program_and_topic_and_the_answer_follows()
    {
        await using var mail = await MailServer.StartAsync("starttls");
        var texts = Channel.CreateUnbounded<IFormCollection>();
        await using var gateway = await Listener.StartAsync(async context =>
        {
            texts.Writer.TryWrite(await context.Request.ReadFormAsync());
            context.Response.StatusCode = 201;
        });
        var hooks = Channel.CreateUnbounded<(string Signature, string Timestamp, byte[] Body)>();
        await using var program = await Listener.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            hooks.Writer.TryWrite((context.Request.Headers["X-Traxxs-Signature"].ToString(), context.Request.Headers["X-Traxxs-Timestamp"].ToString(), body.ToArray()));
        });
        await using var server = await TestServer.StartAsync(options => options with { AllowedNetworks = Here });
        server.Host.Database.Write(session => session.AddUser("ada", phone: "+491701234567"));

        await AddAsync(server, "smtp", "Mail", new { host = "localhost", port = mail.Port, security = "starttls", user = MailServer.User, from = "alerts@example.org", trustedCertificate = mail.Certificate }, MailServer.Password);
        await AddAsync(server, "sms-twilio", "Text messages", new { url = gateway.Address, accountSid = "AC0123", from = "+4930123456" }, "auth token");
        var hook = await AddAsync(server, "webhook", "Control room", new { url = program.Address }, "a secret of sixteen or more");
        var topic = await AddAsync(server, "mqtt", "Topic", new { }, null);
        await PostAsync(server, "/api/v1/policies", new
        {
            name = "Everybody", @default = true,
            tiers = new[] { new { notify = new object[] { new { role = "responder" }, new { channel = hook }, new { channel = topic } }, acknowledgeWithinS = 300 } },
        });
        await using var listener = await ListenAsync(server, "xsole/v1/alerts/main");

        await using var device = await server.ConnectAsync("insole-1");
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => EndToEndTests.Sos(report, DateTimeOffset.UtcNow)));

        var letter = await mail.NextAsync();
        Assert.AreEqual("ada@example.org", letter.GetProperty("to")[0].GetString());
        StringAssert.Contains(letter.GetProperty("subject").GetString(), "CRITICAL: insole-1: SOS");
        StringAssert.Contains(letter.GetProperty("text").GetString(), "https://www.openstreetmap.org/?mlat=52.12345&mlon=13.54321");
        var text = await NextAsync(texts.Reader);
        Assert.AreEqual("+491701234567", text["To"].ToString());
        var (signature, timestamp, body) = await NextAsync(hooks.Reader);
        Assert.AreEqual("sha256=" + WebhookChannel.Sign("a secret of sixteen or more", timestamp, body), signature);
        var published = await NextAsync(listener.Messages);
        Assert.AreEqual("raised", published.GetProperty("kind").GetString());
        var id = published.GetProperty("alert").GetProperty("id").GetString();

        var one = await server.UntilAsync($"/api/v1/alerts/{id}", item => item.GetProperty("alert").GetProperty("deliveries").GetProperty("sent").GetInt32() == 4);
        Assert.AreEqual("notified", one.GetProperty("alert").GetProperty("state").GetString());
        using var acknowledged = await server.As(Role.Responder).PostAsJsonAsync($"/api/v1/alerts/{id}/acknowledge", new { });
        Assert.AreEqual(HttpStatusCode.OK, acknowledged.StatusCode);
        Assert.AreEqual("acknowledged", (await NextAsync(listener.Messages)).GetProperty("kind").GetString());
        Assert.AreEqual("acknowledged", JsonSerializer.Deserialize<JsonElement>((await NextAsync(hooks.Reader)).Body).GetProperty("kind").GetString());
        await server.UntilAsync($"/api/v1/alerts/{id}", item => item.GetProperty("alert").GetProperty("wearerFeedback").GetString() == "acknowledged");
    }

    [TestMethod]
    public async Task A_mail_server_that_comes_back_gets_what_waited_even_after_a_restart()
    {
        int port;
        string certificate;
        await using (var gone = await MailServer.StartAsync("implicit"))
        {
            (port, certificate) = (gone.Port, gone.Certificate);
        }

        await using var server = await TestServer.StartAsync(options => options with { AllowedNetworks = Here });
        server.Host.Database.Write(session => session.AddUser("ada"));
        var channel = await AddAsync(server, "smtp", "Mail", new { host = "localhost", port, security = "implicit", user = MailServer.User, from = "alerts@example.org", trustedCertificate = certificate }, MailServer.Password);
        await using (var device = await server.ConnectAsync("insole-1"))
        {
            await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => EndToEndTests.Sos(report, DateTimeOffset.UtcNow)));
            await server.UntilAsync("/api/v1/deliveries", all => all.GetProperty("deliveries").EnumerateArray().Any(item =>
                item.GetProperty("channel").GetString() == channel && item.GetProperty("attempts").GetInt32() > 0 && item.GetProperty("lastError").GetString()!.Length > 0));
        }

        await using var back = await MailServer.StartAsync("implicit");
        using var changed = await server.Api.PatchAsJsonAsync($"/api/v1/channels/{channel}", new
        {
            settings = new { host = "localhost", port = back.Port, security = "implicit", user = MailServer.User, from = "alerts@example.org", trustedCertificate = back.Certificate },
        });
        Assert.AreEqual(HttpStatusCode.OK, changed.StatusCode);
        await server.RestartAsync();
        Assert.AreEqual("ada@example.org", (await back.NextAsync()).GetProperty("to")[0].GetString());
    }

    [TestMethod]
    public async Task A_channel_is_tested_on_the_spot_and_its_secret_never_comes_out()
    {
        await using var mail = await MailServer.StartAsync("starttls");
        await using var server = await TestServer.StartAsync(options => options with { AllowedNetworks = Here });
        object Settings(int port) => new { host = "localhost", port, user = MailServer.User, from = "alerts@example.org", to = new[] { "desk@example.org" }, trustedCertificate = mail.Certificate };
        var id = await AddAsync(server, "smtp", "Mail", Settings(mail.Port), MailServer.Password);

        var taken = await PostAsync(server, $"/api/v1/channels/{id}/test", new { to = "ben@example.org" });
        Assert.IsTrue(taken.GetProperty("taken").GetBoolean(), taken.ToString());
        var letter = await mail.NextAsync();
        Assert.AreEqual("ben@example.org", letter.GetProperty("to")[0].GetString());
        StringAssert.Contains(letter.GetProperty("text").GetString(), "This is a test. Nobody is in danger.");
        await PostAsync(server, $"/api/v1/channels/{id}/test", new { });
        Assert.AreEqual("desk@example.org", (await mail.NextAsync()).GetProperty("to")[0].GetString());

        using var changed = await server.Api.PatchAsJsonAsync($"/api/v1/channels/{id}", new { secret = "wrong horse" });
        var refused = await PostAsync(server, $"/api/v1/channels/{id}/test", new { });
        Assert.IsFalse(refused.GetProperty("taken").GetBoolean());
        StringAssert.Contains(refused.GetProperty("reason").GetString(), "535");
        foreach (var path in (string[])["/api/v1/channels", $"/api/v1/channels/{id}", "/api/v1/audit"])
        {
            var answer = (await server.GetAsync(path)).ToString();
            Assert.DoesNotContain("sesame", answer, path);
            Assert.DoesNotContain("horse", answer, path);
        }
    }

    [TestMethod]
    public async Task A_channel_to_a_private_address_is_refused_unless_the_configuration_allows_it()
    {
        var asked = 0;
        await using var inside = await Listener.StartAsync(_ =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        await using var server = await TestServer.StartAsync();
        foreach (var (kind, settings, secret) in ((string, object, string)[])
        [
            ("webhook", new { url = inside.Address }, "a secret of sixteen or more"),
            ("sms-webhook", new { url = inside.Address, to = new[] { "+491701234567" } }, "key"),
            ("smtp", new { host = "127.0.0.1", port = inside.Address.Port, security = "none", from = "a@example.org", to = new[] { "b@example.org" } }, "x"),
        ])
        {
            var id = await AddAsync(server, kind, kind, settings, secret);
            var answer = await PostAsync(server, $"/api/v1/channels/{id}/test", new { });
            Assert.IsFalse(answer.GetProperty("taken").GetBoolean());
            StringAssert.Contains(answer.GetProperty("reason").GetString(), "127.0.0.1", kind);
        }

        Assert.AreEqual(0, asked);
    }

    [TestMethod]
    public async Task A_program_hears_its_own_organisations_alerts_and_nothing_else()
    {
        await using var server = await TestServer.StartAsync();
        server.AddOrganisation("other");
        await using var client = Client(server, "key:control-room", server.TokenOf(Role.Viewer, "other"));
        Assert.IsTrue((await client.ConnectAsync()).IsSuccess);
        foreach (var (filter, granted) in ((string, bool)[])[("xsole/v1/alerts/other", true), ("xsole/v1/alerts/main", false), ("xsole/v1/alerts/+", false), ("#", false), ("xsole/v1/insole-1/up", false)])
        {
            var answer = await client.SubscribeAsync(filter, MqttQoS.AtLeastOnce);
            Assert.AreEqual(granted, answer < MqttReasonCode.UnspecifiedError, filter);
        }

        await using var wrong = Client(server, "key:x", "traxxs.nothing.nothing");
        Assert.IsFalse(await Connects(wrong));
        await using var asDevice = Client(server, "insole-1", server.TokenOf(Role.Admin, "main"));
        Assert.IsFalse(await Connects(asDevice), "a key is no way into a device's session");
    }

    [TestMethod]
    public async Task A_revoked_key_hears_no_alert_more()
    {
        await using var server = await TestServer.StartAsync();
        var topic = await AddAsync(server, "mqtt", "Topic", new { }, null);
        await PostAsync(server, "/api/v1/policies", new { name = "Topic", @default = true, tiers = new[] { new { notify = new object[] { new { channel = topic } }, acknowledgeWithinS = 300 } } });
        var key = await PostAsync(server, "/api/v1/tokens", new { name = "control room", role = "viewer" });
        await using var listener = new TopicListener(Client(server, "key:room", key.GetProperty("token").GetString()!));
        await listener.StartAsync("xsole/v1/alerts/main");
        await using var device = await server.ConnectAsync("insole-1");
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => EndToEndTests.Sos(report, DateTimeOffset.UtcNow)));
        Assert.AreEqual("raised", (await NextAsync(listener.Messages)).GetProperty("kind").GetString());

        (await server.Api.DeleteAsync($"/api/v1/tokens/{key.GetProperty("id").GetString()}")).Dispose();
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => EndToEndTests.Sos(report, DateTimeOffset.UtcNow.AddSeconds(5))));
        await server.UntilAsync("/api/v1/alerts?state=notified", all => all.GetProperty("alerts").GetArrayLength() == 2);
        await server.UntilAsync("/api/v1/me", _ => !listener.IsConnected);
        Assert.IsFalse(listener.Messages.TryRead(out _));
    }

    private static async Task<bool> Connects(MqttClient client)
    {
        try
        {
            return (await client.ConnectAsync()).IsSuccess;
        }
        catch (MqttClientException)
        {
            return false;
        }
    }

    private static MqttClient Client(TestServer server, string clientId, string key) => new(new MqttClientOptions
    {
        Host = server.Host.MqttEndpoint.Address.ToString(), Port = server.Host.MqttEndpoint.Port, ClientId = clientId, UserName = "key", Password = key, AutoReconnect = false,
    });

    private static async Task<TopicListener> ListenAsync(TestServer server, string topic)
    {
        var listener = new TopicListener(Client(server, "key:test", server.TokenOf(Role.Viewer, "main")));
        await listener.StartAsync(topic);
        return listener;
    }

    private static async Task<string> AddAsync(TestServer server, string kind, string name, object settings, string? secret) =>
        (await PostAsync(server, "/api/v1/channels", new { kind, name, settings, secret })).GetProperty("id").GetString()!;

    private static async Task<JsonElement> PostAsync(TestServer server, string path, object body)
    {
        using var answer = await server.Api.PostAsJsonAsync(path, body);
        Assert.IsTrue(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<T> NextAsync<T>(ChannelReader<T> reader) => await reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    private sealed class TopicListener : IAsyncDisposable
    {
        private readonly MqttClient _client;
        private readonly Channel<JsonElement> _messages = Channel.CreateUnbounded<JsonElement>();

        public TopicListener(MqttClient client)
        {
            _client = client;
            _client.MessageHandler = Take;
        }

        public ChannelReader<JsonElement> Messages => _messages.Reader;

        public bool IsConnected => _client.IsConnected;

        public async Task StartAsync(string topic)
        {
            await _client.ConnectAsync();
            await _client.SubscribeAsync(topic, MqttQoS.AtLeastOnce);
        }

        public ValueTask DisposeAsync() => _client.DisposeAsync();

        private void Take(in MqttReceivedMessage message) => _messages.Writer.TryWrite(JsonSerializer.Deserialize<JsonElement>(message.Payload.ToArray()));
    }
}
