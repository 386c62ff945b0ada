using Traxxs.Server.Ingest;
using Traxxs.Store;

namespace Traxxs.Server.Api;

/// <summary>Stored reports, decoded.</summary>
/// <param name="Store">Where they are.</param>
/// <param name="Decode">How they are read; null for one that cannot be.</param>
public sealed record ReportArchive(IReportStore Store, Func<StoredReport, AcceptedReport?> Decode);
