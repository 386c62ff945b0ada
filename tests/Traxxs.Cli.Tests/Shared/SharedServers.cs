using Traxxs.Testing;

namespace Traxxs.Cli.Tests.Shared;

/// <summary>Stops what tests share when the last is over.</summary>
[TestClass]
public static class SharedServers
{
    [AssemblyCleanup]
    public static void Stop() => PostgresServer.StopShared();
}
