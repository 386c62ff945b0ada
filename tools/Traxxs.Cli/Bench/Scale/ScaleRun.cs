using System.Diagnostics;
using Npgsql;
using Traxxs.Engines;
using Traxxs.Store;
using Traxxs.Store.Sqlite;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>One shape of the server, measured from its start to the count of what it stored.</summary>
internal sealed class ScaleRun(ScaleSettings settings, ScaleEngines? engines, string folder, (string Certificate, string Key) tls, bool holds, ScaleShape shape, Action<string> progress)
{
    private const int ContactsAtOnce = 16;
    private const double WarmUpSeconds = 4;      // at the most
    private static readonly TimeSpan SettleMax = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private ScaleServers _servers = null!;
    private LoadProcess _load = null!;
    private NpgsqlConnection? _database;
    private ushort _epoch;

    /// <summary>Measures; what was found stands in the shape, also where this fails.</summary>
    /// <exception cref="EngineException">A step could not be done.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<string> devices = [.. Names(settings.Devices, held: false), .. Names(settings.Held, held: true)];
        progress("starts");
        _servers = engines is null
            ? await ScaleServers.StartOneAsync(folder, devices, null, cancellationToken)
            : await ScaleServers.StartRolesAsync(folder, devices, engines, shape.Listeners, cancellationToken);
        try
        {
            using (_load = LoadProcess.Start())
            using (_database = engines?.Postgres.Connect(_servers.Database!))
            {
                await MeasureAsync(cancellationToken);
            }

            if (_servers.Database is null) await ContactsByTlsOfOneAsync(devices, cancellationToken);
        }
        finally
        {
            await _servers.DisposeAsync();
        }

        if (_servers.Database is null) await CountFolderAsync();
    }

    private static IEnumerable<string> Names(int count, bool held) => Enumerable.Range(0, count).Select(number => ScaleLoad.DeviceOf(number, held));

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        await DoAsync(new ScaleOrder { Do = "connect", Port = _servers.MqttPort, Secrets = _servers.Secrets, Count = settings.Devices }, cancellationToken);
        progress("warms up");
        await FullAsync(1, Math.Min(WarmUpSeconds, settings.Seconds), cancellationToken);
        foreach (var fixes in settings.Fixes)
        {
            progress($"as fast as it goes, {fixes} fixes a report");
            shape.Full.Add(await FullAsync(fixes, settings.Seconds, cancellationToken));
        }

        progress("alerts");
        var alarms = await DoAsync(
            new ScaleOrder { Do = "alarms", Epoch = ++_epoch, Rate = settings.Rate, Alarms = settings.Alarms, Seconds = settings.Seconds, Live = _servers.Live, Token = _servers.Token }, cancellationToken);
        shape.Acknowledged += alarms.Count;
        shape.Alarms = new AlarmResult(settings.Rate, alarms.Alarms, alarms.Missed, alarms.P50Ms, alarms.P99Ms, alarms.MaxMs);
        if (alarms.Missed > 0) throw new EngineException($"{alarms.Missed} of {alarms.Alarms} presses for help were never seen as an alert");
        await DoAsync(new ScaleOrder { Do = "leave" }, cancellationToken);
        await StandAsync(cancellationToken);
        progress("contacts");
        await ContactsAsync(byTls: false, cancellationToken);
        if (engines is null) return;
        progress("contacts by TLS");
        await ContactsAsync(byTls: true, cancellationToken);
        if (holds && settings.Held > 0) await HoldAsync(cancellationToken);
        CountDatabase();
    }

    private async Task<FullResult> FullAsync(int fixes, double seconds, CancellationToken cancellationToken)
    {
        var before = Account();
        await using var line = _database is null ? null : new LineWaits(engines!.Postgres.Connect(_servers.Database!));
        var watch = Stopwatch.StartNew();
        var sent = await DoAsync(new ScaleOrder { Do = "full", Epoch = ++_epoch, Fixes = fixes, Seconds = seconds }, cancellationToken);
        // The load makes its frames before it sends: that is none of the server's time.
        shape.Acknowledged += sent.Count;
        var unsent = watch.Elapsed.TotalSeconds;
        await UntilAsync(() => Task.FromResult(_database is null || Stored() >= shape.Acknowledged), "all that was acknowledged is stored", cancellationToken);
        var stored = sent.Seconds + watch.Elapsed.TotalSeconds - unsent;
        await UntilAsync(() => _servers.AreRulesUpToDateAsync(cancellationToken), "the rules have taken in all that is stored", cancellationToken);
        var evaluated = sent.Seconds + watch.Elapsed.TotalSeconds - unsent;
        return ScaleBill.Of(fixes, sent, stored, evaluated, before, Account(), line?.Percent ?? 0);
    }

    // Several processes that look by themselves several times a second: on a small machine that is seen.
    private async Task StandAsync(CancellationToken cancellationToken)
    {
        progress("stands still");
        var (before, watch) = (Account(), Stopwatch.StartNew());
        await Task.Delay(TimeSpan.FromSeconds(settings.Seconds), cancellationToken);
        shape.Standing = ScaleBill.CpuOf(before, Account(), watch.Elapsed.TotalMinutes);
    }

    private async Task ContactsAsync(bool byTls, CancellationToken cancellationToken)
    {
        var (before, watch) = (Account(), Stopwatch.StartNew());
        var made = await DoAsync(ContactsOrder(engines is not null && byTls ? engines.Rabbit.MqttTlsPort : _servers.MqttPort, byTls), cancellationToken);
        shape.Acknowledged += made.Count;
        await UntilAsync(() => Task.FromResult(_database is null || Stored() >= shape.Acknowledged), "all that was acknowledged is stored", cancellationToken);
        var cpu = ScaleBill.CpuOf(before, Account(), made.Count / 1000.0, shape.Standing, watch.Elapsed.TotalMinutes);
        shape.Contacts.Add(new ContactResult(byTls, Math.Round(made.Count / made.Seconds, 1), made.Missed, made.P50Ms, made.P99Ms, cpu));
        // One that took too long is told and no loss: the firmware would come again. Its report may be stored and not acknowledged.
    }

    private ScaleOrder ContactsOrder(int port, bool byTls) => new()
    {
        Do = "contacts", Port = port, Tls = byTls, Authority = tls.Certificate, Count = ContactsAtOnce, Epoch = ++_epoch, Fixes = 5, Seconds = settings.Seconds, Secrets = _servers.Secrets,
    };

    /// <summary>The one process has one kind of listener: for TLS it starts again on its folder.</summary>
    private async Task ContactsByTlsOfOneAsync(IReadOnlyList<string> devices, CancellationToken cancellationToken)
    {
        progress("contacts by TLS");
        await _servers.DisposeAsync();
        _servers = await ScaleServers.StartOneAsync(folder, devices, tls, cancellationToken);
        using (_load = LoadProcess.Start())
        {
            await DoAsync(new ScaleOrder { Do = "connect", Port = _servers.MqttPort, Tls = true, Authority = tls.Certificate, Secrets = _servers.Secrets, Count = settings.Devices }, cancellationToken);
            await DoAsync(new ScaleOrder { Do = "leave" }, cancellationToken);
            await ContactsAsync(byTls: true, cancellationToken);
        }
    }

    private async Task HoldAsync(CancellationToken cancellationToken)
    {
        progress("idle connections");
        var (empty, order) = (Account(), new ScaleOrder { Do = "hold", Port = _servers.MqttPort, Secrets = _servers.Secrets, Count = settings.Held });
        await DoAsync(order, cancellationToken);
        var connected = Account();
        await DoAsync(new ScaleOrder { Do = "let-go" }, cancellationToken);
        var gone = await CalmAsync(cancellationToken);
        await DoAsync(order with { Port = engines!.Rabbit.MqttTlsPort, Tls = true, Authority = tls.Certificate }, cancellationToken);
        var secure = await CalmAsync(cancellationToken);
        await DoAsync(new ScaleOrder { Do = "let-go" }, cancellationToken);
        shape.Held = new HeldResult(settings.Held, Growth(empty, connected), Growth(empty, gone), Growth(gone, secure), ScaleBill.CpuOf(empty, connected, settings.Held / 1000.0));

        double Growth(ScaleAccount before, ScaleAccount after) => Math.Round((double)(after.Processes["rabbitmq"].MemoryBytes - before.Processes["rabbitmq"].MemoryBytes) / settings.Held);
    }

    // Erlang gives memory back some seconds after what used it has ended.
    private async Task<ScaleAccount> CalmAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        return Account();
    }

    private ScaleAccount Account() => ScaleAccount.Take(_servers, engines, _database, _load.ProcessId);

    private Task<ScaleAnswer> DoAsync(ScaleOrder order, CancellationToken cancellationToken) => _load.DoAsync(order, cancellationToken);

    private long Stored() => ScaleAccount.Number(_database!, "SELECT reports FROM report_head");

    private void CountDatabase()
    {
        shape.Stored = ScaleAccount.Number(_database!, "SELECT count(*) FROM report");
        shape.Doubled = shape.Stored - ScaleAccount.Number(_database!, "SELECT count(*) FROM (SELECT DISTINCT device, epoch, sequence FROM report) AS once");
        shape.Lost = Math.Max(0, shape.Acknowledged - (shape.Stored - shape.Doubled));
    }

    // The SQLite store has one place for a number: it cannot hold a report twice.
    private async Task CountFolderAsync()
    {
        await using var store = SqliteReportStore.Open(_servers.Data);
        shape.Stored = store.Count();
        shape.Lost = Math.Max(0, shape.Acknowledged - shape.Stored);
    }

    private static async Task UntilAsync(Func<Task<bool>> wanted, string what, CancellationToken cancellationToken)
    {
        for (var watch = Stopwatch.StartNew(); !await wanted(); await Task.Delay(LookAgain, cancellationToken))
        {
            if (watch.Elapsed > SettleMax) throw new EngineException($"not after {SettleMax.TotalSeconds:0} s: {what}");
        }
    }
}
