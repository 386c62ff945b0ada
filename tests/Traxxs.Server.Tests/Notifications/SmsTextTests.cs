using Traxxs.Server.Notifications.Sms;

namespace Traxxs.Server.Tests.Notifications;

[TestClass]
public sealed class SmsTextTests
{
    [TestMethod]
    [DataRow("a", 160, true, 160, 1)]
    [DataRow("a", 161, true, 161, 2)]
    [DataRow("a", 306, true, 306, 2)]
    [DataRow("a", 307, true, 307, 3)]
    [DataRow("€", 80, true, 160, 1)] // two septets each
    [DataRow("€", 81, true, 162, 2)]
    [DataRow("€", 153, true, 306, 3)] // 153 septets hold 76 of them: none is cut in two
    [DataRow("ü", 160, true, 160, 1)]
    [DataRow("ł", 70, false, 70, 1)]
    [DataRow("ł", 71, false, 71, 2)]
    [DataRow("ł", 134, false, 134, 2)]
    [DataRow("ł", 135, false, 135, 3)]
    [DataRow("😀", 35, false, 70, 1)]
    [DataRow("😀", 67, false, 134, 3)] // 67 units hold 33 of them
    public void A_message_is_counted_as_a_network_counts_it(string letter, int times, bool gsm7, int units, int segments) =>
        Assert.AreEqual(new SmsText(gsm7, units, segments), SmsText.Of(string.Concat(Enumerable.Repeat(letter, times))));

    [TestMethod]
    public void A_text_too_long_loses_of_its_summary_and_nothing_of_what_stands_around_it()
    {
        var text = SmsText.Fit(summary => $"HIGH: {summary} https://map.example/1", new string('x', 400), 1);
        Assert.AreEqual(1, SmsText.Of(text).Segments);
        Assert.AreEqual(160, SmsText.Of(text).Units);
        StringAssert.StartsWith(text, "HIGH: xxx");
        StringAssert.EndsWith(text, "x... https://map.example/1");
    }

    [TestMethod]
    public void A_character_of_two_halves_is_not_cut_in_two()
    {
        var text = SmsText.Fit(summary => summary, string.Concat(Enumerable.Repeat("😀", 100)), 1);
        Assert.IsTrue(SmsText.Of(text).Segments == 1 && !char.IsHighSurrogate(text[^4]), text);
    }

    [TestMethod]
    public void Typographic_marks_do_not_make_the_message_twice_as_long() =>
        Assert.IsTrue(SmsText.Of(SmsText.Plain("“Sturz” – Müller… ’s")).IsGsm7);

    [TestMethod]
    [DataRow("+49 170 1234567", "+491701234567")]
    [DataRow("0049 (170) 123-4567", "+491701234567")]
    [DataRow("0170 1234567", null)] // without its country it is anybody's
    [DataRow("+0123456789", null)]
    [DataRow("+49170123456789012", null)]
    [DataRow("+49170x234567", null)]
    [DataRow("", null)]
    [DataRow(null, null)]
    public void A_number_is_checked(string? text, string? expected) => Assert.AreEqual(expected, PhoneNumber.Normalise(text));
}
