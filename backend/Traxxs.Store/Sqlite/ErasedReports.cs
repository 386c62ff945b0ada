namespace Traxxs.Store.Sqlite;

/// <summary>Finds what was erased by reading the whole log.</summary>
internal static class ErasedReports
{
    public static List<ErasedNumber> Read(string path, NumberingTable numberings)
    {
        var erased = new List<ErasedNumber>();
        using var database = Database.Open(path, readOnly: true);
        using var segments = database.Prepare("SELECT reports FROM segment ORDER BY id");
        while (segments.Step())
        {
            var reader = new SegmentReader(segments.Blob(0));
            while (reader.TryRead(out var entry))
            {
                if (!entry.IsErased) continue;
                var (deviceId, epoch) = numberings.NameOf(entry.Numbering);
                erased.Add(new ErasedNumber(deviceId, epoch, entry.Sequence));
            }
        }

        return erased;
    }
}
