using System.Data.Common;

namespace Traxxs.Store.Service;

/// <summary>Firmware images, each organisation's own.</summary>
public sealed class FirmwareTable
{
    private const string All = "org, version, size, sha256, uploaded_ms, uploaded_by";
    private readonly ServiceSession _session;

    internal FirmwareTable(ServiceSession session) => _session = session;

    /// <summary>Adds an image.</summary>
    public void Add(FirmwareImage image, byte[] file) => _session.Execute(
        "INSERT INTO firmware_images VALUES ($org, $version, $size, $sha256, $uploaded, $by, $file)",
        ("$org", image.Org), ("$version", image.Version), ("$size", image.Size), ("$sha256", image.Sha256),
        ("$uploaded", Columns.Ms(image.UploadedAt)), ("$by", image.UploadedBy), ("$file", file));

    /// <summary>One image, or null.</summary>
    public FirmwareImage? Find(string org, long version) => _session.Query(
        $"SELECT {All} FROM firmware_images WHERE org = $org AND version = $version", Map, ("$org", org), ("$version", version)).FirstOrDefault();

    /// <summary>An organisation's images, the newest version first.</summary>
    public IReadOnlyList<FirmwareImage> List(string org) =>
        _session.Query($"SELECT {All} FROM firmware_images WHERE org = $org ORDER BY version DESC", Map, ("$org", org));

    /// <summary>The whole signed file; null where there is none.</summary>
    public byte[]? Read(string org, long version) => _session.Query(
        "SELECT file FROM firmware_images WHERE org = $org AND version = $version", row => (byte[])row.GetValue(0), ("$org", org), ("$version", version)).FirstOrDefault();

    /// <summary>Takes an image out; false where there is none.</summary>
    public bool Remove(string org, long version) =>
        _session.Execute("DELETE FROM firmware_images WHERE org = $org AND version = $version", ("$org", org), ("$version", version)) == 1;

    private static FirmwareImage Map(DbDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.GetInt32(2), row.GetString(3), row.Time(4), row.GetString(5));
}
