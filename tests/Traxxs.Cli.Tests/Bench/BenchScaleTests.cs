using System.Text.Json;
using Traxxs.Cli.Bench.Scale;
using Traxxs.Cli.Tests.Replay;

namespace Traxxs.Cli.Tests.Bench;

[TestClass]
public sealed class BenchScaleTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10); // a hang, not a duration

    [TestMethod]
    public async Task Roles_on_real_engines_keep_what_they_acknowledge_and_every_engine_has_its_bill()
    {
        if (ScaleEngines.Missing(redis: false) is [var why, ..]) Assert.Inconclusive($"skipped: {why}");
        using var bench = TraxxsProcess.Start("bench", "scale", "--listeners", "1", "--fixes", "2", "--devices", "6", "--seconds", "1", "--rate", "20", "--alarms", "3", "--held", "0", "--minutes", "9", "--json");
        var result = await bench.ReadJsonAsync(Limit);
        Assert.AreEqual(0, await bench.ExitAsync(), bench.Errors);
        var shape = result.GetProperty("shapes").EnumerateArray().Single();
        var (acknowledged, stored) = (shape.GetProperty("acknowledged").GetInt64(), shape.GetProperty("stored").GetInt64());
        Assert.IsGreaterThan(0, acknowledged);
        Assert.AreEqual((acknowledged, 0L, 0L), (stored, shape.GetProperty("lost").GetInt64(), shape.GetProperty("doubled").GetInt64()));
        var alarms = shape.GetProperty("alarms");
        Assert.IsGreaterThan(0, alarms.GetProperty("alarms").GetInt32());
        Assert.AreEqual(0, alarms.GetProperty("missed").GetInt32());
        Assert.IsGreaterThan(0, alarms.GetProperty("p50Ms").GetDouble());
        Assert.HasCount(2, shape.GetProperty("contacts").EnumerateArray().ToList(), "plain and by TLS");
        var full = shape.GetProperty("full").EnumerateArray().Single();
        Assert.AreEqual(2, full.GetProperty("fixes").GetInt32());
        Assert.AreEqual("api, listener, load, notifications, postgres, rabbitmq, rules", Names(full, "cpuSeconds"));
        Assert.AreEqual("log, postgres written, rabbitmq written, store", Names(full, "diskBytes"));
        Assert.IsGreaterThan(0, full.GetProperty("cpuSeconds").GetProperty("rabbitmq").GetDouble());
        Assert.IsGreaterThan(0, full.GetProperty("diskBytes").GetProperty("log").GetDouble());
    }

    [TestMethod]
    [DataRow("--listeners", "17")]
    [DataRow("--fixes", "0")]
    [DataRow("--devices", "0")]
    [DataRow("--seconds", "0")]
    [DataRow("--rate", "0")]
    [DataRow("--alarms", "101")]
    [DataRow("--held", "-1")]
    [DataRow("--minutes", "0")]
    public async Task Wrong_usage_is_told_and_is_exit_code_2(params string[] arguments)
    {
        using var bench = TraxxsProcess.Start(["bench", "scale", .. arguments]);
        Assert.AreEqual(2, await bench.ExitAsync());
        Assert.Contains(arguments[0], bench.Errors);
    }

    [TestMethod]
    public void A_process_is_read_whatever_its_name_holds()
    {
        var (id, parent, seconds) = ProcessTree.Parse(7, "7 (a) b) (c) S 3 7 7 0 -1 4194560 1 2 3 4 150 50 20 5 20 0 1 0 100 200");
        Assert.AreEqual((7, 3, 2.25), (id, parent, seconds));
    }

    [TestMethod]
    public void Bytes_are_counted_by_the_port_connected_to()
    {
        const string Text = "0 0 127.0.0.1:1883 127.0.0.1:40000\n\t cubic bytes_sent:12 bytes_acked:10 bytes_received:4000000000 segs_out:3\n"
            + "0 0 [::ffff:127.0.0.1]:1883 [::ffff:127.0.0.1]:40001\n\t cubic bytes_received:5\n"
            + "0 0 127.0.0.1:40000 127.0.0.1:1883\n\t cubic rto:204\n";
        var bytes = SocketBytes.Parse(Text);
        Assert.AreEqual(4_000_000_015, bytes[1883]);
        Assert.HasCount(1, bytes);
    }

    [TestMethod]
    [DataRow(99.0, 0.0, 1000.0, 1000.0, "cores")]
    [DataRow(60.0, 80.0, 1000.0, 1000.0, "line of commits")]
    [DataRow(60.0, 10.0, 1000.0, 1000.0, "waiting, for the disk")]
    [DataRow(99.0, 0.0, 1000.0, 500.0, "slower than RabbitMQ")]
    public void The_ceiling_is_named(double busyPercent, double lineWaitPercent, double acknowledged, double stored, string expected)
    {
        var bill = ScaleBill.Of(1, new ScaleAnswer { Count = 1000, Within = (long)acknowledged, Seconds = 1 }, 1000 / stored, 1000 / stored, Account(0, 0), Account(2, busyPercent / 100), lineWaitPercent);
        Assert.Contains(expected, bill.Ceiling);
        Assert.Contains("rabbitmq takes 75 %", bill.Ceiling);
        Assert.AreEqual(150, bill.CpuSeconds["rabbitmq"]);
        Assert.AreEqual(2.0, bill.DiskBytes["store"]);
    }

    private static ScaleAccount Account(double factor, double busy) => new()
    {
        Processes = new Dictionary<string, Usage> { ["rabbitmq"] = new(factor * 0.75, 0, 0), ["load"] = new(factor * 0.25, 0, 0) },
        StoreBytes = (long)(factor * 1000), LogBytes = (long)factor, NetworkBytes = new Dictionary<string, long>(), Machine = (busy, factor == 0 ? 0 : 1),
    };

    private static string Names(JsonElement element, string key) => string.Join(", ", element.GetProperty(key).EnumerateObject().Select(one => one.Name).Order(StringComparer.Ordinal));
}
