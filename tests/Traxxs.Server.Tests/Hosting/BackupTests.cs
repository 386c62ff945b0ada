using System.Diagnostics;
using Traxxs.Mqtt.Packets;
using Traxxs.Server.Hosting;
using Traxxs.Server.Tests.Support;
using Traxxs.Store;
using Traxxs.Store.Backup;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Hosting;

[TestClass]
public sealed class BackupTests
{
    private static readonly DateTimeOffset Now = Reports.Start;

    [TestMethod]
    [DataRow("copy")]
    [DataRow("copy.tar.gz")]
    [DataRow("copy.tar")]
    public async Task A_backup_made_while_devices_report_holds_what_was_acknowledged_and_goes_on_from_there(string name)
    {
        using var place = new TemporaryFolder();
        await using var server = await TestServer.StartAsync();
        var secret = server.Host.Provision("insole-1");
        var sent = new List<byte[]>();
        await using (var device = await TestDevice.ConnectAsync(server.Host, "insole-1", secret))
        {
            for (var i = 0; i < 20; i++) await SendAsync(device, sent);
            var acknowledged = sent.Count;
            var backup = Task.Run(() => DataBackup.Create(server.Folder, place.File(name), Now));
            while (!backup.IsCompleted) await SendAsync(device, sent);
            Assert.IsGreaterThanOrEqualTo(acknowledged, (int)(await backup).Reports);
        }

        await server.UntilAsync("/api/v1/alerts?limit=500", all => all.GetProperty("alerts").GetArrayLength() == Math.Min(500, sent.Count));
        DataBackup.Restore(place.File(name), place.File("data"), replace: false, Now);
        await using var again = await ServerHost.StartAsync(new ServerOptions { DataFolder = place.File("data"), MqttPort = 0, HttpPort = 0 });
        Assert.IsGreaterThanOrEqualTo(20, (int)again.Store.Count());

        // What the backup lacks and the device still has comes again; what it holds is known. Each press alerts once.
        await using (var device = await TestDevice.ConnectAsync(again, "insole-1", secret))
        {
            foreach (var frame in sent) Assert.AreEqual(MqttReasonCode.Success, await device.SendAsync(frame));
        }

        await Eventually(() => again.AlertsAreUpToDate);
        Assert.AreEqual(sent.Count, again.Store.Count());
        Assert.AreEqual(sent.Count, again.Database.Read(session => session.Alerts.CountByState(null)).Values.Sum());
    }

    [TestMethod]
    public async Task A_damaged_backup_is_found_before_it_replaces_anything()
    {
        using var place = new TemporaryFolder();
        await using (var server = await TestServer.StartAsync())
        {
            server.Host.Provision("insole-1");
            DataBackup.Create(server.Folder, place.File("copy"), Now);
        }

        var path = Path.Combine(place.File("copy"), ServiceDatabase.FileName);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        var error = Assert.ThrowsExactly<BackupException>(() => DataBackup.Restore(place.File("copy"), place.File("data"), replace: false, Now));
        StringAssert.Contains(error.Message, "damaged");
        Assert.IsFalse(Directory.Exists(place.File("data")));
        Assert.IsFalse(Directory.Exists(place.File("data.restoring")));
    }

    [TestMethod]
    public async Task Data_is_moved_aside_on_request_alone_and_never_under_a_server_that_runs()
    {
        using var place = new TemporaryFolder();
        await using var server = await TestServer.StartAsync();
        DataBackup.Create(server.Folder, place.File("copy"), Now);
        StringAssert.Contains(Assert.ThrowsExactly<BackupException>(() => DataBackup.Restore(place.File("copy"), server.Folder, replace: false, Now)).Message, "--replace");
        StringAssert.Contains(Assert.ThrowsExactly<BackupException>(() => DataBackup.Restore(place.File("copy"), server.Folder, replace: true, Now)).Message, "in use");
        StringAssert.Contains(Assert.ThrowsExactly<BackupException>(() => DataBackup.Create(server.Folder, place.File("copy"), Now)).Message, "already");

        Directory.CreateDirectory(place.File("old"));
        File.WriteAllText(Path.Combine(place.File("old"), "kept"), "");
        var (_, aside) = DataBackup.Restore(place.File("copy"), place.File("old"), replace: true, Now);
        Assert.IsTrue(File.Exists(Path.Combine(aside!, "kept")));
        Assert.IsEmpty(DataCheck.Run(place.File("old")));
    }

    [TestMethod]
    public async Task A_backup_holds_no_secret_and_nobody_else_may_read_it()
    {
        using var place = new TemporaryFolder();
        await using var server = await TestServer.StartAsync();
        var secret = server.Host.Provision("insole-1");
        DataBackup.Create(server.Folder, place.File("copy"), Now);
        foreach (var file in Directory.GetFiles(place.File("copy"), "*", SearchOption.AllDirectories))
        {
            var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));
            Assert.DoesNotContain(secret, text, file);
            Assert.DoesNotContain(server.Host.AdminToken!.Split('.')[^1], text, file);
            if (!OperatingSystem.IsWindows()) Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file), file);
        }
    }

    [TestMethod]
    public async Task Files_of_two_times_are_told_apart()
    {
        using var place = new TemporaryFolder();
        await using (var server = await TestServer.StartAsync())
        {
            DataBackup.Create(server.Folder, place.File("early"), Now);
            await using var device = await server.ConnectAsync("insole-1");
            await SendAsync(device, []);
            await Eventually(() => server.Host.AlertsAreUpToDate);
            DataBackup.Create(server.Folder, place.File("late"), Now);
        }

        Assert.IsEmpty(DataCheck.Run(place.File("late")));
        File.Copy(Path.Combine(place.File("early"), "reports.db"), Path.Combine(place.File("late"), "reports.db"), overwrite: true);
        StringAssert.Contains(DataCheck.Run(place.File("late")).Single(), "not of one time");
    }

    private static async Task SendAsync(TestDevice device, List<byte[]> sent)
    {
        var frame = device.Frame(DateTimeOffset.UtcNow, report =>
        {
            EndToEndTests.Sos(report, DateTimeOffset.UtcNow);
            report.EventValue[0] = sent.Count + 1; // each press counts
        });
        Assert.AreEqual(MqttReasonCode.Success, await device.SendAsync(frame));
        sent.Add(frame);
    }

    private static async Task Eventually(Func<bool> condition)
    {
        var started = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.IsLessThan(30, started.Elapsed.TotalSeconds, "it never happened");
            await Task.Delay(20);
        }
    }
}
