using System.Text.Json;
using Traxxs.Protocol;

namespace Traxxs.Server.Devices;

/// <summary>Some settings with their values, each checked by itself; whether they go together says <see cref="Problem"/>.</summary>
public sealed class DeviceSettings
{
    private readonly SortedDictionary<SettingCode, int> _values;

    private DeviceSettings(SortedDictionary<SettingCode, int> values) => _values = values;

    /// <summary>None at all: everything as built in.</summary>
    public static DeviceSettings None { get; } = new([]);

    /// <summary>Values by name, in the order of their numbers.</summary>
    public IReadOnlyDictionary<string, int> Values => _values.ToDictionary(pair => SettingCatalogue.Find((int)pair.Key)!.Name, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>Reads settings somebody sent.</summary>
    /// <exception cref="SettingException">There is no such setting, or its value is outside its range.</exception>
    public static DeviceSettings Check(IEnumerable<KeyValuePair<string, int>> settings)
    {
        var values = new SortedDictionary<SettingCode, int>();
        foreach (var (name, value) in settings)
        {
            if (SettingCatalogue.Find(name) is not { } setting) throw new SettingException(name, "there is no such setting");
            if (value < setting.Min || value > setting.Max) throw new SettingException(name, $"must be {setting.Min} to {setting.Max}{(setting.Unit.Length > 0 ? $" {setting.Unit}" : "")}, is {value}");
            values[setting.Code] = value;
        }

        return new DeviceSettings(values);
    }

    /// <summary>Reads settings as this program stored them; what a newer program knew and this one does not is left out.</summary>
    public static DeviceSettings Stored(string? json)
    {
        if (json is null) return None;
        var known = JsonSerializer.Deserialize<Dictionary<string, int>>(json)!.Where(pair => SettingCatalogue.Find(pair.Key) is not null);
        return new DeviceSettings(new SortedDictionary<SettingCode, int>(known.ToDictionary(pair => SettingCatalogue.Find(pair.Key)!.Code, pair => pair.Value)));
    }

    /// <summary>As they are stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(Values);

    /// <summary>These, with others before them.</summary>
    public DeviceSettings Over(DeviceSettings others)
    {
        var values = new SortedDictionary<SettingCode, int>(others._values);
        foreach (var (code, value) in _values) values[code] = value;
        return new DeviceSettings(values);
    }

    /// <summary>Where two of them do not go together: the one to blame and why; null where all do.</summary>
    public (string Name, string Why)? Problem()
    {
        if (this[SettingCode.AccuracyWorstM] < this[SettingCode.AccuracyGoodM]) return ("accuracyWorstM", "must not be below accuracyGoodM");
        if (this[SettingCode.StillAfterMs] < this[SettingCode.SettleAfterMs] + 1000) return ("stillAfterMs", "must be 1000 ms above settleAfterMs at least");
        return null;
    }

    /// <summary>The command that tells a device.</summary>
    public Command ToCommand(long version)
    {
        var command = new Command { Id = (uint)version, Code = CommandCode.Configure };
        foreach (var (code, value) in _values) (command.SettingIds[command.SettingCount], command.SettingValues[command.SettingCount++]) = ((byte)code, value);
        return command;
    }

    private int this[SettingCode code] => _values.TryGetValue(code, out var value) ? value : SettingCatalogue.Find((int)code)!.Default;
}

/// <summary>A setting is not one, or its value cannot be.</summary>
/// <param name="name">Which.</param>
/// <param name="why">Why not.</param>
public sealed class SettingException(string name, string why) : Exception($"{name}: {why}")
{
    /// <summary>Which.</summary>
    public string Setting { get; } = name;

    /// <summary>Why not.</summary>
    public string Why { get; } = why;
}
