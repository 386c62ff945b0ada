using System.Net;
using Traxxs.Server.Hosting;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Hosting;

[TestClass]
public sealed class ConfigurationTests
{
    [TestMethod]
    [DataRow("""{"rulez":{}}""", "rulez:")]
    [DataRow("""{"rules":{"lowBatteryPercnt":5}}""", "rules.lowBatteryPercnt:")]
    [DataRow("""{"rules":{"lowBatteryPercent":"five"}}""", "rules.lowBatteryPercent:")]
    [DataRow("""{"rules":{"lowBatteryPercent":95}}""", "rules.lowBatteryPercent:")]
    [DataRow("""{"rules":{"lowBatteryPercent":30,"batteryRecoveredPercent":30}}""", "rules.batteryRecoveredPercent:")]
    [DataRow("""{"rules":{"contactGraceSeconds":0}}""", "rules.contactGraceSeconds:")]
    [DataRow("""{"mqttPort":70000}""", "mqttPort:")]
    [DataRow("""{"mqttConnectionsPerAddress":0}""", "mqttConnectionsPerAddress:")]
    [DataRow("""{"mqttConnectionsPerAddress":20001}""", "mqttConnectionsPerAddress:")]
    [DataRow("""{"httpPort":-1}""", "httpPort:")]
    [DataRow("""{"bind":"everywhere"}""", "bind:")]
    [DataRow("""{"bind":"0.0.0.0"}""", "bind:")]
    [DataRow("""{"bind":"::"}""", "bind:")]
    [DataRow("""{"tls":{"certificate":"a.pem"}}""", "tls:")]
    [DataRow("""{"tls":{"certificate":"a.pem","key":"b.pem"}}""", "tls.certificate:")]
    [DataRow("""{"escalation":[]}""", "escalation:")]
    [DataRow("""{"escalation":[{"channels":["smoke"],"acknowledgeWithinMinutes":5}]}""", "escalation[0].channels:")]
    [DataRow("""{"escalation":[{"channels":["live"],"acknowledgeWithinMinutes":0}]}""", "escalation[0].acknowledgeWithinMinutes:")]
    [DataRow("""{"webhooks":[{"name":"ops","url":"nowhere","secretFile":"secret"}]}""", "webhooks[0].url:")]
    [DataRow("""{"webhooks":[{"name":"ops","url":"ftp://a/","secretFile":"secret"}]}""", "webhooks[0].url:")]
    [DataRow("""{"webhooks":[{"name":"ops","url":"https://a/","secretFile":"none"}]}""", "webhooks[0].secretFile:")]
    [DataRow("""{"webhooks":[{"name":"ops","url":"https://a/","secretFile":"short"}]}""", "webhooks[0].secretFile:")]
    [DataRow("""{"webhooks":[{"name":"log","url":"https://a/","secretFile":"secret"}]}""", "webhooks[0].name:")]
    [DataRow("""{"geofences":[{"type":"Feature"}]}""", "geofences[0].id:")]
    [DataRow("""{"geofences":[{"id":"yard","type":"Feature"}]}""", "geofences[0].geometry:")]
    [DataRow("""{"roles":["cook"]}""", "roles:")]
    [DataRow("""{"roles":[]}""", "roles:")]
    [DataRow("""{"roles":["listener"]}""", "roles:")]
    [DataRow("""{"roles":["api"],"store":{"engine":"postgres","connection":"postgres://a@127.0.0.1/a"}}""", "roles:")]
    [DataRow("""{"store":{"engine":"papers"}}""", "store.engine:")]
    [DataRow("""{"store":{"engine":"postgres"}}""", "store.connection:")]
    [DataRow("""{"store":{"connection":"postgres://a@127.0.0.1/a"}}""", "store.connection:")]
    [DataRow("""{"rabbitmq":{"amqp":"amqp://127.0.0.1:5672","mqtt":"mqtt://127.0.0.1:1883","user":"traxxs","authSecretFile":"secret"}}""", "rabbitmq.passwordFile:")]
    [DataRow("""{"rabbitmq":{"amqp":"amqp://127.0.0.1:5672","mqtt":"mqtt://127.0.0.1:1883","user":"traxxs","passwordFile":"secret","authSecretFile":"short"}}""", "rabbitmq.authSecretFile:")]
    [DataRow("""{"rabbitmq":{"amqp":"amqp://far.example:5672","mqtt":"mqtt://127.0.0.1:1883","user":"traxxs","passwordFile":"secret","authSecretFile":"secret"}}""", "rabbitmq.amqp:")]
    [DataRow("""{"rabbitmq":{"amqp":"amqp://127.0.0.1:5672","mqtt":"mqtt://far.example:1883","user":"traxxs","passwordFile":"secret","authSecretFile":"secret"}}""", "rabbitmq.mqtt:")]
    [DataRow("""{"rabbitmq":{"amqp":"amqp://me:pw@127.0.0.1:5672","mqtt":"mqtt://127.0.0.1:1883","user":"traxxs","passwordFile":"secret","authSecretFile":"secret"}}""", "rabbitmq.amqp:")]
    [DataRow("""{"rabbitmq":{"amqp":"everywhere","mqtt":"mqtt://127.0.0.1:1883","user":"traxxs","passwordFile":"secret","authSecretFile":"secret"}}""", "rabbitmq.amqp:")]
    [DataRow("""{"redis":{}}""", "redis.endpoints:")]
    [DataRow("""{"redis":{"endpoints":["far.example:6379"]}}""", "redis.tls:")]
    [DataRow("""{"mqttPort":""", "mqttPort:")]
    [DataRow("""not json""", "configuration:")]
    public void What_is_wrong_is_named_by_its_key(string json, string key)
    {
        var error = Assert.ThrowsExactly<ConfigurationException>(() =>
        {
            var options = Read(json);
            if (ServerConfiguration.Check(options) is { Count: > 0 } errors) throw new ConfigurationException(errors);
        });
        StringAssert.StartsWith(error.Errors[0], key);
    }

    [TestMethod]
    [DataRow("""{"rabbitmq":{"amqp":"amqp://127.0.0.1:5672","mqtt":"mqtt://127.0.0.1:1883","user":"traxxs","passwordFile":"open","authSecretFile":"secret"}}""", "rabbitmq.passwordFile:")]
    [DataRow("""{"rabbitmq":{"amqp":"amqp://127.0.0.1:5672","mqtt":"mqtt://127.0.0.1:1883","user":"traxxs","passwordFile":"secret","authSecretFile":"open"}}""", "rabbitmq.authSecretFile:")]
    [DataRow("""{"redis":{"endpoints":["127.0.0.1:6379"],"passwordFile":"open"}}""", "redis.passwordFile:")]
    public void An_engines_secret_that_others_can_read_is_refused_with_what_to_do(string json, string key)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("skipped: file modes are those of Unix");
            return;
        }

        var error = Assert.ThrowsExactly<ConfigurationException>(() => Read(json)).Errors[0];
        StringAssert.StartsWith(error, key);
        StringAssert.Contains(error, "chmod 600");
    }

    [TestMethod]
    public void A_good_file_is_taken_as_written_with_paths_beside_it()
    {
        using var folder = new TemporaryFolder();
        var options = Read(
            """
            {
              // comments and trailing commas are fine
              "data": "kept", "mqttPort": 2000, "mqttConnectionsPerAddress": 5000, "httpPort": 0, "bind": "127.0.0.1",
              "rules": { "contactGraceSeconds": 30 },
              "webhooks": [{ "name": "ops", "url": "https://example.org/x", "secretFile": "secret" }],
              "escalation": [{ "channels": ["live", "ops"], "acknowledgeWithinMinutes": 3 }],
              "geofences": [{ "id": "yard", "type": "Feature", "geometry": { "type": "Point", "coordinates": [13, 52] }, "properties": { "name": "Yard", "radiusM": 50 } }],
            }
            """);
        Assert.IsEmpty(ServerConfiguration.Check(options));
        Assert.AreEqual(2000, options.MqttPort);
        Assert.AreEqual(5000, options.MqttConnectionsPerAddress);
        Assert.AreEqual(30, options.Rules.ContactGraceSeconds);
        Assert.AreEqual(15, options.Rules.LowBatteryPercent);
        Assert.AreEqual("kept", Path.GetFileName(options.DataFolder));
        Assert.IsTrue(Path.IsPathRooted(options.DataFolder));
        Assert.AreEqual("yard", options.Geofences[0].Id);
    }

    [TestMethod]
    public void Beyond_loopback_only_with_TLS_or_the_explicit_word()
    {
        var open = new ServerOptions { Bind = IPAddress.Any };
        Assert.IsNotEmpty(ServerConfiguration.Check(open));
        Assert.IsEmpty(ServerConfiguration.Check(open with { Insecure = true }));
        Assert.IsEmpty(ServerConfiguration.Check(new ServerOptions { Bind = IPAddress.IPv6Loopback }));
    }

    [TestMethod]
    public async Task A_port_that_is_taken_is_named_and_nothing_is_left_running()
    {
        await using var first = await TestServer.StartAsync();
        using var folder = new TemporaryFolder();
        var options = new ServerOptions { DataFolder = folder.Path, MqttPort = first.Host.MqttEndpoint.Port, HttpPort = 0 };
        var error = await Assert.ThrowsExactlyAsync<ConfigurationException>(() => ServerHost.StartAsync(options));
        StringAssert.StartsWith(error.Errors[0], "mqttPort:");
        await using var second = await ServerHost.StartAsync(options with { MqttPort = 0 }); // its files were let go
    }

    private static ServerOptions Read(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("secret"), "sixteen characters or more\n");
        File.WriteAllText(folder.File("short"), "short\n");
        File.WriteAllText(folder.File("open"), "sixteen characters or more\n");
        if (!OperatingSystem.IsWindows())
        {
            foreach (var name in (string[])["secret", "short"]) File.SetUnixFileMode(folder.File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.SetUnixFileMode(folder.File("open"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }

        File.WriteAllText(folder.File("server.json"), json);
        return ServerConfiguration.Read(folder.File("server.json"));
    }
}
