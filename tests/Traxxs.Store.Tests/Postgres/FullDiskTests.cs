using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Testing;

namespace Traxxs.Store.Tests.Postgres;

/// <summary>The disk of the PostgreSQL server is full: nobody is acknowledged, health says so, and with room again all goes on by itself.</summary>
[TestClass]
public sealed class FullDiskTests
{
    [TestInitialize]
    public void Require()
    {
        if ((PostgresServer.Missing ?? SmallDisk.Missing) is { } why) Assert.Inconclusive(why);
    }

    [TestMethod]
    public async Task With_its_tables_disk_full_it_refuses_and_heals_when_there_is_room()
    {
        using var disk = SmallDisk.Mount(megabytes: 32);
        using var server = PostgresServer.Begin();
        // A table space wants a folder of the server's own.
        var space = Path.Combine(disk.Path, "space");
        server.Sql($"COPY (SELECT 1) TO PROGRAM 'mkdir {space}'");
        server.Sql($"CREATE TABLESPACE small LOCATION '{space}'");
        var database = new Uri(server.NewDatabase()).AbsolutePath.TrimStart('/');
        server.Sql($"ALTER DATABASE {database} SET TABLESPACE small");
        var options = OptionsOf(server, database);
        {
            await using var store = PostgresReportStore.Open(options);
            using var service = ServiceDatabase.OpenPostgres(options);
            disk.Fill(leave: 500_000);
            var acknowledged = await AppendUntilRefusedAsync(store);
            StringAssert.Contains(store.Health.Reason!, "the disk of the PostgreSQL server is full");
            disk.Fill(leave: 0);
            StringAssert.Contains(RefusalOf(service), "the disk of the PostgreSQL server is full");
            for (var i = 0; i < 40; i++)
            {
                await Task.Delay(5);
                Assert.IsFalse(store.Health.Available, "it is full still, though what needs no page would go through");
            }

            Assert.ThrowsExactly<StoreUnavailableException>(service.Probe);
            Assert.AreEqual(acknowledged.Count, store.ReadAfter(0, 10_000).Count, "readers see what was acknowledged, no more");

            disk.MakeRoom();
            await RequireHealedAsync(store, service, acknowledged);
        }

        Assert.IsEmpty(PostgresCheck.Run(options).Problems);
    }

    [TestMethod]
    public async Task With_the_disk_of_its_log_full_the_server_may_go_down_and_has_what_was_acknowledged()
    {
        using var disk = SmallDisk.Mount(megabytes: 192);
        using var server = PostgresServer.Begin(new PostgresSettings { Folder = Directory.CreateDirectory(Path.Combine(disk.Path, "server")).FullName });
        var options = OptionsOf(server, new Uri(server.NewDatabase()).AbsolutePath.TrimStart('/'));
        {
            await using var store = PostgresReportStore.Open(options);
            using var service = ServiceDatabase.OpenPostgres(options);
            disk.Fill(leave: 2_000_000);
            var acknowledged = await AppendUntilRefusedAsync(store);
            disk.MakeRoom();
            // Who cannot write its log stops. It is begun again by whoever looks after it, as its container is.
            await Eventually.True(() =>
            {
                if (!server.IsRunning) server.Start();
                return store.Health.Available;
            });
            await RequireHealedAsync(store, service, acknowledged);
        }

        Assert.IsEmpty(PostgresCheck.Run(options).Problems);
    }

    private static PostgresOptions OptionsOf(PostgresServer server, string database) => new()
    {
        Connection = $"postgres://{PostgresServer.User}@127.0.0.1:{server.Port}/{database}", PasswordFile = server.PasswordFile,
        RetryDelay = TimeSpan.FromMilliseconds(5), RetryDelayMax = TimeSpan.FromMilliseconds(100), Heartbeat = TimeSpan.FromMilliseconds(100), RecentMax = 0,
    };

    // Each report is new pages of its own; the bytes do not shrink when they are stored.
    private static ReportRecord Big(long sequence)
    {
        var payload = new byte[20_000];
        new Random((int)sequence).NextBytes(payload);
        return Reports.Make("d", sequence, payload: payload);
    }

    private static async Task<List<long>> AppendUntilRefusedAsync(PostgresReportStore store)
    {
        var acknowledged = new List<long>();
        while (true)
        {
            Assert.IsLessThan(10_000, acknowledged.Count, "the disk never was full");
            try
            {
                await store.AppendAsync(Big(acknowledged.Count));
                acknowledged.Add(acknowledged.Count);
            }
            catch (StoreUnavailableException)
            {
                Assert.IsFalse(store.Health.Available);
                return acknowledged;
            }
        }
    }

    // Writes what needs new pages until there is none; what was said then.
    private static string RefusalOf(ServiceDatabase service)
    {
        for (var i = 0; i < 1000; i++)
        {
            try
            {
                service.Write(session => session.DeviceStates.Put($"d{i}", Convert.ToBase64String(Big(i).Payload.Span)));
            }
            catch (StoreUnavailableException e)
            {
                Assert.IsNotNull(service.LastError);
                return e.Message;
            }
        }

        throw new AssertFailedException("the disk never was full");
    }

    private static async Task RequireHealedAsync(PostgresReportStore store, ServiceDatabase service, List<long> acknowledged)
    {
        await Eventually.True(() => store.Health.Available);
        service.Probe();
        Assert.IsNull(service.LastError);
        // A report refused because the connection went inside COMMIT may be there; it comes again in any case, as a duplicate then.
        await store.AppendAsync(Big(acknowledged.Count));
        acknowledged.Add(acknowledged.Count);
        CollectionAssert.AreEqual(acknowledged, store.ReadAfter(0, 10_000).Select(stored => stored.Report.Sequence).ToList(), "all that was acknowledged, once, and nothing else");
        Assert.AreEqual(AppendOutcome.Duplicate, (await store.AppendAsync(Big(0))).Outcome);
        Assert.AreEqual(acknowledged.Count, store.Count());
    }
}
