using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Traxxs.Engines;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Transport;
using Traxxs.Testing;

namespace Traxxs.Mqtt.Tests.Client;

/// <summary>Clients that others wrote: mosquitto's, MQTT.js and Paho for Python. Each is skipped, with a word, where it is not installed.</summary>
[TestClass]
public sealed class OtherClientTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static string Require(string program, string package)
    {
        foreach (var folder in (string[])["/usr/bin", "/usr/local/bin", .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')])
        {
            if (File.Exists(Path.Combine(folder, program))) return Path.Combine(folder, program);
        }

        throw new AssertInconclusiveException($"skipped: no {program} here; Debian's package {package} has it");
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        return await EndAsync(process);
    }

    private static async Task<string> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{process.StartInfo.FileName} did not end");
        }

        Assert.AreEqual(0, process.ExitCode, $"{process.StartInfo.FileName}: {await errors}");
        return await output;
    }

    [TestMethod]
    [DataRow("mqttv31")]
    [DataRow("mqttv311")]
    [DataRow("mqttv5")]
    public async Task Mosquittos_clients_publish_and_subscribe_at_every_qos(string version)
    {
        var pub = Require("mosquitto_pub", "mosquitto-clients");
        var sub = Require("mosquitto_sub", "mosquitto-clients");
        await using var server = await ClientTests.StartAsync();
        var port = $"{server.Endpoints[0].Port}";
        await RunAsync(pub, "-h", "127.0.0.1", "-p", port, "-V", version, "-t", "m/kept", "-m", "kept", "-r", "-q", "1");
        using var subscriber = Start(sub, "-h", "127.0.0.1", "-p", port, "-V", version, "-t", "m/#", "-q", "2", "-C", "4", "-W", "30", "-F", "%t %q %r %p");
        await Eventually.IsTrueAsync(() => server.Counters.Subscriptions == 1, "mosquitto_sub subscribes");
        foreach (var qos in new[] { "0", "1", "2" }) await RunAsync(pub, "-h", "127.0.0.1", "-p", port, "-V", version, "-t", $"m/{qos}", "-m", $"hello {qos}", "-q", qos);
        var lines = (await EndAsync(subscriber)).Trim().Split('\n');
        CollectionAssert.AreEqual(new[] { "m/kept 1 1 kept", "m/0 0 0 hello 0", "m/1 1 0 hello 1", "m/2 2 0 hello 2" }, lines);
    }

    [TestMethod]
    [DataRow("4", false)]
    [DataRow("5", false)]
    [DataRow("5", true)]
    public async Task MQTT_js_sends_itself_a_message_at_every_qos(string version, bool webSocket)
    {
        var node = Require("node", "nodejs");
        var folder = RepositoryRoot.PathOf("tests", "Traxxs.Mqtt.Tests", "js");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "mqtt"))) Assert.Inconclusive($"skipped: no MQTT.js here; run 'npm ci' in {folder}");
        await using var server = await ClientTests.StartAsync();
        using var stop = new CancellationTokenSource();
        var (url, web) = webSocket ? ServeWebSockets(server, stop.Token) : ($"mqtt://127.0.0.1:{server.Endpoints[0].Port}", Task.CompletedTask);
        var messages = JsonSerializer.Deserialize<JsonElement[]>(await RunAsync(node, Path.Combine(folder, "roundtrip.js"), url, version))!;
        await stop.CancelAsync();
        await web;
        Assert.HasCount(4, messages);
        Assert.IsTrue(messages.Single(message => message.GetProperty("topic").GetString() == "js/kept").GetProperty("retain").GetBoolean());
        for (var qos = 0; qos <= 2; qos++)
        {
            var message = messages.Single(message => message.GetProperty("topic").GetString() == $"js/{qos}");
            Assert.AreEqual((qos, $"message {qos}"), (message.GetProperty("qos").GetInt32(), message.GetProperty("payload").GetString()));
            if (version == "5") Assert.AreEqual("text", message.GetProperty("contentType").GetString());
        }
    }

    private static (string Url, Task Served) ServeWebSockets(MqttServer server, CancellationToken cancellationToken)
    {
        var listener = new HttpListener();
        var port = EngineProcess.FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/mqtt/");
        listener.Start();
        return ($"ws://127.0.0.1:{port}/mqtt/", AcceptAsync());

        async Task AcceptAsync()
        {
            using var stop = cancellationToken.Register(listener.Stop);
            try
            {
                while (true)
                {
                    var context = await listener.GetContextAsync();
                    var accepted = await context.AcceptWebSocketAsync(WebSocketDuplexPipe.SubProtocol);
                    _ = ServeAsync(accepted.WebSocket);
                }
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // Stopped.
            }
        }

        async Task ServeAsync(WebSocket socket)
        {
            await using var pipe = new WebSocketDuplexPipe(socket);
            await server.ServeAsync(pipe, new MqttConnectionInfo { Transport = "ws" }, cancellationToken);
        }
    }

    [TestMethod]
    [DataRow("MQTTv311")]
    [DataRow("MQTTv5")]
    public async Task Paho_for_Python_sends_itself_a_message_at_every_qos(string version)
    {
        const string script = """
            import sys, threading
            import paho.mqtt.client as mqtt
            got, done = [], threading.Event()
            def on_message(client, userdata, message):
                got.append("%s %d %s" % (message.topic, message.qos, message.payload.decode()))
                if len(got) == 3: done.set()
            def on_subscribe(client, *rest):
                for qos in range(3): client.publish("py/%d" % qos, "hello", qos)
            client = mqtt.Client(client_id="py", protocol=getattr(mqtt, sys.argv[2]))
            client.on_message, client.on_subscribe = on_message, on_subscribe
            client.connect("127.0.0.1", int(sys.argv[1]))
            client.subscribe("py/#", 2)
            client.loop_start()
            ok = done.wait(30)
            client.disconnect()
            client.loop_stop()
            print("\n".join(sorted(got)))
            sys.exit(0 if ok else 1)
            """;
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : Require("python3", "python3"); // Debian's own has Debian's packages
        using (var probe = Start(python, "-c", "import paho.mqtt.client"))
        {
            await probe.WaitForExitAsync();
            if (probe.ExitCode != 0) Assert.Inconclusive("skipped: no Paho for Python here; Debian's package python3-paho-mqtt has it");
        }

        await using var server = await ClientTests.StartAsync();
        var output = await RunAsync(python, "-c", script, $"{server.Endpoints[0].Port}", version);
        CollectionAssert.AreEqual(new[] { "py/0 0 hello", "py/1 1 hello", "py/2 2 hello" }, output.Trim().Split('\n'));
    }
}
