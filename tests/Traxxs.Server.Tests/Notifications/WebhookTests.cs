using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Traxxs.Server.Hosting;
using Traxxs.Server.Notifications;
using Traxxs.Server.Tests.Hosting;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Notifications;

[TestClass]
public sealed class WebhookTests
{
    private const string Key = "a secret of sixteen or more";

    [TestMethod]
    public async Task A_webhook_is_signed_and_tried_again_until_it_is_taken()
    {
        var received = new List<(string Signature, string Timestamp, string Delivery, byte[] Body)>();
        var done = new TaskCompletionSource();
        await using var receiver = await Listener.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = context.Request.Headers;
            received.Add((headers["X-Traxxs-Signature"].ToString(), headers["X-Traxxs-Timestamp"].ToString(), headers["X-Traxxs-Delivery"].ToString(), body.ToArray()));
            context.Response.StatusCode = received.Count == 1 ? 503 : 204;
            if (received.Count == 2) done.TrySetResult();
        });
        var clock = new FastClock();
        await using var server = await TestServer.StartAsync(options => options with
        {
            Clock = clock, // the second attempt is due in five seconds of the server's time
            Webhooks = [new WebhookOptions("ops", receiver.Address, Key)],
        });
        await using var device = await server.ConnectAsync("insole-1");
        await device.SendAsync(device.Frame(clock.GetUtcNow(), report => EndToEndTests.Sos(report, clock.GetUtcNow())));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.AreEqual(received[0].Delivery, received[1].Delivery);
        foreach (var (signature, timestamp, _, body) in received)
        {
            Assert.AreEqual("sha256=" + WebhookChannel.Sign(Key, timestamp, body), signature);
            Assert.AreNotEqual("sha256=" + WebhookChannel.Sign("another secret of sixteen", timestamp, body), signature);
        }

        var alert = JsonSerializer.Deserialize<JsonElement>(received[1].Body).GetProperty("alert");
        Assert.AreEqual("sos", alert.GetProperty("rule").GetString());
        var one = await server.UntilAsync($"/api/v1/alerts/{alert.GetProperty("id").GetString()}", item =>
            item.GetProperty("deliveries").EnumerateArray().Any(delivery => delivery.GetProperty("channel").GetString() == "ops" && delivery.GetProperty("state").GetString() == "sent"));
        Assert.AreEqual("notified", one.GetProperty("alert").GetProperty("state").GetString());
    }

    [TestMethod]
    public void The_signature_is_plain_HMAC_SHA256_that_any_language_computes()
    {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key
        Assert.AreEqual("a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03", WebhookChannel.Sign("key", "1700000000", "{\"a\":1}"u8));
    }

    /// <summary>Runs sixty times as fast as the machine's clock.</summary>
    private sealed class FastClock : TimeProvider
    {
        private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => _start + ((DateTimeOffset.UtcNow - _start) * 60);
    }
}
