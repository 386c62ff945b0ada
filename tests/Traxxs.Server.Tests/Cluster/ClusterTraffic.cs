using System.Security.Cryptography.X509Certificates;
using Traxxs.Store;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>Devices that send to a server all the time, and what the database says of their reports and calls.</summary>
internal sealed class ClusterTraffic(PostgresOptions database) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _sending = [];
    private ServiceDatabase? _watching;

    public List<ClusterDevice> Devices { get; } = [];

    /// <summary>Lets a device send until it is told to stop.</summary>
    public void Send(string id, string secret, Uri broker, int callEvery, TimeSpan pause, X509Certificate2Collection? authorities = null)
    {
        var device = new ClusterDevice(id, secret, broker, authorities);
        Devices.Add(device);
        _sending.Add(Task.Run(() => device.RunAsync(callEvery, pause, _stop.Token)));
    }

    public async Task StopSendingAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_sending);
    }

    /// <summary>Alerts of a device, newest first, from the database itself.</summary>
    public List<Alert> AlertsOf(string deviceId, string rule) => List(new AlertFilter { DeviceId = deviceId, Rule = rule }, 10_000);

    /// <summary>The last call of each device that was acknowledged, by its number.</summary>
    public Dictionary<string, uint> LastCalls() => Devices.ToDictionary(device => device.Id, device => device.Calls.LastOrDefault());

    /// <summary>Newest alerts of calls behind others of the same devices.</summary>
    public List<Alert> CallsBehind(Dictionary<string, uint> calls) =>
        List(new AlertFilter { Rule = "sos" }, 100).FindAll(alert => calls.TryGetValue(alert.DeviceId, out var last) && alert.Sequence > last);

    /// <summary>A call acknowledged from now on becomes an alert: how long until the first.</summary>
    public Task<TimeSpan> AlertsGoOnAsync(string when, int patienceS = 90)
    {
        var before = LastCalls();
        return ClusterBench.UntilAsync(() => CallsBehind(before).Count > 0, $"{when}: a new call is an alert", patienceS);
    }

    /// <summary>What every device was promised is kept: each report once, each call an alert, told to somebody.</summary>
    public async Task<(int Reports, int Calls)> KeptAsync()
    {
        var accepted = Devices.Sum(device => device.Accepted.Count);
        var calls = Devices.Sum(device => device.Calls.Count);
        await using var store = PostgresReportStore.Open(database);
        await ClusterBench.UntilAsync(() => Devices.All(device => SequencesOf(store, device.Id).IsSupersetOf(device.Accepted)), "every report that was acknowledged is stored");
        foreach (var device in Devices)
        {
            var stored = store.ReadBySequence(device.Id, 3, 0, 100_000).Select(one => one.Report.Sequence).ToList();
            Assert.HasCount(stored.Distinct().Count(), stored, $"{device.Id}: a report is stored twice");
        }

        await ClusterBench.UntilAsync(() => Devices.All(device => AlertsOf(device.Id, "sos").Count >= device.Calls.Count), "every call is an alert");
        await ClusterBench.UntilAsync(() => Devices.All(device => AlertsOf(device.Id, "sos").TrueForAll(alert => alert.NotifiedAt is not null)), "every alert is told");
        foreach (var device in Devices)
        {
            var raised = AlertsOf(device.Id, "sos").Select(alert => (uint)alert.Sequence!.Value).ToList();
            Assert.HasCount(raised.Distinct().Count(), raised, $"{device.Id}: a call is alerted twice");
        }

        return (accepted, calls);
    }

    public async ValueTask DisposeAsync()
    {
        await StopSendingAsync();
        _watching?.Dispose();
        _stop.Dispose();
    }

    private List<Alert> List(AlertFilter filter, int limit)
    {
        _watching ??= ServiceDatabase.OpenPostgres(database);
        return [.. _watching.Read(session => session.Alerts.List(null, filter, null, limit)).Select(row => row.Alert)];
    }

    private static HashSet<uint> SequencesOf(PostgresReportStore store, string deviceId) =>
        [.. store.ReadBySequence(deviceId, 3, 0, 100_000).Select(one => (uint)one.Report.Sequence)];
}
