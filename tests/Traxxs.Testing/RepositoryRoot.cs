namespace Traxxs.Testing;

/// <summary>Where the repository and the developer recordings beside it are, seen from a running test.</summary>
public static class RepositoryRoot
{
    private static readonly Lazy<string> Root = new(Find);

    /// <summary>Absolute path of the folder that holds <c>TraxxsDevice.sln</c>.</summary>
    public static string Directory => Root.Value;

    /// <summary>Absolute path of a file or folder of the repository.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Directory, .. parts]);

    /// <summary>
    /// Absolute path below the folder of shared material beside the repository, or null where it is absent.
    /// <c>TRAXXS_SHARED</c> names another folder.
    /// </summary>
    public static string? SharedPathOf(params string[] parts)
    {
        var shared = Environment.GetEnvironmentVariable("TRAXXS_SHARED") ?? Path.Combine(Directory, "..", "shared");
        var path = Path.GetFullPath(Path.Combine([shared, .. parts]));
        return Path.Exists(path) ? path : null;
    }

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "TraxxsDevice.sln"))) return folder;
        }

        throw new InvalidOperationException($"no TraxxsDevice.sln above {AppContext.BaseDirectory}: run the tests from a checkout");
    }
}
