using Traxxs.Store.Copy;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;

namespace Traxxs.Store.Tests.Postgres;

/// <summary>What goes with its partition, what stays, and that everything still finds what stays.</summary>
[TestClass]
public sealed class RetentionTests
{
    private const string Device = "d";
    private const string Other = "other";
    private const int ReportsOfEach = 420;

    private static readonly TimeSpan Step = TimeSpan.FromHours(6);
    private static readonly DateTimeOffset Begin = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset March = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public required TestContext TestContext { get; set; }

    [TestCleanup]
    public void Cleanup() => _folder.Dispose();

    [TestMethod]
    [DataRow(0, DisplayName = "at the border of two partitions")]
    [DataRow(14, DisplayName = "in the middle of one")]
    [DataRow(30, DisplayName = "on the last day of one")]
    public async Task What_stays_is_found_by_check_erasure_and_copy_wherever_the_time_cuts(int days)
    {
        var options = PostgresFixture.NewDatabase() with { RecentMax = 0 };
        var cutMs = March.AddDays(days).ToUnixTimeMilliseconds();
        await using var store = await FilledAsync(options);
        Assert.HasCount(2, store.DropBefore(cutMs), "January and February");
        Sound(options);
        var left = store.ReadAfter(0, int.MaxValue);
        Assert.AreEqual(March, DateTimeOffset.FromUnixTimeMilliseconds(left[0].Report.ServerTimeMs));
        Assert.HasCount(left.Count(stored => stored.Report.DeviceId == Device), store.ReadNewest(Device, int.MaxValue));

        // The organisation's own time, report by report, and then a wearer's whole history.
        Assert.AreEqual(left.Count(stored => stored.Report.DeviceId == Device && stored.Report.ServerTimeMs < cutMs), await EraseAsync(store, new ReportErasure(Device) { ReceivedBeforeMs = cutMs }));
        Assert.AreEqual(left.Count(stored => stored.Report.DeviceId == Other), await EraseAsync(store, new ReportErasure(Other)));
        Sound(options);
        var there = await DataCopy.RunAsync(DataSide.OfPostgres(options), DataSide.OfFolder(Path.Combine(_folder.Path, "copy")), false, TestContext.WriteLine, TestContext.CancellationToken);
        Assert.IsTrue(there.IsEqual);
        Assert.AreEqual(left.Count(stored => stored.Report.DeviceId == Device && stored.Report.ServerTimeMs >= cutMs), there.Reports);
        Assert.AreEqual(AppendOutcome.Duplicate, (await store.AppendAsync(Reports.Make(Device, 5, payload: [1]))).Outcome, "what went is known all the same");
    }

    // From January into April; every third comes late and speaks of half a year before, every seventh of half a year after.
    private static async Task<PostgresReportStore> FilledAsync(PostgresOptions options)
    {
        using (var service = ServiceDatabase.OpenPostgres(options)) service.Write(session => session.Rules.Cursor = 0);
        var store = PostgresReportStore.Open(options);
        for (var i = 0; i < ReportsOfEach; i++)
        {
            var at = Begin + (i * Step);
            var saysS = at.AddDays(i % 3 == 0 ? -180 : i % 7 == 0 ? 180 : 0).ToUnixTimeSeconds();
            foreach (var device in new[] { Device, Other })
                await store.AppendAsync(Reports.Make(device, i, (saysS, saysS + 60)) with { ServerTimeMs = at.ToUnixTimeMilliseconds(), DeviceTimeS = saysS });
        }

        return store;
    }

    private static void Sound(PostgresOptions options)
    {
        var problems = PostgresCheck.Run(options).Problems;
        Assert.IsEmpty(problems, problems.FirstOrDefault());
    }

    private static async Task<int> EraseAsync(PostgresReportStore store, ReportErasure what)
    {
        var erased = 0;
        for (string? next = null; ;)
        {
            var slice = await store.EraseAsync(what, next, limit: 100);
            (erased, next) = (erased + slice.Erased, slice.Next);
            if (next is null) return erased;
        }
    }
}
