namespace Traxxs.Store.Tests;

/// <summary>Random operations on a store and on the memory store side by side; every read must agree.</summary>
internal static class StoreModel
{
    /// <param name="seed">Of the random operations.</param>
    /// <param name="steps">How many groups.</param>
    /// <param name="open">Opens the store, the first time empty and then with what was in it.</param>
    public static async Task RunAsync(int seed, int steps, Func<IReportStore> open)
    {
        var random = new Random(seed);
        var model = new MemoryReportStore();
        var store = open();
        for (var step = 0; step < steps; step++)
        {
            await AppendGroup(random, model, store, seed);
            if (random.Next(6) == 0) await Erase(random, model, store, seed);
            if (random.Next(10) == 0)
            {
                await store.DisposeAsync();
                store = open();
            }

            Compare(random, model, store);
        }

        await store.DisposeAsync();
    }

    private static async Task AppendGroup(Random random, MemoryReportStore model, IReportStore store, int seed)
    {
        var waiting = new List<(Task<AppendResult> Actual, AppendResult Expected)>();
        for (var i = random.Next(1, 400); i > 0; i--)
        {
            var report = RandomReport(random);
            waiting.Add((store.AppendAsync(report).AsTask(), await model.AppendAsync(report)));
        }

        foreach (var (actual, expected) in waiting) Assert.AreEqual(expected.Outcome, (await actual).Outcome, $"seed {seed}");
    }

    private static async Task Erase(Random random, MemoryReportStore model, IReportStore store, int seed)
    {
        var (from, limit) = (random.Next(1000), random.Next(1, 300));
        var what = new ReportErasure($"d{random.Next(5)}") { FromS = random.Next(2) == 0 ? null : from, BeforeS = random.Next(2) == 0 ? null : from + random.Next(300) };
        Assert.AreEqual(await EraseAll(model, what, limit), await EraseAll(store, what, limit), $"seed {seed}");
    }

    private static async Task<int> EraseAll(IReportStore store, ReportErasure what, int limit)
    {
        var erased = 0;
        for (var progress = await store.EraseAsync(what, null, limit); ; progress = await store.EraseAsync(what, progress.Next, limit))
        {
            erased += progress.Erased;
            if (progress.Next is null) return erased;
        }
    }

    private static ReportRecord RandomReport(Random random)
    {
        var sequence = random.Next(8) == 0 ? random.NextInt64(1L << 32) : random.Next(400);
        var first = random.Next(1000);
        (long, long)? fixS = random.Next(5) == 0 ? null : (first, first + random.Next(50));
        var payload = new byte[random.Next(10) == 0 ? random.Next(2000) : random.Next(1, 3)];
        return Reports.Make($"d{random.Next(4)}", sequence, fixS, payload) with
        {
            Epoch = random.Next(2),
            ServerTimeMs = 1_700_000_000_000 + random.Next(-5000, 100_000),
            DeviceTimeS = random.Next(4) == 0 ? null : 1_700_000_000 + random.Next(-100, 100),
        };
    }

    private static void Compare(Random random, MemoryReportStore model, IReportStore store)
    {
        Assert.AreEqual(model.Count(), store.Count());
        var (device, limit, from) = ($"d{random.Next(5)}", random.Next(1, 200), random.Next(1000));
        Reports.AssertSame(model.ReadNewest(device, limit), store.ReadNewest(device, limit));
        var to = from + random.Next(300);
        Reports.AssertSame(model.ReadByFixTime(device, from, to, null, limit), store.ReadByFixTime(device, from, to, null, limit));
        Reports.AssertSame(ByDevice(model.ReadNewestOfEachDevice()), ByDevice(store.ReadNewestOfEachDevice()));
        Reports.AssertSame(model.ReadAfter(0, limit), store.ReadAfter(0, limit));
        // From anywhere in the log, mostly near its end: where memory hands over to the file.
        var (modelAll, storeAll) = (model.ReadAfter(0, int.MaxValue), store.ReadAfter(0, int.MaxValue));
        if (modelAll.Count == 0) return;
        var at = Math.Max(0, modelAll.Count - 1 - random.Next(random.Next(2) == 0 ? 500 : modelAll.Count));
        Reports.AssertSame(model.ReadAfter(modelAll[at].Position, limit), store.ReadAfter(storeAll[at].Position, limit));
        Assert.HasCount(model.ReadRejected(20_000).Count, store.ReadRejected(20_000));
    }

    private static List<StoredReport> ByDevice(IReadOnlyList<StoredReport> reports) => reports.OrderBy(stored => stored.Report.DeviceId, StringComparer.Ordinal).ToList();
}
