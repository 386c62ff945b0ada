using Traxxs.Simulation.Run;

namespace Traxxs.Simulation.Reporting;

/// <summary>Who used the charge, as a table with bars.</summary>
internal static class EnergySection
{
    /// <summary>A consumer as people call it.</summary>
    public static string NameOf(string consumer) => consumer switch
    {
        "Gnss" => "GNSS receiver",
        "Controller" => "controller",
        "Radio" => "radio",
        "SelfDischarge" => "self-discharge",
        "FuelGauge" => "fuel gauge",
        "Board" => "board",
        "Indicator" => "motor and LED",
        _ => consumer.ToLowerInvariant(),
    };

    /// <summary>The table of one insole.</summary>
    public static Svg Of(DeviceResult device, double days, double capacityMAh)
    {
        var html = new Svg();
        var total = device.EnergyMAh.Values.Sum();
        html.Add($"<table class=\"energy\"><caption>{device.MAhPerDay:0.00} mAh a day: <b>{device.ProjectedDays:0.0} days</b> on 90 % of {capacityMAh:0} mAh</caption>");
        html.Raw("<thead><tr><th>consumer<th class=n>mAh a day<th class=n>share<th class=wide><span class=sr>share</span></thead>");
        foreach (var (consumer, mah) in device.EnergyMAh.OrderByDescending(pair => pair.Value))
        {
            var share = total > 0 ? 100 * mah / total : 0;
            html.Add($"<tr><td><i class=\"swatch use-{consumer.ToLowerInvariant()}\"></i>{NameOf(consumer)}<td class=n>{mah / days:0.000}<td class=n>{share:0.0} %<td class=wide><svg class=\"bar\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"use-{consumer.ToLowerInvariant()}\" width=\"{share:0.##}\" height=\"6\"/></svg>");
        }

        return html.Add($"<tfoot><tr><td>in all, {total:0.00} mAh in this run<td class=n>{total / days:0.000}<td class=n>100 %<td></tfoot></table>");
    }
}
