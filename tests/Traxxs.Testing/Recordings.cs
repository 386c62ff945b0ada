namespace Traxxs.Testing;

/// <summary>Finds the recordings beside the repository; a test whose recordings are absent says so and is inconclusive.</summary>
public static class Recordings
{
    /// <summary>The path of a recording set such as <c>gps_geolife</c>, or null with a sentence that says what is missing.</summary>
    public static string? Find(string set, out string message)
    {
        var path = RepositoryRoot.SharedPathOf("data", set);
        message = path is null
            ? $"skipped: no recordings '{set}' here. They are looked for in ../shared/data beside the repository, or in $TRAXXS_SHARED/data."
            : "";
        return path;
    }
}
