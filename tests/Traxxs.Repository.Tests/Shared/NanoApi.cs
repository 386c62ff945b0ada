using Traxxs.Testing;

namespace Traxxs.Repository.Tests;

/// <summary>The public API of the nanoFramework assemblies as XML documentation ids, where the lists are at hand.</summary>
internal static class NanoApi
{
    // The PC's compiler or library spells some of what the device has in another way. Left: here; right: there.
    private static readonly Dictionary<string, string> DeviceSpelling = new()
    {
        // 'lock' is lowered to the overload with a flag where the library has it.
        ["M:System.Threading.Monitor.Enter(System.Object,System.Boolean@)"] = "M:System.Threading.Monitor.Enter(System.Object)",
        // The device declares these at the events themselves.
        ["M:System.Threading.EventWaitHandle.Set"] = "M:System.Threading.AutoResetEvent.Set",
        ["M:System.Threading.EventWaitHandle.Reset"] = "M:System.Threading.AutoResetEvent.Reset",
        ["T:System.Threading.EventWaitHandle"] = "T:System.Threading.AutoResetEvent",
    };

    /// <summary>Folder of the lists, or null with a sentence that says what is missing.</summary>
    public static string? Find(out string message)
    {
        var path = RepositoryRoot.SharedPathOf("nano-api");
        message = path is null
            ? "skipped: the API lists of the nanoFramework assemblies are not here. They are looked for in ../shared/nano-api beside the repository, or in $TRAXXS_SHARED/nano-api."
            : "";
        return path;
    }

    /// <summary>The device's spelling of an id.</summary>
    public static string OnDevice(string id) => DeviceSpelling.GetValueOrDefault(id, id);

    /// <summary>Every id of the lists with the assembly it is in; a property that can be set has a second id ending in <c> set</c>.</summary>
    public static Dictionary<string, string> Load(string folder)
    {
        var ids = new Dictionary<string, string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.txt"))
        {
            var assembly = Path.GetFileNameWithoutExtension(file);
            foreach (var line in File.ReadLines(file).Where(line => line.Length > 2 && line[1] == ':'))
            {
                var id = IdOf(line);
                ids[id] = assembly;
                if (line.Contains("set; }", StringComparison.Ordinal)) ids[id + " set"] = assembly;
            }
        }

        return ids;
    }

    private static string IdOf(string line)
    {
        var end = line.IndexOf("  ", StringComparison.Ordinal);
        if (end < 0) end = line.IndexOf(" = ", StringComparison.Ordinal);
        return end < 0 ? line.Trim() : line[..end];
    }
}
