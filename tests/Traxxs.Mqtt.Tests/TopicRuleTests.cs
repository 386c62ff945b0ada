using Traxxs.Mqtt.Topics;

namespace Traxxs.Mqtt.Tests;

[TestClass]
public sealed class TopicRuleTests
{
    [TestMethod]
    [DataRow("a/b", "a/b", true)]
    [DataRow("a/b", "a/b/c", false)]
    [DataRow("a/b", "A/b", false)]
    [DataRow("a/+", "a/b", true)]
    [DataRow("a/+", "a", false)]
    [DataRow("a/+", "a/", true)]
    [DataRow("a/+", "a/b/c", false)]
    [DataRow("+", "a", true)]
    [DataRow("+", "/a", false)]
    [DataRow("/+", "/a", true)]
    [DataRow("+/+", "/a", true)]
    [DataRow("#", "a/b/c", true)]
    [DataRow("a/#", "a", true)]
    [DataRow("a/#", "a/b/c", true)]
    [DataRow("a/#", "ab", false)]
    [DataRow("a/+/c", "a//c", true)]
    [DataRow("+/b/#", "a/b", true)]
    [DataRow("#", "$SYS/a", false)]
    [DataRow("+/a", "$SYS/a", false)]
    [DataRow("$SYS/#", "$SYS/a", true)]
    [DataRow("$SYS/+", "$SYS/a", true)]
    [DataRow("a/ b", "a/b", false)]
    [Normative(V311 = "4.7.1-2 4.7.1-3 4.7.2-1 4.7.3-4 3.3.2-3", V500 = "4.7.1-1 4.7.1-2 4.7.2-1 4.7.3-4 3.3.2-3")]
    public void MQTT_4_7_2_1_filters_match_as_the_specification_says(string filter, string topic, bool matches)
    {
        Assert.IsTrue(TopicRules.IsValidFilter(filter));
        Assert.IsTrue(TopicRules.IsValidName(topic));
        Assert.AreEqual(matches, TopicRules.Matches(filter, topic));
    }

    [TestMethod]
    public void The_tree_agrees_with_the_rule_for_random_filters_and_topics()
    {
        const int seed = 47;
        var random = new Random(seed);
        string[] levels = ["a", "b", "", "$x", "+", "#"];
        for (var round = 0; round < 3000; round++)
        {
            var tree = new SubscriptionTree();
            var filters = Enumerable.Range(0, 8).Select(_ => Random(random, levels)).Where(filter => TopicRules.IsValidFilter(filter)).Distinct().ToList();
            var sessions = filters.ToDictionary(filter => filter, filter => new Mqtt.Server.MqttSession(filter, 0, new Mqtt.Server.SessionLimits(1, 1), null));
            foreach (var filter in filters) tree.Add(new Subscription(sessions[filter], new Mqtt.Packets.MqttTopicFilter(filter), 0));
            var topic = Random(random, levels[..4]);
            if (!TopicRules.IsValidName(topic)) continue;
            var expected = filters.Where(filter => TopicRules.Matches(filter, topic)).Order().ToArray();
            CollectionAssert.AreEqual(expected, tree.Match(topic, null).Direct.Select(delivery => delivery.Session.ClientId).Order().ToArray(), $"seed {seed}, {topic} in {string.Join(' ', filters)}");
            foreach (var filter in filters) tree.Remove(sessions[filter], filter);
            Assert.IsTrue(tree.Match(topic, null).IsEmpty);
            Assert.AreEqual(0, tree.Count);
        }
    }

    private static string Random(Random random, string[] levels) => string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => levels[random.Next(levels.Length)]));
}
