using Traxxs.Store.Service;

namespace Traxxs.Server.Alerts;

/// <summary>States and severities as the API writes them.</summary>
public static class AlertWords
{
    /// <summary>A state as a word.</summary>
    public static string Of(AlertState state) => state switch
    {
        AlertState.Raised => "raised",
        AlertState.Notified => "notified",
        AlertState.Acknowledged => "acknowledged",
        _ => "resolved",
    };

    /// <summary>A severity as a word.</summary>
    public static string Of(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Info => "info",
        AlertSeverity.Warning => "warning",
        AlertSeverity.High => "high",
        _ => "critical",
    };

    /// <summary>A severity from its word.</summary>
    public static bool TryParseSeverity(string? word, out AlertSeverity severity)
    {
        severity = Enum.GetValues<AlertSeverity>().FirstOrDefault(item => Of(item) == word);
        return Of(severity) == word;
    }
}
