namespace Traxxs.Simulation.Reporting;

/// <summary>The rows of current, charge and cell.</summary>
internal static class PowerLanes
{
    // Current from 10 µA to 400 mA: from the board's floor to radio, receiver and motor at once.
    private const double LowUa = 10, HighUa = 400_000;

    private const int CurrentHeight = 112, ChargeHeight = 84, CellHeight = 58;

    // More columns than pixels, for who looks closer.
    private const int ColumnsMax = 2048;

    public static void Add(TimeField field, DevicePlots device)
    {
        if (device.Current is null && device.Charge is null) return;
        field.Group("power");
        if (device.Current is { } current) Current(field, current);
        if (device.Charge is not { } charge) return;
        Charge(field, charge);
        Cell(field, charge);
    }

    private static void Current(TimeField field, PlotCurrent current)
    {
        var top = field.Row("current", CurrentHeight, "From least to most in each slice of time, log scale; the line is the mean.");
        foreach (var (ua, text) in new[] { (10.0, "10 µA"), (100, "100 µA"), (1000, "1 mA"), (10_000, "10 mA"), (100_000, "100 mA") })
        {
            field.Shapes.Add($"<path class=\"grid\" d=\"M0 {Y(ua):0.#}h{TimeField.Width}\"/>");
            field.Beside(Y(ua), text);
        }

        var (low, high, mean) = (new Svg(), new Svg(), new Svg());
        var merge = (current.MeanUa.Count + ColumnsMax - 1) / ColumnsMax;
        for (var i = 0; i < current.MeanUa.Count; i += merge)
        {
            var (x, end) = (field.X(i * current.SliceMs), Math.Min(TimeField.Width, field.X((i + merge) * current.SliceMs)));
            var slices = Enumerable.Range(i, Math.Min(merge, current.MeanUa.Count - i)).ToList();
            var (yHigh, yLow) = (Y(slices.Max(s => current.HighUa[s])), Y(slices.Min(s => current.LowUa[s])));
            if (end <= x) break;
            high.Add($"M{x:0.##} {yLow:0.#}V{yHigh:0.#}H{end:0.##}V{yLow:0.#}z");
            mean.Add($"{(i == 0 ? "M" : "L")}{(x + end) / 2:0.##} {Y(slices.Average(s => current.MeanUa[s])):0.#}");
        }

        field.Shapes.Add($"<path class=\"spread\" d=\"{high}{low}\"/><path class=\"mean\" d=\"{mean}\"/>");

        double Y(double ua) => top + CurrentHeight - CurrentHeight * Math.Log10(Math.Clamp(ua, LowUa, HighUa) / LowUa) / Math.Log10(HighUa / LowUa);
    }

    // What each has used so far, one on the other, the thirstiest at the bottom.
    private static void Charge(TimeField field, PlotCharge charge)
    {
        var last = charge.TimesMs.Count - 1;
        var total = Enumerable.Range(0, charge.Consumers.Count).Sum(c => charge.UsedMAh[c][last]);
        if (total <= 0) return;
        field.Gap(8);
        var top = field.Row("charge used", ChargeHeight, "Since the beginning, by consumer.");
        var below = new double[last + 1];
        foreach (var consumer in Enumerable.Range(0, charge.Consumers.Count).OrderByDescending(c => charge.UsedMAh[c][last]))
        {
            var (upper, lower) = (new Svg(), new Svg());
            for (var i = 0; i <= last; i++)
            {
                var above = below[i] + charge.UsedMAh[consumer][i];
                upper.Add($"{(i == 0 ? "M" : "L")}{field.X(charge.TimesMs[i]):0.#} {Y(above):0.#}");
                lower.Add($"L{field.X(charge.TimesMs[last - i]):0.#} {Y(below[last - i]):0.#}");
            }

            for (var i = 0; i <= last; i++) below[i] += charge.UsedMAh[consumer][i];
            field.Shapes.Add($"<path class=\"use-{charge.Consumers[consumer].ToLowerInvariant()}\" d=\"{upper}{lower}z\"><title>{EnergySection.NameOf(charge.Consumers[consumer])}: {charge.UsedMAh[consumer][last]:0.###} mAh</title></path>");
        }

        field.Beside(top + 4, PlotWords.Number(total, "0.00"));
        field.Beside(top + 15, "mAh");

        double Y(double mah) => top + ChargeHeight - ChargeHeight * mah / total;
    }

    private static void Cell(TimeField field, PlotCharge charge)
    {
        field.Gap(8);
        var top = field.Row("cell", CellHeight, "Charge left (thick) and terminal voltage (thin).");
        field.Shapes.Add($"<path class=\"grid\" d=\"M0 {top + CellHeight / 2}h{TimeField.Width}\"/>");
        field.Shapes.Raw("<path class=\"volts\" d=\"").Raw(Line(i => (Math.Clamp(charge.Millivolts[i], 3000, 4200) - 3000) / 1200.0)).Raw("\"/>");
        field.Shapes.Raw("<path class=\"percent\" d=\"").Raw(Line(i => charge.Percent[i] / 100)).Raw("\"/>");
        field.Beside(top + 4, "100 %");
        field.Beside(top + 15, "4.2 V", "volts");
        field.Beside(top + CellHeight - 15, "3.0 V", "volts");
        field.Beside(top + CellHeight - 4, "0 %");

        Svg Line(Func<int, double> share)
        {
            var line = new Svg();
            for (var i = 0; i < charge.TimesMs.Count; i++) line.Add($"{(i == 0 ? "M" : "L")}{field.X(charge.TimesMs[i]):0.#} {top + CellHeight - CellHeight * share(i):0.#}");
            return line;
        }
    }
}
