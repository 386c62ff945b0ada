using System.Globalization;
using System.Xml;
using Traxxs.Server.History;

namespace Traxxs.Server.Api.Tracks;

/// <summary>
/// A track being written in some format into a buffer that the caller empties between blocks, so that however long the
/// track is, a block of it is all that is in memory.
/// </summary>
internal abstract class TrackFormat(Stream buffer, TrackTitle title)
{
    /// <summary>Where it writes.</summary>
    protected Stream Buffer { get; } = buffer;

    /// <summary>What the track is of.</summary>
    protected TrackTitle Title { get; } = title;

    /// <summary>Writes what stands before the first block.</summary>
    public abstract void Begin();

    /// <summary>Writes a block.</summary>
    public abstract void Write(TrackBlock block);

    /// <summary>Writes what stands behind the last block, then everything is in the buffer.</summary>
    public abstract void End();

    /// <summary>Puts what was written so far into the buffer.</summary>
    public abstract void Flush();

    /// <summary>Degrees with their five places.</summary>
    protected static string Degrees(double degrees) => degrees.ToString("0.00000", CultureInfo.InvariantCulture);

    /// <summary>The name without what XML cannot hold, such as control characters.</summary>
    protected string XmlName => string.Concat(Title.Name.Where(XmlConvert.IsXmlChar));

    /// <summary>A time as XML and people write it.</summary>
    protected static string Iso(long unixS) => DateTimeOffset.FromUnixTimeSeconds(unixS).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>What a track is of.</summary>
/// <param name="Subject">The property that names it in JSON: <c>deviceId</c> or <c>wearerId</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">For people.</param>
/// <param name="Zoom">The zoom it is simplified for; null where it is whole.</param>
internal sealed record TrackTitle(string Subject, string Id, string Name, int? Zoom)
{
    /// <summary>The largest error of a simplified track, m; null where it is whole.</summary>
    public double? ErrorMaxM => Zoom is { } zoom ? Math.Round(TrackSimplifier.ErrorMaxM(zoom), 3) : null;
}
