using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Traxxs.Mqtt.Packets;

namespace Traxxs.Cli.Record;

/// <summary>Writes a capture line by line, from any thread.</summary>
internal sealed class CaptureWriter : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();
    private readonly StreamWriter _file;
    private readonly DateTimeOffset _startedAt;
    private readonly HashSet<string> _devices = new(StringComparer.Ordinal);
    private readonly long _most;
    private long _rows;

    /// <summary>Begins a file; one that is there is not written over. <paramref name="most"/>: rows until <see cref="Full"/>.</summary>
    public CaptureWriter(string path, string source, DateTimeOffset startedAt, long most)
    {
        _file = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n", AutoFlush = true };
        _startedAt = startedAt;
        _most = most;
        _file.WriteLine(JsonSerializer.Serialize(new CaptureHeader { Format = CaptureHeader.FormatName, Version = CaptureHeader.NewestVersion, StartedAt = startedAt, Source = source }, Json));
    }

    /// <summary>As many rows as were asked for are there.</summary>
    public event Action? Full;

    /// <summary>Messages written.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>Devices among them.</summary>
    public int Devices
    {
        get { lock (_gate) return _devices.Count; }
    }

    /// <summary>Writes a message.</summary>
    public void Write(DateTimeOffset at, string way, string topic, MqttQoS qos, bool retain, bool duplicate, ReadOnlySpan<byte> payload)
    {
        var row = new CaptureRow
        {
            T = (long)(at - _startedAt).TotalMilliseconds,
            Device = CaptureRow.DeviceOf(topic),
            Way = way,
            Topic = topic,
            QoS = (int)qos,
            Retain = retain,
            Dup = duplicate,
            Payload = Convert.ToHexStringLower(payload),
        };
        lock (_gate)
        {
            if (_rows >= _most) return;
            _file.WriteLine(JsonSerializer.Serialize(row, Json));
            if (row.Device is { } device) _devices.Add(device);
            if (++_rows < _most) return;
        }

        Full?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _file.Dispose();
    }
}

/// <summary>Reads captures.</summary>
internal static class CaptureReader
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Whether a file says that it is a capture.</summary>
    public static bool IsCapture(string path)
    {
        if (!path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) || !File.Exists(path)) return false;
        return File.ReadLines(path).FirstOrDefault()?.Contains(CaptureHeader.FormatName, StringComparison.Ordinal) ?? false;
    }

    /// <summary>The messages of a file. A last line that was broken off is left out.</summary>
    /// <exception cref="CaptureException">It is no capture, of a newer version, or a line of it cannot be read.</exception>
    public static IEnumerable<CaptureRow> Read(string path)
    {
        using var file = new StreamReader(path);
        var header = Parse<CaptureHeader>(path, 1, file.ReadLine() ?? "");
        if (header.Format != CaptureHeader.FormatName) throw new CaptureException($"{path} is no capture of 'traxxs record'");
        if (header.Version is < 1 or > CaptureHeader.NewestVersion) throw new CaptureException($"{path} is a capture of version {header.Version}; {CaptureHeader.NewestVersion} is the newest known here");
        var number = 1;
        for (var line = file.ReadLine(); line is not null;)
        {
            number++;
            var next = file.ReadLine();
            if (next is null && !line.EndsWith('}')) yield break;
            yield return Parse<CaptureRow>(path, number, line);
            line = next;
        }
    }

    private static T Parse<T>(string path, int line, string text)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, Json) ?? throw new JsonException("nothing there");
        }
        catch (JsonException problem)
        {
            throw new CaptureException($"{path}, line {line}: {problem.Message}", problem);
        }
    }
}
