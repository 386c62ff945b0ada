using System.Globalization;
using System.Text;
using Traxxs.Server.History;

namespace Traxxs.Server.Api.Tracks;

/// <summary>RFC 4180: a header, a fix a line. Nothing in it needs quotes.</summary>
internal sealed class CsvTrack(Stream buffer, TrackTitle title) : TrackFormat(buffer, title)
{
    private readonly StreamWriter _text = new(buffer, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };

    public override void Begin() => _text.WriteLine("device,time,unix_s,latitude_deg,longitude_deg,accuracy_m,epoch,sequence");

    public override void Write(TrackBlock block)
    {
        foreach (var fix in block.Fixes)
        {
            _text.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{fix.DeviceId},{Iso(fix.Time)},{fix.Time},{Degrees(fix.Latitude)},{Degrees(fix.Longitude)},{fix.AccuracyM},{fix.Epoch},{fix.Sequence}"));
        }
    }

    public override void End() => Flush();

    public override void Flush() => _text.Flush();
}
