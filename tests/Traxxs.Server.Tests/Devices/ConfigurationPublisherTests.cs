using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Protocol;
using Traxxs.Server.Devices;
using Traxxs.Server.Ingest;
using Traxxs.Server.Tests.Support;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Devices;

[TestClass]
public sealed class ConfigurationPublisherTests
{
    [TestMethod]
    public async Task One_that_cannot_be_read_holds_up_no_other_and_whatever_the_broker_throws_is_tried_again()
    {
        using var folder = new TemporaryFolder();
        using var database = ServiceDatabase.Open(folder.File(ServiceDatabase.FileName));
        database.Write(session =>
        {
            foreach (var (device, settings) in ((string, string)[])[("insole-1", "{broken"), ("insole-2", """{"fixIntervalS":60}"""), ("insole-3", """{"fixIntervalS":90}""")])
            {
                session.Devices.Put(new DeviceIdentity(device, "main", null, [1], [1], Reports.Start, null));
                session.Configurations.Put(new DesiredConfiguration(device, 1, settings, Reports.Start, null));
            }
        });
        var clock = new ManualClock();
        var downlink = new Downlink { Fails = true };
        await using var publisher = new ConfigurationPublisher(database, downlink, clock, NullLogger.Instance);
        publisher.Start();
        await UntilAsync(() => publisher.Trouble is not null, "health tells");
        downlink.Fails = false;
        clock.Advance(TimeSpan.FromMinutes(1));
        publisher.Tick(clock.GetUtcNow());
        await UntilAsync(() => database.Read(session => session.Configurations.Find("insole-3")!.PublishedAt) is not null, "those behind it go out");
        Assert.AreEqual("insole-2 insole-3", string.Join(' ', downlink.Sent));
        await UntilAsync(() => publisher.Trouble is null, "and all is well");
        Assert.IsNull(database.Read(session => session.Configurations.Find("insole-1")!.PublishedAt));
    }

    private static async Task UntilAsync(Func<bool> wanted, string what)
    {
        var started = Environment.TickCount64;
        while (!wanted())
        {
            Assert.IsLessThan(120_000L, Environment.TickCount64 - started, $"never: {what}");
            await Task.Delay(10);
        }
    }

    private sealed class Downlink : IDownlink
    {
        public volatile bool Fails;

        public List<string> Sent { get; } = [];

        public ValueTask SendCommandAsync(string deviceId, Command command, TimeSpan? validFor = null, CancellationToken cancellationToken = default)
        {
            if (Fails) throw new NotListeningException(deviceId);
            Sent.Add(deviceId);
            return ValueTask.CompletedTask;
        }
    }
}
