using Traxxs.Testing;

namespace Traxxs.Store.Tests.Postgres;

/// <summary>Stops what tests share when the last is over.</summary>
[TestClass]
public static class SharedServers
{
    [AssemblyCleanup]
    public static void Stop() => PostgresServer.StopShared();
}
