using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Traxxs.Server.Notifications;
using Traxxs.Server.Notifications.Channels;
using Traxxs.Server.Notifications.Sms;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Notifications;

/// <summary>Against a stand-in that checks the request as the gateway would.</summary>
[TestClass]
public class SmsChannelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceDatabase _database;
    private readonly HttpClient _client = new();

    public SmsChannelTests() => _database = TestServiceDatabase.Open(this, _folder);

    public void Dispose()
    {
        _client.Dispose();
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public async Task A_gateway_with_Twilios_form_gets_what_it_wants()
    {
        IFormCollection? form = null;
        await using var gateway = await Listener.StartAsync(async context =>
        {
            var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("AC0123:auth token"));
            if (context.Request.Headers.Authorization != $"Basic {basic}" || context.Request.Path != "/2010-04-01/Accounts/AC0123/Messages.json"
                || context.Request.Method != "POST" || context.Request.ContentType != "application/x-www-form-urlencoded")
            {
                context.Response.StatusCode = 401;
                return;
            }

            form = await context.Request.ReadFormAsync();
            context.Response.StatusCode = 201;
        });
        var delivery = await Twilio(gateway, "+4930123456").DeliverAsync(Entry("+491701234567"), Alert("Sturz & keine Bewegung + 60 s = 1 min, 100%"), CancellationToken.None);
        Assert.AreEqual(Delivery.Taken, delivery);
        Assert.AreEqual("Body From To", string.Join(' ', form!.Keys.Order(StringComparer.Ordinal)));
        Assert.AreEqual("+491701234567", form["To"].ToString());
        Assert.AreEqual("+4930123456", form["From"].ToString());
        StringAssert.StartsWith(form["Body"].ToString(), "HIGH: Sturz & keine Bewegung + 60 s = 1 min, 100%,");
        Assert.IsLessThanOrEqualTo(2, SmsText.Of(form["Body"].ToString()).Segments);

        await Twilio(gateway, "MG0123").DeliverAsync(Entry("+491701234567"), Alert(new string('x', 900)), CancellationToken.None);
        Assert.AreEqual("MG0123", form["MessagingServiceSid"].ToString());
        Assert.AreEqual(2, SmsText.Of(form["Body"].ToString()).Segments);
        StringAssert.EndsWith(form["Body"].ToString(), "#map=17/52.00000/13.00000");
    }

    [TestMethod]
    [DataRow(400, """{"code":21211,"message":"The 'To' number +491701234567 is not valid"}""", DeliveryOutcome.Refused, "the gateway answered 400, error 21211")]
    [DataRow(429, """{"code":20429}""", DeliveryOutcome.Failed, "the gateway answered 429, error 20429")]
    [DataRow(401, """{"code":20003}""", DeliveryOutcome.Failed, "the gateway answered 401, error 20003")]
    [DataRow(500, "<html>", DeliveryOutcome.Failed, "the gateway answered 500")]
    [DataRow(302, "", DeliveryOutcome.Failed, "the gateway answered 302")]
    public async Task What_a_gateway_refuses_says_whether_to_try_again_and_names_no_number(int status, string body, DeliveryOutcome outcome, string reason)
    {
        await using var gateway = await Listener.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentLength = body.Length;
            await context.Response.WriteAsync(body);
        });
        var delivery = await Twilio(gateway, "+4930123456").DeliverAsync(Entry("+491701234567"), Alert("x"), CancellationToken.None);
        Assert.AreEqual(new Delivery(outcome, reason), delivery);
    }

    [TestMethod]
    public async Task A_gateway_that_takes_JSON_gets_the_text_and_its_length()
    {
        JsonElement body = default;
        await using var gateway = await Listener.StartAsync(async context =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer key of the gateway" && context.Request.ContentType == "application/json" ? 202 : 401;
            body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
        });
        var channel = new SmsWebhookChannel("sms", new SmsWebhookSettings(gateway.Address, 3, []), "key of the gateway", _client, new NotificationWriter(_database, new ManualClock()));
        Assert.AreEqual(Delivery.Taken, await channel.DeliverAsync(Entry("+491701234567"), Alert("wandered off: łódź"), CancellationToken.None));
        Assert.AreEqual("+491701234567", body.GetProperty("to").GetString());
        Assert.AreEqual("ucs2", body.GetProperty("encoding").GetString());
        Assert.AreEqual(SmsText.Of(body.GetProperty("text").GetString()!).Segments, body.GetProperty("segments").GetInt32());
        Assert.AreEqual(7, body.GetProperty("delivery").GetInt64());
        StringAssert.Contains(body.GetProperty("text").GetString(), "łódź");
    }

    [TestMethod]
    public async Task A_user_is_told_at_the_number_they_have_now_and_one_without_is_skipped()
    {
        string? to = null;
        await using var gateway = await Listener.StartAsync(async context => to = (await context.Request.ReadFormAsync())["To"]);
        _database.Write(session => session.AddUser("ada", phone: "0049 170 / 111 11 11"));
        await Twilio(gateway, "+4930123456").DeliverAsync(Entry("user:ada"), Alert("x"), CancellationToken.None);
        Assert.AreEqual("+491701111111", to);
        _database.Write(session => session.Users.Put(session.Users.Find("main", "ada")! with { Phone = null }));
        Assert.AreEqual(DeliveryOutcome.Skipped, (await Twilio(gateway, "+4930123456").DeliverAsync(Entry("user:ada"), Alert("x"), CancellationToken.None)).Outcome);
    }

    private TwilioChannel Twilio(Listener gateway, string from) =>
        new("sms", new TwilioSettings(gateway.Address, "AC0123", from, 2, []), "auth token", _client, new NotificationWriter(_database, new ManualClock()));

    private static Alert Alert(string summary) => new()
    {
        Id = "a", Key = "a", Org = "main", DeviceId = "insole-1", Rule = "x", Severity = AlertSeverity.High, RaisedAt = Reports.Start, Summary = summary,
        Position = new AlertPosition(Reports.Start, 5200000, 1300000, 5),
    };

    private static OutboxEntry Entry(string to) => new() { Id = 7, Key = "k", Channel = "sms", Recipient = to, Kind = "raised", AlertId = "a", DueAt = Reports.Start, CreatedAt = Reports.Start };
}
