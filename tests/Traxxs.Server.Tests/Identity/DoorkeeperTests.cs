using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Traxxs.Server.Api;
using Traxxs.Server.Hosting;

namespace Traxxs.Server.Tests.Identity;

[TestClass]
public sealed class DoorkeeperTests
{
    [TestMethod]
    [DataRow("http://127.0.0.1:8080", "127.0.0.1:8080", true)]
    [DataRow("https://xsole.example", "xsole.example", true)] // behind a proxy that has the certificate
    [DataRow("https://XSOLE.example", "xsole.example", true)]
    [DataRow("https://xsole.example:443", "xsole.example", true)]
    [DataRow("https://xsole.example", "xsole.example:443", true)]
    [DataRow("https://xsole.example:8443", "xsole.example:8443", true)]
    [DataRow("https://xsole.example:8443", "xsole.example", false)]
    [DataRow("https://xsole.example", "xsole.example:8443", false)]
    [DataRow("https://evil.example", "xsole.example", false)]
    [DataRow("https://xsole.example.evil.example", "xsole.example", false)]
    [DataRow("null", "xsole.example", false)]
    [DataRow("", "xsole.example", true)]
    public void A_page_is_ours_when_its_host_and_port_are(string origin, string host, bool own)
    {
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString(host);
        if (origin.Length > 0) context.Request.Headers.Origin = origin;
        Assert.AreEqual(own, Doorkeeper.IsOwnOrigin(context.Request, mustBeThere: false));
        if (origin.Length == 0) Assert.IsFalse(Doorkeeper.IsOwnOrigin(context.Request, mustBeThere: true));
    }

    [TestMethod]
    [DataRow("127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [DataRow("127.0.0.1", "10.9.9.9, 203.0.113.7", "203.0.113.7")]
    [DataRow("127.0.0.1", "", "127.0.0.1")]
    [DataRow("127.0.0.1", "nonsense", "127.0.0.1")]
    [DataRow("198.51.100.1", "203.0.113.7", "198.51.100.1")]
    [DataRow("10.7.0.9", "203.0.113.7", "203.0.113.7")]
    [DataRow("::ffff:10.7.0.9", "203.0.113.7", "203.0.113.7")]
    [DataRow("10.8.0.9", "203.0.113.7", "10.8.0.9")]
    public void Only_proxies_on_this_machine_and_named_ones_are_believed_about_where_a_request_comes_from(string nearest, string told, string expected)
    {
        var context = Context();
        context.Connection.RemoteIpAddress = IPAddress.Parse(nearest);
        if (told.Length > 0) context.Request.Headers["X-Forwarded-For"] = told;
        Assert.AreEqual(IPAddress.Parse(expected), Doorkeeper.AddressOf(context));
    }

    [TestMethod]
    [DataRow("https", null, "127.0.0.1", true)]
    [DataRow("http", "https", "127.0.0.1", true)]
    [DataRow("http", "https", "198.51.100.1", false)]
    [DataRow("http", "https", "10.7.0.9", true)]
    [DataRow("http", null, "127.0.0.1", false)]
    public void The_cookie_travels_by_TLS_alone_where_there_is_TLS(string scheme, string? told, string nearest, bool secure)
    {
        var context = Context();
        context.Request.Scheme = scheme;
        context.Connection.RemoteIpAddress = IPAddress.Parse(nearest);
        if (told is not null) context.Request.Headers["X-Forwarded-Proto"] = told;
        Doorkeeper.SetCookie(context, "id.secret");
        var cookie = context.Response.Headers.SetCookie.ToString();
        Assert.AreEqual(secure, cookie.Contains("; secure", StringComparison.Ordinal), cookie);
        StringAssert.Contains(cookie, "; httponly");
    }

    private static DefaultHttpContext Context() => new()
    {
        RequestServices = new ServiceCollection().AddSingleton(new ServerOptions { TrustedProxies = [IPNetwork.Parse("10.7.0.0/16")] }).BuildServiceProvider(),
    };
}
