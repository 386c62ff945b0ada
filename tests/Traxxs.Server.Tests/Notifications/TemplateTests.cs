using System.Text.Json;
using Traxxs.Server.Notifications.Texts;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Notifications;

[TestClass]
public class TemplateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ServiceDatabase _database;
    private readonly NotificationWriter _writer;

    public TemplateTests()
    {
        _database = TestServiceDatabase.Open(this, _folder);
        _writer = new NotificationWriter(_database, _clock);
        _clock.Advance(TimeSpan.FromMinutes(20));
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void Every_word_a_person_needs_is_there()
    {
        var text = Write(Alert("insole-1: man down", new AlertPosition(Reports.Start, 5212345, -1354321, 8)));
        Assert.AreEqual("CRITICAL: insole-1: man down", text.Subject);
        foreach (var part in (string[])["insole-1: man down", "Wearer: Wendy O'Neill", "2026-03-01 09:00:00 +01:00 (20 min ago)", "52.12345, -13.54321, within 8 m", "https://www.openstreetmap.org/?mlat=52.12345&mlon=-13.54321#map=17/52.12345/-13.54321"])
            StringAssert.Contains(text.Text, part);
        Assert.AreEqual("CRITICAL: insole-1: man down, 20 min ago Wendy O'Neill https://www.openstreetmap.org/?mlat=52.12345&mlon=-13.54321#map=17/52.12345/-13.54321", text.Sms);
    }

    [TestMethod]
    public void What_somebody_typed_stays_text_in_html()
    {
        Write(Alert("x"));
        _database.Write(session => session.Wearers.Put(session.Wearers.Find("main", "wendy")! with { Name = "<script>alert(1)</script>\"'&" }));
        var html = Write(Alert("<b onclick=\"x()\">", new AlertPosition(Reports.Start, 1, 2, null))).Html;
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("<b ", html);
        StringAssert.Contains(html, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;");
        StringAssert.Contains(html, "href=\"https://www.openstreetmap.org/?mlat=0.00001&amp;mlon=0.00002#map");
    }

    [TestMethod]
    public void A_value_that_looks_like_a_template_is_not_filled_in() =>
        StringAssert.Contains(Write(Alert("call {wearer} {map}")).Text, "call {wearer} {map}");

    [TestMethod]
    public void A_line_whose_values_are_all_empty_is_left_out()
    {
        var text = Write(Alert("no place")).Text;
        Assert.DoesNotContain("Place:", text);
        Assert.DoesNotContain("Map:", text);
        Assert.DoesNotContain("Alert:", text);
        Assert.DoesNotContain("Show on the map", Write(Alert("no place")).Html);
    }

    [TestMethod]
    public void An_organisations_own_words_and_map_are_used()
    {
        Assert.AreEqual("Wendy O'Neill!", Write(Alert("x"), """{"subject":"{wearer}!"}""").Subject);
        var own = Write(Alert("x", new AlertPosition(Reports.Start, 5200000, 1300000, 4)), """{"mapUrl":"https://maps.example/{lat}/{lon}","alertUrl":"https://traxxs.example/#/alerts/{id}"}""");
        StringAssert.Contains(own.Text, "Map: https://maps.example/52.00000/13.00000");
        StringAssert.Contains(own.Text, "Alert: https://traxxs.example/#/alerts/a1");
    }

    [TestMethod]
    [DataRow("""{"subject":""}""", "subject")]
    [DataRow("""{"subject":"{password}"}""", "subject")]
    [DataRow("""{"mapUrl":"javascript:alert({lat}{lon})"}""", "mapUrl")]
    [DataRow("""{"mapUrl":"https://maps.example/{lat}"}""", "mapUrl")]
    [DataRow("""{"mapUrl":"https://maps.example/{lat}/{lon}/{zoom}"}""", "mapUrl")]
    [DataRow("""{"text":7}""", "text")]
    [DataRow("""{"signature":"x"}""", "signature")]
    public void What_is_wrong_is_named(string json, string key) => StringAssert.StartsWith(
        Assert.ThrowsExactly<FormatException>(() => NotificationTemplates.Read(JsonDocument.Parse(json).RootElement)).Message, key + ":");

    private static Alert Alert(string summary, AlertPosition? position = null) => new()
    {
        Id = "a1", Key = "a1", Org = "main", DeviceId = "insole-1", WearerId = "wendy", Rule = "man-down", Severity = AlertSeverity.Critical,
        RaisedAt = Reports.Start, EventTime = Reports.Start, Summary = summary, Position = position,
    };

    private NotificationText Write(Alert alert, string? templates = null)
    {
        _database.Write(session =>
        {
            if (session.Wearers.Find("main", "wendy") is null) session.AddWearer("wendy", "insole-1");
            var wearer = session.Wearers.Find("main", "wendy")!;
            if (wearer.Name == "wendy") session.Wearers.Put(wearer with { Name = "Wendy O'Neill" });
            if (templates is not null) session.Templates.Put("main", templates, Reports.Start);
        });
        var entry = new OutboxEntry { Key = "k", Channel = "mail", Recipient = "ada@example.org", Kind = "raised", AlertId = "a1", DueAt = Reports.Start, CreatedAt = Reports.Start };
        return _writer.Write(entry, alert, "smtp", 3);
    }
}
