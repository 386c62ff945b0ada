using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Server.Cluster;
using Traxxs.Server.Hosting;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>Which processes there are, and how they stand.</summary>
[TestClass]
public sealed class RosterTests
{
    private readonly Clock _clock = new();
    private readonly LocalChannel _channel = new(NullLogger.Instance);

    [TestMethod]
    public void A_part_works_where_one_process_says_so_and_the_reason_is_told_where_none_does()
    {
        var roster = Make();
        Assert.IsNotNull(roster.WhyNone("rules"), "nobody has it");
        Other("a", """{"rules":"the database is away"}""");
        Assert.AreEqual("the database is away", roster.WhyNone("rules"));
        Other("b", """{"rules":null}""");
        Assert.IsNull(roster.WhyNone("rules"));
        CollectionAssert.AreEquivalent(new[] { "a", "b" }, roster.With("rules").ToArray());
    }

    [TestMethod]
    public void Who_is_not_heard_any_more_counts_as_gone()
    {
        var roster = Make();
        Other("a", """{"rules":null}""");
        _clock.Advance(Roster.GoneAfter);
        Assert.IsNull(roster.WhyNone("rules"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.IsNotNull(roster.WhyNone("rules"));
    }

    [TestMethod]
    public void A_process_speaks_when_something_changed_and_every_two_seconds()
    {
        var roster = Make();
        var said = 0;
        _channel.Subscribe(ServiceTopic.Here, _ => said++);
        roster.Say(new Dictionary<string, string?> { ["rules"] = null });
        roster.Say(new Dictionary<string, string?> { ["rules"] = null });
        Assert.AreEqual(1, said);
        roster.Say(new Dictionary<string, string?> { ["rules"] = "away" });
        Assert.AreEqual(2, said);
        _clock.Advance(Roster.Interval);
        roster.Say(new Dictionary<string, string?> { ["rules"] = "away" });
        Assert.AreEqual(3, said);
        Assert.AreEqual("away", roster.WhyNone("rules"), "its own word counts");
    }

    [TestMethod]
    public void Roles_are_read_by_their_words_and_a_word_that_is_none_is_named()
    {
        Assert.IsTrue(ServerRoleWords.TryRead(["rules", " api"], out var roles, out _));
        Assert.AreEqual(ServerRoles.Rules | ServerRoles.Api, roles);
        Assert.IsFalse(ServerRoleWords.TryRead(["rules", "cook"], out _, out var wrong));
        Assert.AreEqual("cook", wrong);
        Assert.IsFalse(ServerRoleWords.TryRead([], out _, out _));
        CollectionAssert.AreEqual(new[] { "listener", "api", "live", "notifications", "rules", "page" }, ServerRoleWords.Of(ServerRoles.All).ToArray());
    }

    private Roster Make()
    {
        var roster = new Roster(_channel, _clock);
        roster.Hear();
        return roster;
    }

    private void Other(string process, string parts) => _channel.Publish(new ServiceMessage(ServiceTopic.Here, process, parts));

    private sealed class Clock : TimeProvider
    {
        private long _now = 1;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan span) => _now += (long)(span.TotalSeconds * TimestampFrequency);
    }
}
