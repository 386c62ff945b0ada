namespace Traxxs.Simulation.SoftBoards;

/// <summary>
/// A folder of files as it was when the power went. An image ends by an exception here, and what it still writes on its way out would
/// not have reached a flash without power.
/// </summary>
internal sealed class FrozenFlash
{
    private readonly string _folder;
    private readonly Dictionary<string, byte[]> _files;

    private FrozenFlash(string folder, Dictionary<string, byte[]> files) => (_folder, _files) = (folder, files);

    /// <summary>Takes it in. A file that is just being written comes as far as it is.</summary>
    public static FrozenFlash Of(string folder) => new(folder, Directory.GetFiles(folder).ToDictionary(file => file, Read));

    /// <summary>Makes the folder what it was.</summary>
    public void Restore()
    {
        foreach (var file in Directory.GetFiles(_folder))
        {
            if (!_files.ContainsKey(file)) File.Delete(file);
        }

        foreach (var (file, bytes) in _files)
        {
            if (!File.Exists(file) || !File.ReadAllBytes(file).AsSpan().SequenceEqual(bytes)) File.WriteAllBytes(file, bytes);
        }
    }

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }
}
