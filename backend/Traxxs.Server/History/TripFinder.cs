namespace Traxxs.Server.History;

/// <summary>
/// Finds trips and stops in fixes by their times: a stop is a stay within a radius for a time (stay points, Li et al. 2008),
/// everything else travel. Its memory is one stop's shortest time of fixes. Two states: travelling, where the latest fixes
/// may turn out to be a stop's beginning; and staying, until two fixes in a row, or one for long, are elsewhere.
/// </summary>
public sealed class TripFinder
{
    private readonly TripOptions _options;
    private readonly List<Trip> _trips = [];
    private readonly List<Stop> _stops = [];
    private readonly List<TrackFix> _latest = []; // travelling: not known yet whether a stop begins
    private TripBuilder? _trip;
    private StopBuilder? _stop;
    private TrackFix? _outside; // staying: one fix elsewhere

    private TripFinder(TripOptions options) => _options = options;

    /// <summary>Trips and stops of fixes in the order of their times.</summary>
    public static Journeys Find(IEnumerable<TrackFix> fixes, TripOptions options)
    {
        var finder = new TripFinder(options);
        foreach (var fix in fixes) finder.Add(fix);
        return finder.Finish();
    }

    private void Add(TrackFix fix)
    {
        if (_stop is null) Travel(fix);
        else Stay(_stop, fix);
    }

    private Journeys Finish()
    {
        if (_stop is { } stop) Close(stop);
        foreach (var fix in _latest) Carry(fix);
        if (_trip is not null) EndTrip();
        return new Journeys(_trips, _stops);
    }

    private void Stay(StopBuilder stop, TrackFix fix)
    {
        if (stop.Holds(fix, _options.StopRadiusM) && !(_outside is { } gone && fix.Time - gone.Time >= _options.StopMinS))
        {
            stop.Add(fix, _options.GapS); // one fix astray in between is passed over
            _outside = null;
            return;
        }

        if (_outside is null && !stop.Holds(fix, _options.StopRadiusM))
        {
            _outside = fix;
            if (fix.Time - stop.Last.Time <= _options.GapS) return;
        }

        var first = _outside;
        Close(stop);
        (_stop, _outside) = (null, null);
        Carry(stop.Last);
        if (first is { } earlier) Travel(earlier);
        if (first != fix) Travel(fix);
    }

    private void Travel(TrackFix fix)
    {
        _latest.Add(fix);
        while (_latest.Exists(other => !Near(_latest[0], other)))
        {
            Carry(_latest[0]);
            _latest.RemoveAt(0);
        }

        if (fix.Time - _latest[0].Time < _options.StopMinS) return;
        Carry(_latest[0]);
        EndTrip();
        _stop = new StopBuilder(_latest[0]);
        foreach (var held in _latest.Skip(1)) _stop.Add(held, _options.GapS);
        _latest.Clear();
    }

    // A bad fix stands for a wider place.
    private bool Near(TrackFix a, TrackFix b) => a.MetresTo(b) <= Math.Max(_options.StopRadiusM, Math.Min(b.AccuracyM ?? 0, 4 * _options.StopRadiusM));

    private void Carry(TrackFix fix)
    {
        if (_trip is { } trip && fix.Time - trip.Last.Time > _options.GapS) EndTrip();
        _trip ??= new TripBuilder(fix);
        _trip.Add(fix);
    }

    private void EndTrip()
    {
        if (_trip is { } trip && trip.FarthestM >= _options.TripMinM && trip.Fixes > 1) _trips.Add(trip.Build());
        _trip = null;
    }

    // Two stops with no trip between them in one place are one stop.
    private void Close(StopBuilder builder)
    {
        var stop = builder.Build();
        var adjacent = _stops.Count > 0 && (_trips.Count == 0 || _trips[^1].End.Time <= _stops[^1].StartAt) ? _stops[^1] : null;
        if (adjacent is not null && StopBuilder.MetresBetween(adjacent, stop) <= 2 * _options.StopRadiusM) _stops[^1] = StopBuilder.Join(adjacent, stop, _options.GapS);
        else _stops.Add(stop);
    }
}
