using System.Net;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Tests.Identity;

[TestClass]
public sealed class SignInThrottleTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly IPAddress Here = IPAddress.Parse("203.0.113.7");

    private readonly SignInThrottle _throttle = new();

    [TestMethod]
    public void Waits_double_from_the_fifth_failure_on_up_to_a_quarter_of_an_hour()
    {
        var waits = new List<double>();
        for (var i = 0; i < 17; i++)
        {
            _throttle.Failed("ada@example.org", null, Now);
            waits.Add(_throttle.WaitOf("ada@example.org", null, Now).TotalSeconds);
        }

        Assert.AreEqual("0 0 0 0 1 2 4 8 16 32 64 128 256 512 900 900 900", string.Join(' ', waits));
    }

    [TestMethod]
    public void An_account_is_slowed_from_everywhere_and_an_address_for_every_account()
    {
        for (var i = 0; i < 6; i++) _throttle.Failed("ada@example.org", Here, Now);
        Assert.AreEqual(2, _throttle.WaitOf("Ada@Example.org ", IPAddress.Loopback, Now).TotalSeconds);
        Assert.AreEqual(2, _throttle.WaitOf("ben@example.org", Here, Now).TotalSeconds);
        Assert.AreEqual(2, _throttle.WaitOf(Here.MapToIPv6(), Now).TotalSeconds);
        Assert.AreEqual(0, _throttle.WaitOf("ben@example.org", IPAddress.Loopback, Now).TotalSeconds);
        Assert.AreEqual(0, _throttle.WaitOf("ada@example.org", Here, Now.AddSeconds(2)).TotalSeconds);
    }

    [TestMethod]
    public void What_works_clears_the_account_but_not_the_address()
    {
        for (var i = 0; i < 6; i++) _throttle.Failed("ada@example.org", Here, Now);
        _throttle.Worked("ada@example.org");
        Assert.AreEqual(0, _throttle.WaitOf("ada@example.org", IPAddress.Loopback, Now).TotalSeconds);
        Assert.AreEqual(2, _throttle.WaitOf("ada@example.org", Here, Now).TotalSeconds);
    }

    [TestMethod]
    public void Failures_of_long_ago_are_forgotten()
    {
        for (var i = 0; i < 6; i++) _throttle.Failed("ada@example.org", Here, Now);
        _throttle.Failed("ada@example.org", Here, Now.AddHours(2));
        Assert.AreEqual(0, _throttle.WaitOf("ada@example.org", Here, Now.AddHours(2)).TotalSeconds);
    }

    [TestMethod]
    public void An_IPv6_network_is_one_address()
    {
        for (var i = 0; i < 6; i++) _throttle.Failed(IPAddress.Parse($"2001:db8:1:2::{i + 1}"), Now);
        Assert.AreEqual(2, _throttle.WaitOf(IPAddress.Parse("2001:db8:1:2:ffff::9"), Now).TotalSeconds);
        Assert.AreEqual(0, _throttle.WaitOf(IPAddress.Parse("2001:db8:1:3::1"), Now).TotalSeconds);
    }

    [TestMethod]
    public void What_is_remembered_is_bounded_and_the_oldest_makes_room()
    {
        for (var i = 0; i < 6; i++) _throttle.Failed("first@example.org", null, Now);
        for (var i = 0; i < SignInThrottle.KeysMax + 100; i++) _throttle.Failed(new IPAddress(BitConverter.GetBytes(i)), Now);
        Assert.AreEqual(SignInThrottle.KeysMax, _throttle.Count);
        Assert.AreEqual(0, _throttle.WaitOf("first@example.org", null, Now).TotalSeconds);
    }
}
