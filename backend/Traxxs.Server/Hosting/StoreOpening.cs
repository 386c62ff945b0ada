using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Traxxs.Server.Cluster;
using Traxxs.Server.Hosting.Parts;
using Traxxs.Store;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;
using Traxxs.Store.Sqlite;

namespace Traxxs.Server.Hosting;

/// <summary>
/// Opens the stores: those of the data folder at once or not at all; those on another machine as soon as they are there, for
/// as long as it takes. Meanwhile the process answers for its health, and says what it waits for. Tables of a newer program are no outage: it ends.
/// </summary>
internal sealed class StoreOpening(ServerOptions options, ILogger log)
{
    /// <summary>Opens them, disposed with <paramref name="owner"/>; gives the HTTP port too, since waiting may have taken a free one.</summary>
    /// <exception cref="StoreUnavailableException">The data folder cannot be used, or a newer program wrote what is there.</exception>
    public async Task<(CoreStores Stores, int HttpPort)> OpenAsync(IReportStore? given, Ownership owner, X509Certificate2? certificate, CancellationToken cancellationToken)
    {
        if (options.Postgres is not { } postgres)
        {
            var reports = owner.Own(given ?? options.OpenStore?.Invoke(options.DataFolder) ?? SqliteReportStore.Open(options.DataFolder));
            return (new CoreStores(reports, owner.Own(options.OpenDatabase?.Invoke() ?? ServiceDatabase.Open(Path.Combine(options.DataFolder, ServiceDatabase.FileName)))), options.HttpPort);
        }

        WaitingRoom? waiting = null;
        var (backOff, time) = (new BackOff(), options.Machine);
        try
        {
            while (true)
            {
                if (TryOpen(given, postgres, out var stores, out var why))
                {
                    owner.Own(stores.Reports);
                    owner.Own(stores.Service);
                    return (stores, waiting?.Port ?? options.HttpPort);
                }

                log.LogWarning("waiting for PostgreSQL: {Reason}", why);
                waiting ??= await WaitingRoom.OpenAsync(options, certificate, cancellationToken);
                waiting.Reason = why;
                await Task.Delay(backOff.Failed(), time, cancellationToken);
            }
        }
        finally
        {
            if (waiting is not null) await waiting.DisposeAsync();
        }
    }

    private static bool TryOpen(IReportStore? given, PostgresOptions postgres, out CoreStores stores, out string why)
    {
        IReportStore? reports = null;
        try
        {
            reports = given ?? PostgresReportStore.Open(postgres);
            stores = new CoreStores(reports, ServiceDatabase.OpenPostgres(postgres));
            why = "";
            return true;
        }
        catch (StoreUnavailableException e)
        {
            if (reports is not null && given is null) reports.DisposeAsync().AsTask().GetAwaiter().GetResult();
            // No wait makes this the newer program.
            if (e is StoreSchemaException) throw;
            (stores, why) = (null!, e.Message);
            return false;
        }
    }
}
