using Traxxs.Server.Identity;

namespace Traxxs.Server.Tests.Identity;

[TestClass]
public sealed class PasswordTests
{
    [TestMethod]
    [DataRow("tyres under the bridge")]
    [DataRow("Gr8!zkfbv2")]
    [DataRow("7391826401734829")]
    [DataRow("über den Fluß und fort")]
    public void A_password_nobody_guesses_first_is_taken(string password) => Assert.IsNull(Passwords.Fault(password, "Ada", "ada@example.org", "ada"));

    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("nine char")]
    [DataRow("Password2026!")]
    [DataRow("!!passwort-1")]
    [DataRow("1234567890")]
    [DataRow("qwertyuiop")]
    [DataRow("poiuytrewq")]
    [DataRow("aaaaaaaaaaaa")]
    [DataRow("12312312312")]
    [DataRow("letmeinletmein")]
    [DataRow("2026-11-25!")]
    [DataRow("adalovelace-was-here")]
    public void A_password_that_is_too_short_common_or_personal_is_refused_with_a_reason(string? password) =>
        Assert.IsNotNull(Passwords.Fault(password, "adalovelace", "adalovelace@example.org"));

    [TestMethod]
    public void A_password_may_have_ten_to_a_hundred_and_twenty_eight_characters()
    {
        const string Sentence = "the quick brown fox jumps over some lazy dogs, thinks of it what it may, and goes on to bed in the end: nobody else is there now.";
        Assert.IsNull(Passwords.Fault(Sentence[..128]));
        Assert.IsNotNull(Passwords.Fault(Sentence[..128] + "x"));
        Assert.IsNull(Passwords.Fault(Sentence[..10]));
        Assert.IsNotNull(Passwords.Fault(Sentence[..9]));
    }

    [TestMethod]
    public void Half_a_character_is_no_text_to_choose() => Assert.IsNotNull(Passwords.Fault("\ud800 half a character"));

    [TestMethod]
    public void A_hash_matches_its_password_alone_and_is_another_each_time()
    {
        var passwords = new Passwords(rounds: 10);
        var hash = passwords.Hash("tyres under the bridge");
        Assert.IsTrue(passwords.Matches(hash, "tyres under the bridge"));
        Assert.IsFalse(passwords.Matches(hash, "tyres under the bridgE"));
        Assert.IsFalse(passwords.Matches(hash, null));
        Assert.IsFalse(passwords.Matches(hash, new string('x', 100_000)));
        Assert.IsFalse(passwords.Matches(null, "tyres under the bridge"));
        Assert.AreNotEqual(hash, passwords.Hash("tyres under the bridge"));
        Assert.DoesNotContain("tyres", hash);
    }
}
