using System.Diagnostics.Metrics;
using Traxxs.Server.Api;
using Traxxs.Store.Service;

namespace Traxxs.Server.Diagnostics;

/// <summary>
/// What is measured, as instruments any OpenTelemetry reader understands (System.Diagnostics.Metrics): the counters, and
/// how long things took. Names here have dots and no unit; the Prometheus text spells them its own way.
/// </summary>
internal sealed class ServerMeter : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Traxxs.Server";

    private const string Prefix = "traxxs.";
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private readonly Meter _meter;
    private readonly CounterSources _sources;
    private readonly TimeProvider _clock;
    private readonly Lock _reading = new();
    private readonly Histogram<double> _requests;
    private readonly Histogram<double> _notified;
    private ILookup<string, Counter> _counters;
    private long _readAt;

    /// <summary>Instruments over these sources.</summary>
    public ServerMeter(CounterSources sources, TimeProvider clock)
    {
        (_sources, _clock) = (sources, clock);
        _meter = new Meter(Name, typeof(ServerMeter).Assembly.GetName().Version?.ToString(3));
        _counters = Read();
        _requests = _meter.CreateHistogram<double>(Prefix + "http_request", "s", "time from a request to its answer");
        _notified = _meter.CreateHistogram<double>(Prefix + "alert_to_channel", "s", "time from an alert to the first channel that took it");
        foreach (var counters in _counters) Publish(counters.First());
    }

    /// <summary>The instruments' meter, for a listener in this process.</summary>
    public Meter Meter => _meter;

    /// <summary>A request was answered.</summary>
    public void Answered(string operation, int status, TimeSpan took) =>
        _requests.Record(took.TotalSeconds, new("operation", operation), new("status", $"{status / 100}xx"));

    /// <summary>A channel took an alert's first notification.</summary>
    public void Notified(Alert alert)
    {
        if (alert.NotifiedAt is { } at) _notified.Record(Math.Max(0, (at - alert.RaisedAt).TotalSeconds));
    }

    /// <summary>Withdraws the instruments.</summary>
    public void Dispose() => _meter.Dispose();

    private void Publish(Counter counter)
    {
        var name = counter.Name;
        var spelled = Prefix + (counter.Grows && name.EndsWith("_total", StringComparison.Ordinal) ? name[..^6] : name);
        if (counter.Grows) _meter.CreateObservableCounter(spelled, () => Measure(name), null, counter.Help);
        else _meter.CreateObservableGauge(spelled, () => Measure(name), null, counter.Help);
    }

    private IEnumerable<Measurement<long>> Measure(string name)
    {
        lock (_reading)
        {
            // One reading serves all instruments of a collection.
            if (_clock.GetElapsedTime(_readAt) > Fresh) _counters = Read();
            return [.. _counters[name].Select(counter => counter.Label is { } label
                ? new Measurement<long>(counter.Value, new KeyValuePair<string, object?>(label.Name, label.Value))
                : new Measurement<long>(counter.Value))];
        }
    }

    private ILookup<string, Counter> Read()
    {
        _readAt = _clock.GetTimestamp();
        return _sources.Read().ToLookup(counter => counter.Name, StringComparer.Ordinal);
    }
}
