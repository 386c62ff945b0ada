using System.Net;
using Traxxs.Server.Notifications;

namespace Traxxs.Server.Tests.Notifications;

[TestClass]
public sealed class OutboundGuardTests
{
    [TestMethod]
    [DataRow("127.0.0.1")]
    [DataRow("10.1.2.3")]
    [DataRow("172.16.0.1")]
    [DataRow("172.31.255.255")]
    [DataRow("192.168.1.1")]
    [DataRow("169.254.169.254")] // where clouds keep their secrets
    [DataRow("100.64.0.1")]
    [DataRow("0.0.0.0")]
    [DataRow("224.0.0.1")]
    [DataRow("255.255.255.255")]
    [DataRow("::1")]
    [DataRow("::")]
    [DataRow("fe80::1")]
    [DataRow("fd00::1")]
    [DataRow("::ffff:127.0.0.1")]
    [DataRow("::ffff:10.0.0.1")]
    [DataRow("64:ff9b::7f00:1")]
    [DataRow("2002:7f00:1::")]
    [DataRow("2001:db8::1")]
    public void What_is_not_public_is_refused(string address) => Assert.IsFalse(new OutboundGuard([]).Allows(IPAddress.Parse(address)));

    [TestMethod]
    [DataRow("8.8.8.8")]
    [DataRow("172.32.0.1")]
    [DataRow("100.128.0.1")]
    [DataRow("2606:4700::1111")]
    public void What_is_public_is_allowed(string address) => Assert.IsTrue(new OutboundGuard([]).Allows(IPAddress.Parse(address)));

    [TestMethod]
    public void A_network_of_ones_own_is_allowed_by_name()
    {
        var guard = new OutboundGuard([IPNetwork.Parse("10.1.0.0/16")]);
        Assert.IsTrue(guard.Allows(IPAddress.Parse("10.1.2.3")));
        Assert.IsTrue(guard.Allows(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.IsFalse(guard.Allows(IPAddress.Parse("10.2.2.3")));
    }

    [TestMethod]
    [DataRow("http://127.0.0.1:1/")]
    [DataRow("http://localhost:1/")] // a name is judged by where it leads
    [DataRow("http://[::1]:1/")]
    [DataRow("http://2130706433:1/")] // 127.0.0.1 written otherwise
    public async Task A_request_to_this_machine_ends_before_it_connects(string address)
    {
        using var client = new OutboundGuard([]).CreateClient();
        var error = await Assert.ThrowsExactlyAsync<HttpRequestException>(() => client.GetAsync(new Uri(address)));
        Assert.IsInstanceOfType<OutboundRefusedException>(error.InnerException ?? error, error.ToString());
    }
}
