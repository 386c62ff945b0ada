namespace Traxxs.Server.Hosting;

/// <summary>
/// Where the page's map gets its ground. Without an address it shows the coastlines it brings along and asks nobody. The
/// addresses' origins are let through the content security policy; whoever runs them learns which places are looked at.
/// </summary>
public sealed record MapOptions
{
    /// <summary>Address of a MapLibre style (JSON); wins over <see cref="TilesUrl"/>.</summary>
    public string? StyleUrl { get; init; }

    /// <summary>Address of raster tiles with <c>{z}</c>, <c>{x}</c> and <c>{y}</c>.</summary>
    public string? TilesUrl { get; init; }

    /// <summary>Further origins a style names for its tiles, glyphs and sprites.</summary>
    public IReadOnlyList<string> ExtraOrigins { get; init; } = [];

    /// <summary>Whom the map is owed to, shown on it; 200 characters at most.</summary>
    public string? Attribution { get; init; }

    /// <summary>Origins the page may ask, none twice.</summary>
    internal IReadOnlyList<string> Origins => [.. new[] { StyleUrl, TilesUrl }.Concat(ExtraOrigins)
        .Where(address => address is not null && !address.StartsWith('/')).Select(address => OriginOf(address!)!).Distinct(StringComparer.Ordinal)];

    /// <summary>What is wrong, a sentence a key.</summary>
    internal void Check(List<string> errors)
    {
        if (StyleUrl is not null) CheckAddress("map.styleUrl", StyleUrl);
        if (TilesUrl is not null)
        {
            CheckAddress("map.tilesUrl", TilesUrl);
            if (!TilesUrl.Contains("{z}", StringComparison.Ordinal) || !TilesUrl.Contains("{x}", StringComparison.Ordinal) || !TilesUrl.Contains("{y}", StringComparison.Ordinal))
            {
                errors.Add("map.tilesUrl: must hold {z}, {x} and {y}");
            }
        }

        for (var i = 0; i < ExtraOrigins.Count; i++) CheckAddress($"map.extraOrigins[{i}]", ExtraOrigins[i]);
        if (Attribution is { Length: > 200 }) errors.Add("map.attribution: must have at most 200 characters");

        void CheckAddress(string key, string address)
        {
            if (!(address.StartsWith('/') && !address.StartsWith("//", StringComparison.Ordinal)) && OriginOf(address) is null)
            {
                errors.Add($"{key}: \"{address}\" is neither an http(s) address nor a path of this server");
            }
        }
    }

    // An origin has no character that could end a directive of the policy: the URI parser sees to it.
    private static string? OriginOf(string address) =>
        Uri.TryCreate(address.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
            ? $"{uri.Scheme}://{uri.Authority}"
            : null;
}
