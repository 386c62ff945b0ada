namespace Traxxs.Store.Sqlite;

/// <summary>
/// Small numbers for (device, epoch), so that neither text nor epoch stands in every report. All in memory: one entry for
/// each time a device lost its counter.
/// </summary>
internal sealed class NumberingTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string DeviceId, int Epoch), int> _ids = [];
    private readonly Dictionary<string, List<int>> _ofDevice = [];
    private readonly Dictionary<int, (string DeviceId, int Epoch)> _names = [];

    public void Load(Database database)
    {
        using var rows = database.Prepare("SELECT id, device, epoch FROM numbering");
        while (rows.Step()) Add((int)rows.Int64(0), rows.Text(1), (int)rows.Int64(2));
    }

    public bool TryFind(string deviceId, int epoch, out int id)
    {
        lock (_lock) return _ids.TryGetValue((deviceId, epoch), out id);
    }

    public void Add(int id, string deviceId, int epoch)
    {
        lock (_lock)
        {
            _ids[(deviceId, epoch)] = id;
            _names[id] = (deviceId, epoch);
            if (!_ofDevice.TryGetValue(deviceId, out var ids)) _ofDevice[deviceId] = ids = [];
            ids.Add(id);
        }
    }

    /// <summary>The numberings of a device, none where it never reported.</summary>
    public int[] OfDevice(string deviceId)
    {
        lock (_lock) return _ofDevice.TryGetValue(deviceId, out var ids) ? ids.ToArray() : [];
    }

    public string[] Devices()
    {
        lock (_lock) return _ofDevice.Keys.ToArray();
    }

    /// <exception cref="StoreCorruptException">No numbering has this id.</exception>
    public (string DeviceId, int Epoch) NameOf(int id)
    {
        lock (_lock)
        {
            return _names.TryGetValue(id, out var name) ? name : throw new StoreCorruptException($"a stored report names numbering {id}, which is not in the table");
        }
    }
}
