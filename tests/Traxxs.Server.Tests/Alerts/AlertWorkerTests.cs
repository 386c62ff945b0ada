using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Cluster;
using Traxxs.Server.Ingest;
using Traxxs.Server.Tests.Ingest;
using Traxxs.Server.Tests.Support;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Alerts;

[TestClass]
public class AlertWorkerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceDatabase _database;
    private readonly MemoryReportStore _store = new();

    public AlertWorkerTests() => _database = TestServiceDatabase.Open(this, _folder);

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public async Task A_report_no_rule_can_digest_costs_itself_and_the_alarms_around_it_alert()
    {
        for (var i = 1u; i <= 5; i++) await StoreSosAsync(i);
        await using var worker = Worker(new AlarmEventRule(new FixedRuleBook(RuleSet.Default)), new Poisoned(sequence: 3));
        await UntilAsync(worker);
        Assert.AreEqual("1 2 4 5", Sequences());
        Assert.AreEqual(1, worker.PassedOver);
    }

    [TestMethod]
    public async Task What_was_stored_while_nobody_evaluated_is_taken_in_at_the_start()
    {
        for (var i = 1u; i <= 600; i++) await StoreSosAsync(i); // more than one group
        await using (var worker = Worker(new AlarmEventRule(new FixedRuleBook(RuleSet.Default))))
        {
            await UntilAsync(worker);
        }

        await StoreSosAsync(601);
        await using var again = Worker(new AlarmEventRule(new FixedRuleBook(RuleSet.Default)));
        await UntilAsync(again);
        Assert.AreEqual(601, _database.Read(session => session.Alerts.List(null, new AlertFilter(), null, 1000)).Count);
    }

    [TestMethod]
    public async Task A_call_does_not_wait_behind_a_backlog_and_alerts_once()
    {
        for (var i = 1u; i <= 1200; i++) await StoreAsync(Frames.Make(i)); // several groups, and more than one page
        await StoreSosAsync(1201);
        await StoreAsync(Frames.Make(1202));
        var gate = new Gate();
        await using var worker = Worker(new AlarmEventRule(new FixedRuleBook(RuleSet.Default)), gate);
        try
        {
            await WaitAsync(() => Sequences() == "1201", "the call is an alert");
            Assert.AreEqual(0, worker.Position, "the rules have not taken in one report of those before it");
            Assert.AreEqual("raised received", Told());
        }
        finally
        {
            gate.Open.Set();
        }

        await UntilAsync(worker);
        Assert.AreEqual("1201", Sequences());
        Assert.AreEqual("raised received", Told());

        string Told() => _database.Read(session => string.Join(' ', session.Outbox.List(null, null, null, 10)
            .Select(entry => entry.Channel == AlertJournal.DeviceChannel ? "received" : entry.Kind).Order()));
    }

    [TestMethod]
    public async Task A_report_that_cannot_be_looked_at_ahead_holds_up_no_call_behind_it()
    {
        for (var i = 1u; i <= 400; i++) await StoreAsync(Frames.Make(i));
        await StoreSosAsync(401);
        await StoreSosAsync(402);
        var failing = _store.ReadAfter(400, 1).Single().Position;
        var journal = new AlertJournal(_database, Escalations.Of((["log"], 5)));
        var ahead = new CallsAhead(
            _store, stored => stored.Position == failing ? throw new InvalidOperationException("poison") : AcceptedReport.From(stored), journal, [new AlarmEventRule(new FixedRuleBook(RuleSet.Default))]);
        Assert.AreEqual(402, ahead.Raise(100, _ => DeviceRuleState.Empty, Reports.At(6000)).Single().Sequence);
        Assert.AreEqual(_store.LastPosition, ahead.Seen);
        Assert.IsEmpty(ahead.Raise(200, _ => DeviceRuleState.Empty, Reports.At(6000)), "what was looked at is not looked at again");
    }

    // A process that was frozen inside its commit, as when a virtual machine is paused, and another that took over meanwhile.
    [TestMethod]
    public async Task A_commit_of_who_held_the_rules_before_loses_and_doubles_no_alert_of_who_holds_them_now()
    {
        for (var i = 1u; i <= 3; i++) await StoreSosAsync(i);
        using var others = TestServiceDatabase.Open(this, _folder);
        var frozen = new Frozen();
        var before = new AlertWorker(_store, AcceptedReport.From, new AlertJournal(others, new Escalator(EscalationPolicy.Standard, new Recipients(frozen))),
            [new AlarmEventRule(new FixedRuleBook(RuleSet.Default))], new ManualClock(), NullLogger.Instance);
        before.Start();
        await WaitAsync(() => frozen.IsReached, "the first is inside its commit");
        await StoreSosAsync(4);
        await using var now = new Leased<AlertWorker>("rules", new LocalLeases(), () => Worker(new AlarmEventRule(new FixedRuleBook(RuleSet.Default))),
            TimeProvider.System, NullLogger.Instance, worker => worker.Overtaken);
        await now.StartAsync(default);
        frozen.GoOn.Set();

        await WaitAsync(() => Sequences() == "1 2 3 4", "all are alerts");
        await StoreSosAsync(5);
        now.Current?.Wake();
        await WaitAsync(() => Sequences() == "1 2 3 4 5", "it goes on");
        await WaitAsync(() => now.Current is { Trouble: null }, "nothing is wrong any more");
        Assert.IsGreaterThan(0L, now.BegunAnew);

        // Who was frozen must not go on with what it remembers.
        before.Wake();
        await WaitAsync(() => before.Overtaken.IsCancellationRequested || before.Position >= _store.LastPosition, "the first ends or finds nothing to do");
        await before.DisposeAsync();
        Assert.AreEqual("1 2 3 4 5", Sequences());
        Assert.AreEqual(5, _database.Read(session => session.Outbox.List(null, null, null, 100)).Count(entry => entry.Channel == "log"), "each is told once");
    }

    [TestMethod]
    public void A_device_whose_silence_cannot_be_judged_costs_no_other_device_its_own()
    {
        var reports = new Reports();
        AcceptedReport[] spoke = [reports.Add(0, nextS: 300), reports.Add(0, nextS: 300, device: "insole-2")];
        var engine = new AlertEngine([new ContactRule(new FixedRuleBook(RuleSet.Default)), new Poisoned(sequence: -1)], [], 0);
        engine.Confirm(engine.Evaluate(spoke, spoke[^1].Position, Reports.At(0)));
        var batch = engine.Tick(Reports.At(1000), Reports.At(-1000));
        Assert.AreEqual("insole-2", batch.Raised.Single().DeviceId);
        Assert.AreEqual("insole-1", batch.Failed.Single().DeviceId);
    }

    [TestMethod]
    public async Task What_stands_escalates_though_the_rules_cannot_go_on()
    {
        await StoreSosAsync(1);
        await using (var before = Worker(new AlarmEventRule(new FixedRuleBook(RuleSet.Default)))) await UntilAsync(before);
        await StoreSosAsync(2);
        TestServiceDatabase.Execute(this, _folder, TestServiceDatabase.RefusesCursor(this));
        var clock = new ManualClock();
        clock.Advance(TimeSpan.FromDays(1));
        await using var worker = new AlertWorker(_store, AcceptedReport.From, new AlertJournal(_database, Escalations.Of((["log"], 5), (["mail"], 15))),
            [new AlarmEventRule(new FixedRuleBook(RuleSet.Default))], clock, NullLogger.Instance);
        worker.Start();
        await WaitAsync(() => _database.Read(session => session.Alerts.List(null, new AlertFilter(), null, 10)).Single().Alert.Tier == 1, "the next tier is told");
        Assert.IsNotNull(worker.Trouble);
    }

    [TestMethod]
    public async Task Late_fixes_are_found_in_the_store()
    {
        var fences = new GeofenceCatalog { Current = [GeofenceRuleTests.Circle(FenceCrossings.Leave)] };
        await StoreFixesAsync(1, 0, [0, 0]);
        await StoreFixesAsync(2, 4000, [0, 0]);
        await StoreFixesAsync(3, 2000, [300, 300, 0, 0]);
        await using var worker = Worker([.. AlertRules.All(new RuleOptions(), fences, new StoredFixHistory(_store, AcceptedReport.From))]);
        await UntilAsync(worker);
        var alert = _database.Read(session => session.Alerts.List(null, new AlertFilter(), null, 10)).Single().Alert;
        Assert.AreEqual(Reports.At(2000), alert.EventTime);
        Assert.AreEqual(EndRule.CrossedBack, alert.Resolution);
    }

    private AlertWorker Worker(params IAlertRule[] rules)
    {
        var journal = new AlertJournal(_database, Escalations.Of((["log"], 5)));
        var worker = new AlertWorker(_store, AcceptedReport.From, journal, rules, new ManualClock(), NullLogger.Instance);
        worker.Start();
        return worker;
    }

    private Task UntilAsync(AlertWorker worker) => WaitAsync(() => worker.Position >= _store.LastPosition, worker.Trouble);

    private static async Task WaitAsync(Func<bool> wanted, string? what)
    {
        var started = Environment.TickCount64;
        while (!wanted())
        {
            Assert.IsLessThan(120_000L, Environment.TickCount64 - started, what);
            await Task.Delay(10);
        }
    }

    private async Task StoreSosAsync(uint sequence) => await StoreAsync(Frames.Make(sequence, change: report =>
    {
        (report.EventCodes[0], report.EventTimeS[0], report.EventValue[0], report.EventCount) = (EventCode.Sos, report.DeviceTimeS, (int)sequence, 1);
    }));

    private async Task StoreFixesAsync(uint sequence, int startS, int[] metresNorth) => await StoreAsync(Frames.Make(sequence, metresNorth.Length, report =>
    {
        for (var i = 0; i < metresNorth.Length; i++)
        {
            var fix = Reports.North(startS + i, metresNorth[i]);
            report.FixTimeS[i] = (uint)fix.FixTime.ToUnixTimeSeconds();
            (report.LatitudeE5[i], report.LongitudeE5[i]) = ((int)Math.Round(fix.Latitude * 1e5), 1_300_000);
        }

        report.DeviceTimeS = report.FixTimeS[metresNorth.Length - 1];
    }));

    private async Task StoreAsync(byte[] frame)
    {
        var report = new Report();
        Assert.AreEqual(DecodeResult.Ok, new ReportReader().Read(frame, 0, frame.Length, report));
        long? first = report.FixCount == 0 ? null : report.FixTimeS[..report.FixCount].Min();
        long? last = report.FixCount == 0 ? null : report.FixTimeS[..report.FixCount].Max();
        await _store.AppendAsync(new ReportRecord("insole-1", report.Epoch, report.Sequence, Reports.At(5000).ToUnixTimeMilliseconds(), report.DeviceTimeS, first, last, report.FixCount, frame));
    }

    private string Sequences() => string.Join(' ', _database.Read(session => session.Alerts.List(null, new AlertFilter(), null, 100)).Select(row => row.Alert.Sequence).Order());

    private sealed class Gate : IAlertRule
    {
        public ManualResetEventSlim Open { get; } = new();

        public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch)
        {
            Open.Wait();
            return state;
        }
    }

    // The channels of a server that stops where its first alert is told: with its transaction open.
    private sealed class Frozen : IReadOnlyList<string>
    {
        private volatile bool _isReached;

        public bool IsReached => _isReached;

        public ManualResetEventSlim GoOn { get; } = new();

        public int Count => 0;

        public string this[int index] => throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<string> GetEnumerator()
        {
            _isReached = true;
            GoOn.Wait();
            return Enumerable.Empty<string>().GetEnumerator();
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Poisoned(long sequence) : IAlertRule
    {
        public DeviceRuleState Evaluate(DeviceRuleState state, AcceptedReport report, AlertBatch batch) =>
            report.Sequence == sequence ? throw new InvalidOperationException("poison") : state;

        public DeviceRuleState Tick(DeviceRuleState state, string deviceId, TickContext context, AlertBatch batch) =>
            sequence < 0 && deviceId == "insole-1" ? throw new InvalidOperationException("poison") : state;
    }
}
