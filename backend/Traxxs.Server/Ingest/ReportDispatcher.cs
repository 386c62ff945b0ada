using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Traxxs.Store;

namespace Traxxs.Server.Ingest;

/// <summary>
/// Hands stored reports to the consumers, in the order of arrival, from one thread. It reads them from the store behind
/// its cursor, whether they arrived just now, while it was behind, or before a restart: one path, so nothing falls between
/// two, and a slow consumer costs neither memory nor a publisher's time.
/// </summary>
public sealed class ReportDispatcher : IAsyncDisposable
{
    /// <summary>Reports read at a time: some ten segments of the store; a consumer's pause delays no more than these.</summary>
    private const int PageMax = 256;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly IReportStore _store;
    private readonly IReadOnlyList<IReportConsumer> _consumers;
    private readonly ILogger _log;
    private readonly ConcurrentQueue<Contact> _contacts = new();
    // Waits without spinning first: it is woken for each commit, and spinning in between took a part of a core.
    private readonly AutoResetEvent _wake = new(false);
    private readonly CancellationTokenSource _stop = new();
    private readonly LoopTrouble _trouble;
    private Thread? _thread;
    private int _awake;
    private long _position;
    private long _passedOver;

    /// <summary>A dispatcher that stands still until <see cref="Start"/>.</summary>
    /// <param name="store">Where reports are read.</param>
    /// <param name="consumers">Who is told, in this order.</param>
    /// <param name="startPosition">
    /// The position behind which it begins: <see cref="IReportStore.LastPosition"/> for consumers that read the past by
    /// themselves, 0 for all there is.
    /// </param>
    /// <param name="log">Where a consumer's fault is told.</param>
    public ReportDispatcher(IReportStore store, IReadOnlyList<IReportConsumer> consumers, long startPosition, ILogger log)
    {
        (_store, _consumers, _position, _log) = (store, consumers, startPosition, log);
        _trouble = new LoopTrouble(log, "reports wait to be told");
    }

    /// <summary>Position of the last report all consumers were told of.</summary>
    public long Position => Interlocked.Read(ref _position);

    /// <summary>Why reports wait to be told, for a person; null where they do not.</summary>
    public string? Trouble => _trouble.Reason;

    /// <summary>How often a consumer failed on a report, or a stored report could not be decoded; the others went on.</summary>
    public long PassedOver => Interlocked.Read(ref _passedOver);

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        _thread = new Thread(Run) { Name = "report dispatcher", IsBackground = true };
        _thread.Start();
    }

    /// <summary>A report was stored. Never blocks, from any thread.</summary>
    public void ReportStored()
    {
        if (Interlocked.Exchange(ref _awake, 1) == 0) _wake.Set();
    }

    /// <summary>
    /// A device's connection came or went: told soon, in the order of contacts, between two pages of reports. It has a time and no place
    /// among reports: while those are caught up with, who is connected is said of now. Never blocks, from any thread.
    /// </summary>
    public void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime)
    {
        _contacts.Enqueue(new Contact(deviceId, connected, serverTime));
        ReportStored();
    }

    /// <summary>Tells the consumers everything there is to tell by now. For the thread, and for tests without one.</summary>
    public void Pump()
    {
        TellContacts();
        while (!_stop.IsCancellationRequested && _store.ReadAfter(_position, PageMax) is { Count: > 0 } page)
        {
            foreach (var stored in page) Dispatch(stored);
            TellContacts();
        }
    }

    /// <summary>Stops after the report under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _wake.Set();
        if (_thread is { } thread) await Task.Run(thread.Join).ConfigureAwait(false);
        _stop.Dispose();
        _wake.Dispose();
    }

    private void Dispatch(StoredReport stored)
    {
        if (AcceptedReport.From(stored) is { } report)
        {
            Tell(consumer => consumer.Accept(report), stored.Report.DeviceId);
        }
        else
        {
            Interlocked.Increment(ref _passedOver);
            _log.LogError("the stored report {Position} of {Device} does not decode", stored.Position, stored.Report.DeviceId);
        }

        Interlocked.Exchange(ref _position, stored.Position);
    }

    private void TellContacts()
    {
        while (_contacts.TryDequeue(out var contact))
            Tell(consumer => consumer.ContactChanged(contact.DeviceId, contact.Connected, contact.ServerTime), contact.DeviceId);
    }

    private void Tell(Action<IReportConsumer> what, string deviceId)
    {
        foreach (var consumer in _consumers)
        {
            try
            {
                what(consumer);
            }
            catch (Exception error)
            {
                // It costs this consumer this report; the others, and the next report, go on.
                Interlocked.Increment(ref _passedOver);
                _log.LogError(error, "{Consumer} failed on a report of {Device}", consumer.GetType().Name, deviceId);
            }
        }
    }

    private readonly record struct Contact(string DeviceId, bool Connected, DateTimeOffset ServerTime);

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Interlocked.Exchange(ref _awake, 0);
                Pump();
                _trouble.Worked();
                _wake.WaitOne();
            }
            catch (Exception error)
            {
                _trouble.Failed(error); // uncaught here it would end the process
                _stop.Token.WaitHandle.WaitOne(RetryDelay);
            }
        }
    }
}
