namespace Traxxs.Server.Ingest;

/// <summary>
/// One step of the line behind the commit: latest positions, rules, live feed. Called by one thread in the order of
/// arrival; must not block. Duplicates never get here.
/// </summary>
public interface IReportConsumer
{
    /// <summary>Takes a stored report.</summary>
    void Accept(AcceptedReport report);

    /// <summary>A device's connection came or went.</summary>
    void ContactChanged(string deviceId, bool connected, DateTimeOffset serverTime);
}
