using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Server.Hosting;
using Traxxs.Store;

namespace Traxxs.Server.Tests.Hosting;

[TestClass]
public sealed class HeartbeatsTests
{
    [TestMethod]
    public void Whatever_one_thing_throws_the_others_have_their_turn_and_health_tells_as_long_as_it_lasts()
    {
        var heart = new Heartbeats(NullLogger.Instance);
        var (beats, fails) = (0, true);
        for (var i = 0; i < 3; i++) Beat();
        Assert.AreEqual(3, beats);
        Assert.AreEqual("rules: poison", heart.Trouble);
        fails = false;
        Beat();
        Assert.IsNull(heart.Trouble);

        void Beat()
        {
            heart.Do("rules", () =>
            {
                if (fails) throw new InvalidOperationException("poison");
            });
            heart.Do("database", () => throw new StoreUnavailableException("away"));
            heart.Do("notifications", () => beats++);
        }
    }
}
