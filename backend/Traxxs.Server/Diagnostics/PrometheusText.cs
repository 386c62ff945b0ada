using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Traxxs.Server.Diagnostics;

/// <summary>
/// The Prometheus text format (0.0.4) of one meter's instruments. Written here because it is a page of code, and nothing
/// else would have to be trusted with the numbers.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>Media type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    // From a commit on a good disk to a channel that hardly answers.
    private static readonly double[] BoundsS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Distribution>> _distributions = new();
    private readonly Dictionary<Instrument, List<(string Labels, long Value)>> _observed = [];
    private readonly Lock _writing = new();

    /// <summary>Listens to a meter from now on.</summary>
    public PrometheusText(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Observe(instrument, LabelsOf(tags), value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _distributions
            .GetOrAdd(instrument, static _ => new(StringComparer.Ordinal)).GetOrAdd(LabelsOf(tags), static _ => new Distribution()).Add(value));
        _listener.Start();
    }

    /// <summary>All there is now.</summary>
    public string Write()
    {
        lock (_writing)
        {
            _observed.Clear();
            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var (instrument, values) in _observed) WriteValues(text, instrument, values);
            foreach (var (instrument, series) in _distributions.OrderBy(pair => pair.Key.Name, StringComparer.Ordinal)) WriteDistributions(text, instrument, series);
            return text.ToString();
        }
    }

    /// <summary>Listens no more.</summary>
    public void Dispose() => _listener.Dispose();

    private void Observe(Instrument instrument, string labels, long value)
    {
        if (!_observed.TryGetValue(instrument, out var values)) _observed[instrument] = values = [];
        values.Add((labels, value));
    }

    private static void WriteValues(StringBuilder text, Instrument instrument, List<(string Labels, long Value)> values)
    {
        var grows = instrument is ObservableCounter<long>;
        var name = NameOf(instrument) + (grows ? "_total" : "");
        WriteHead(text, name, instrument.Description, grows ? "counter" : "gauge");
        foreach (var (labels, value) in values) WriteLine(text, name, labels, value.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteDistributions(StringBuilder text, Instrument instrument, ConcurrentDictionary<string, Distribution> series)
    {
        var name = $"{NameOf(instrument)}_seconds";
        WriteHead(text, name, instrument.Description, "histogram");
        foreach (var (labels, distribution) in series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var (counts, sum) = distribution.Read();
            long below = 0;
            for (var i = 0; i < counts.Length; i++)
            {
                below += counts[i];
                var bound = i < BoundsS.Length ? BoundsS[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                WriteLine(text, $"{name}_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{bound}\"", below.ToString(CultureInfo.InvariantCulture));
            }

            WriteLine(text, $"{name}_sum", labels, sum.ToString("R", CultureInfo.InvariantCulture));
            WriteLine(text, $"{name}_count", labels, below.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void WriteHead(StringBuilder text, string name, string? help, string type) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void WriteLine(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value).Append('\n');
    }

    private static string NameOf(Instrument instrument) => instrument.Name.Replace('.', '_');

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(name).Append("=\"").Append(Escape(value?.ToString() ?? "")).Append('"');
        }

        return text.ToString();
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>Values counted by size.</summary>
    private sealed class Distribution
    {
        private readonly Lock _lock = new();
        private readonly long[] _counts = new long[BoundsS.Length + 1];
        private double _sum;

        public void Add(double value)
        {
            var i = Array.FindIndex(BoundsS, bound => value <= bound);
            lock (_lock)
            {
                _counts[i < 0 ? BoundsS.Length : i]++;
                _sum += value;
            }
        }

        public (long[] Counts, double Sum) Read()
        {
            lock (_lock) return ([.. _counts], _sum);
        }
    }
}
