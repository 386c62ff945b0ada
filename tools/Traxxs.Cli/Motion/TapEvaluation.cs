using Traxxs.Core.Safety;

namespace Traxxs.Cli.Motion;

/// <summary>Runs the device's detector of the foot gesture over recordings in which nobody made it.</summary>
internal sealed class TapEvaluation
{
    private readonly List<string> _found = [];
    private int _files;
    private double _hours;

    /// <summary>Takes one recording.</summary>
    public void Add(AccelerometerTrack track)
    {
        var detector = new TapDetector();
        foreach (var s in track.Samples)
        {
            if (detector.Feed(s[0], s[1], s[2], track.PeriodMs)) _found.Add(Path.GetFileName(track.Source));
        }

        _files++;
        _hours += track.Hours;
    }

    /// <summary>Where a gesture was found.</summary>
    public IEnumerable<string> Lines() => _found;

    /// <summary>The figures.</summary>
    public object Summary() => new { files = _files, hours = Math.Round(_hours, 3), gestures = _found.Count };
}
