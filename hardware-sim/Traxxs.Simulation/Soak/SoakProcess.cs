using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Protocol;
using Traxxs.Server.Alerts;
using Traxxs.Server.Alerts.Escalation;
using Traxxs.Server.Alerts.Geofences;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Notifications;
using Traxxs.Simulation.Scenarios;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Soak;

/// <summary>
/// One life of the server's process: the server's own ingest, rules, journal, outbox and desk in simulated time, over a store
/// that may fail. What <see cref="AlertWorker"/> and the host's heartbeat do from threads is done here when it is due.
/// </summary>
internal sealed class SoakProcess : IDownlink
{
    private const int GroupMax = 256;

    // As AlertWorker waits for a database that refused.
    private const int RetryMs = 1000;

    // The rules wake at once; one event later, so that a death may fall between.
    private const int WakeMs = 1;

    private static readonly EscalationPolicy Policy = new("Soak",
    [
        new EscalationTier([new EscalationTarget(TargetKind.Channel, Recipients.Log)], TimeSpan.FromMinutes(5), 0),
        new EscalationTier([new EscalationTarget(TargetKind.Channel, Recipients.Log), new EscalationTarget(TargetKind.Channel, Recipients.Live)], TimeSpan.FromMinutes(15), 0),
    ]);

    private readonly SoakServer _server;
    private readonly FaultyReportStore _faulty;
    private readonly IReportStore _store;
    private readonly AlertJournal _journal;
    private readonly AlertEngine _engine;
    private readonly AlertDesk _desk;
    private readonly OutboxWorker _outbox;
    private readonly DeviceChannel _commands;
    private readonly INotificationChannel[] _channels;
    private DateTimeOffset _listeningSince;
    private bool _lookPlanned;
    private bool _dead;

    /// <summary>Starts on what lies on the disk.</summary>
    public SoakProcess(SoakServer server)
    {
        _server = server;
        _faulty = new FaultyReportStore(server.Disk, server.Scheduler, server.Faults, server.Random, server.Passes);
        _store = server.Parts.Store(_faulty);
        var escalator = new Escalator(Policy, new Recipients([]));
        _journal = new AlertJournal(Service, escalator);
        _engine = _journal.Resume(server.Parts.Rules(AlertRules.All(new RuleOptions(), server.Fences, new StoredFixHistory(_store, AcceptedReport.From))));
        _desk = new AlertDesk(Service, escalator, server.Time);
        _commands = new DeviceChannel(Service, this, server.IsConnected, server.Time);
        _channels = [.. new[] { Recipients.Log, Recipients.Live }.Select(name => server.Inbox.Channel(name, () => server.Faults.Strikes(FaultKind.ChannelFails, server.NowMs))), _commands];
        _outbox = new OutboxWorker(Service, _channels, server.Time, NullLogger.Instance) { GivenUp = escalator.GaveUp };
        Ingest = new ReportIngest(_store, server.Time, server.Counters, Wake);
        _listeningSince = server.Time.GetUtcNow();
        Wake();
    }

    /// <summary>Where frames go.</summary>
    public ReportIngest Ingest { get; }

    /// <summary>Whether reports and alerts can be kept, as far as the process knows.</summary>
    public bool IsWell => _faulty.Health.Available && Trouble is null;

    /// <summary>Why the rules stand still; null where they go on.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Appends waiting for their commit.</summary>
    public int Queued => _faulty.Health.Queued;

    /// <summary>Position the rules have read to.</summary>
    public long Cursor => _engine.Cursor;

    private ServiceDatabase Service => _server.Disk.Service;

    /// <summary>It is gone, and does nothing any more.</summary>
    public void Die()
    {
        _dead = true;
        _faulty.Die();
        _commands.Dispose();
        _outbox.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>A report was stored, or time has passed: the rules look.</summary>
    public void Wake() => PlanLook(WakeMs);

    /// <summary>A device is back: what waits for it is due at once.</summary>
    public void DeviceCame(string deviceId)
    {
        if (Try(() =>
        {
            if (!Service.Read(session => session.Outbox.IsPending(AlertJournal.DeviceChannel, deviceId))) return;
            Service.Write(session => session.Outbox.Hasten(AlertJournal.DeviceChannel, deviceId, _server.Time.GetUtcNow()));
        })) Wake();
    }

    /// <summary>A person takes an alert, or ends it. False: it could not be kept now.</summary>
    public bool Act(string who, string alertId, bool ends)
    {
        var actor = new Actor(ActorKind.User, who, who, Role.Responder, OrganisationId.First);
        return Try(() => _ = ends ? _desk.Resolve(actor, alertId, "dealt with") : _desk.Acknowledge(actor, alertId, null));
    }

    /// <inheritdoc/>
    public ValueTask SendCommandAsync(string deviceId, Command command, TimeSpan? validFor = null, CancellationToken cancellationToken = default)
    {
        var buffer = new byte[CommandFrame.FrameSizeMax];
        _server.SendDown(deviceId, buffer[..CommandFrame.Write(command, buffer, 0)]);
        return ValueTask.CompletedTask;
    }

    // One look is planned at a time: while a database refuses, nobody makes it look sooner.
    private void PlanLook(int afterMs)
    {
        if (_dead || _lookPlanned) return;
        _lookPlanned = true;
        _server.Scheduler.After(afterMs, Look);
    }

    private void Look()
    {
        _lookPlanned = false;
        if (_dead || !_server.Passes(CrashMoment.BeforeRules)) return;
        var went = Try(() =>
        {
            while (_store.ReadAfter(_engine.Cursor, GroupMax) is { Count: > 0 } stored)
            {
                var reports = stored.Select(AcceptedReport.From).OfType<AcceptedReport>().ToList();
                if (!Commit(_engine.Evaluate(reports, stored[^1].Position, _server.Time.GetUtcNow()))) return;
            }

            PassTime();
        });
        if (_dead) return;
        if (went)
        {
            Trouble = null;
            return;
        }

        _listeningSince = _server.Time.GetUtcNow();
        PlanLook(RetryMs);
    }

    private void PassTime()
    {
        var now = _server.Time.GetUtcNow();
        if (!_store.Health.Available) _listeningSince = now;
        if (!Commit(_engine.Tick(now, _listeningSince))) return;
        _server.AlertsChanged |= _journal.Escalate(now).Count > 0;
        _outbox.Tick(now);
        foreach (var channel in _channels) _outbox.DeliverDueAsync(channel, CancellationToken.None).GetAwaiter().GetResult();
    }

    // False: the process died over it.
    private bool Commit(AlertBatch batch)
    {
        _server.Disk.MarkService();
        var changed = _server.Parts.Commit(batch, _journal.Commit);
        if (!batch.IsEmpty && (!_server.Passes(CrashMoment.TornJournal) || !_server.Passes(CrashMoment.AfterJournal))) return false;
        _engine.Confirm(batch);
        _server.AlertsChanged |= changed.Count > 0;
        return true;
    }

    private bool Try(Action what)
    {
        try
        {
            what();
            return true;
        }
        catch (StoreUnavailableException problem)
        {
            Trouble = problem.Message;
            return false;
        }
    }
}
