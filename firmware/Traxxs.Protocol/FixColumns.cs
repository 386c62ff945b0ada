namespace Traxxs.Protocol
{
    /// <summary>The fixes of a report, one after the other: FORMAT.md, "Fixes".</summary>
    public sealed class FixColumns
    {
        private readonly StartingPlace _place = new StartingPlace();
        private readonly IntervalColumn _intervals = new IntervalColumn();
        private readonly MotionColumns _moves = new MotionColumns();
        private readonly AccuracyColumn _accuracy = new AccuracyColumn();

        /// <summary>Writes or reads as many fixes as the report says it has. Stops where the frame has ended.</summary>
        public void Walk(Report report, SymbolCoder coder)
        {
            if (report.FixCount == 0) return;
            WalkFirst(report, coder);
            for (var i = 1; i < report.FixCount && coder.Refusal == DecodeResult.Ok; i++)
            {
                report.FixTimeS[i] = _intervals.Code(report.FixTimeS[i], report.FixTimeS[i - 1], coder);
                _moves.Code(report.LatitudeE5[i], report.LongitudeE5[i], _intervals.LatestS, coder);
                report.LatitudeE5[i] = _moves.LatitudeE5;
                report.LongitudeE5[i] = _moves.LongitudeE5;
                if (report.HasAccuracy) report.AccuracyClass[i] = _accuracy.Code(report.AccuracyClass[i], coder);
            }
        }

        private void WalkFirst(Report report, SymbolCoder coder)
        {
            report.FixTimeS[0] = TimeWindow.Code(report.FixTimeS[0], coder);
            _place.Code(report.LatitudeE5[0], report.LongitudeE5[0], coder);
            report.LatitudeE5[0] = _place.LatitudeE5;
            report.LongitudeE5[0] = _place.LongitudeE5;
            _intervals.Start();
            _moves.Start(_place.LatitudeE5, _place.LongitudeE5);
            _accuracy.Start();
            if (report.HasAccuracy) report.AccuracyClass[0] = _accuracy.Code(report.AccuracyClass[0], coder);
        }
    }
}
