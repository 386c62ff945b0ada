using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Mqtt.Packets;
using Traxxs.Mqtt.Server;
using Traxxs.Mqtt.Storage;

namespace Traxxs.Mqtt.Client;

/// <summary>
/// A client's unacknowledged publishes in a file. What <see cref="Put"/> returned from survives the loss of power; a publish
/// is sent after that. A removal that is lost costs a repeat with DUP, so it is not waited for.
/// </summary>
public sealed class FileClientStore : IMqttClientStore, IDisposable
{
    private const long CompactionBytesMin = 64 * 1024; // what is in flight is little, and so is what is copied

    private readonly RecordLog _log;
    private readonly Dictionary<ushort, long> _orders = [];
    private readonly PacketBuffer _record = new();
    private long _lastOrder;

    /// <summary>Opens or creates the store. Throws <see cref="IOException"/> if another process holds it.</summary>
    /// <param name="folder">Created if absent; several clients may share it.</param>
    /// <param name="name">Name of this client's files in it: letters, digits and what else a file name may have.</param>
    /// <param name="logger">The log.</param>
    public FileClientStore(string folder, string name = "inflight", ILogger? logger = null)
        : this(new DiskFolder(folder), name, logger: logger)
    {
    }

    internal FileClientStore(IStoreFolder folder, string name, long compactionBytesMin = CompactionBytesMin, ILogger? logger = null) =>
        _log = new RecordLog(folder, name, compactionBytesMin, logger ?? NullLogger.Instance);

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<ushort, byte[]>> Load()
    {
        var items = _log.Load();
        items.Sort((a, b) => a.Key.A.CompareTo(b.Key.A));
        foreach (var (key, _) in items)
        {
            _orders[(ushort)key.B] = key.A;
            _lastOrder = key.A;
        }

        items.RemoveAll(item => _orders[(ushort)item.Key.B] != item.Key.A); // replaced, and torn before that was said
        return items.ConvertAll(item => new KeyValuePair<ushort, byte[]>((ushort)item.Key.B, item.Value));
    }

    /// <inheritdoc/>
    public void Put(ushort packetIdentifier, ReadOnlySpan<byte> packet)
    {
        // A PUBREL takes its publish's place but not its turn: they are sent again in the order of the PUBRECs ([MQTT-4.6.0-4]).
        // The old record goes after the new one: of a batch that is torn the first part may be all there is.
        var replaces = _orders.TryGetValue(packetIdentifier, out var earlier);
        _orders[packetIdentifier] = ++_lastOrder;
        Append(RecordLog.OperationPut, KeyOf(_lastOrder, packetIdentifier), packet);
        if (replaces) Append(RecordLog.OperationRemove, KeyOf(earlier, packetIdentifier), default);
        Write();
        if (_log.PlanCopy() is not { } copy) return;
        _log.Copy(copy);
        _log.Adopt(copy);
    }

    /// <inheritdoc/>
    public void Remove(ushort packetIdentifier)
    {
        // Written with the next put: until then the publish is merely sent once more.
        if (_orders.Remove(packetIdentifier, out var order)) Append(RecordLog.OperationRemove, KeyOf(order, packetIdentifier), default);
    }

    /// <summary>Writes what is pending and closes.</summary>
    public void Dispose()
    {
        if (_record.Length > 0) Write();
        _record.Dispose();
        _log.Dispose();
    }

    private static MqttStoreKey KeyOf(long order, ushort identifier) => new(MqttStoreKind.ClientPublish, order, identifier);

    private void Append(byte operation, MqttStoreKey key, ReadOnlySpan<byte> value) => _log.Append(_record, operation, key, value);

    private void Write()
    {
        _log.Write(_record.Written.Span, _log.Claim(_record.Length));
        _record.TruncateTo(0);
    }
}
