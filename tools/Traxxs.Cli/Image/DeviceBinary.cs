using Traxxs.Image;

namespace Traxxs.Cli.Image;

/// <summary>What is flashed: nanoFramework's libraries and the own image in one file, each padded to four bytes.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="OwnBytesBefore">Bytes of the images that the build made of the firmware's own assemblies; 0 where they are gone.</param>
/// <param name="OwnBytes">Bytes of the own image now.</param>
internal sealed record DeviceBinary(string Path, long Bytes, long OwnBytesBefore, long OwnBytes)
{
    private const string OwnPrefix = "Traxxs.";
    private const string CoreLibrary = "mscorlib.pe";
    private const int Alignment = 4;

    /// <summary>Joins the libraries' images of a build, as they lie there, and the own one behind them.</summary>
    /// <exception cref="ImageException">The build has no libraries.</exception>
    public static DeviceBinary Join(string build, string own, string target)
    {
        var images = Directory.GetFiles(build, "*.pe").ToLookup(file => System.IO.Path.GetFileName(file).StartsWith(OwnPrefix, StringComparison.Ordinal));
        var libraries = images[false].OrderByDescending(file => System.IO.Path.GetFileName(file) == CoreLibrary).ThenBy(file => file, StringComparer.Ordinal).ToList();
        if (libraries.Count == 0 || System.IO.Path.GetFileName(libraries[0]) != CoreLibrary) throw new ImageException($"{build} has no {CoreLibrary}: it is no output of a device build");
        using (var file = File.Create(target))
        {
            foreach (var image in libraries.Append(own))
            {
                file.Write(File.ReadAllBytes(image));
                while (file.Length % Alignment != 0) file.WriteByte(0);
            }
        }

        return new DeviceBinary(target, new FileInfo(target).Length, images[true].Sum(file => new FileInfo(file).Length), new FileInfo(own).Length);
    }
}
