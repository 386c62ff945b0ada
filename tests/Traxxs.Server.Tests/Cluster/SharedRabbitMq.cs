using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Traxxs.Engines;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>One RabbitMQ for the tests of this assembly that want one, started by the first. Its devices ask whoever stands at the auth address.</summary>
[TestClass]
public static class SharedRabbitMq
{
    private static readonly SemaphoreSlim Starting = new(1, 1);
    private static RabbitMqNode? _node;

    /// <summary>Part of the auth address nobody guesses.</summary>
    public const string AuthSecret = "0123456789abcdef-test";

    /// <summary>Port of the process RabbitMQ asks.</summary>
    public static int AuthPort { get; } = EngineProcess.FreePort();

    /// <summary>The node; the test is inconclusive where there can be none.</summary>
    public static async Task<RabbitMqNode> NodeAsync()
    {
        if (RabbitMqNode.Missing() is { } why) Assert.Inconclusive(why);
        await Starting.WaitAsync();
        try
        {
            return _node ??= await RabbitMqNode.StartAsync(new Uri($"http://127.0.0.1:{AuthPort}/internal/rabbitmq/{AuthSecret}/"));
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <summary>How to reach it.</summary>
    internal static RabbitMqOptions OptionsOf(params IReadOnlyList<RabbitMqNode> nodes) => new()
    {
        Amqp = [.. nodes.Select(node => node.Amqp)], Mqtt = [.. nodes.Select(node => node.Mqtt)], User = nodes[0].User, Password = nodes[0].Password, AuthSecret = AuthSecret,
    };

    /// <summary>Takes away what an earlier test left in the queues.</summary>
    internal static async Task EmptyAsync(RabbitMqNode node)
    {
        var factory = new ConnectionFactory { Uri = node.Amqp, UserName = node.User, Password = node.Password };
        await using var connection = await factory.CreateConnectionAsync();
        foreach (var queue in (string[])[RabbitMqTopology.Reports, RabbitMqTopology.DeadReports, RabbitMqTopology.States])
        {
            await using var channel = await connection.CreateChannelAsync();
            try
            {
                await channel.QueuePurgeAsync(queue);
            }
            catch (OperationInterruptedException)
            {
                // It does not stand yet.
            }
        }
    }

    /// <summary>Links to it that stand still.</summary>
    internal static async Task<RabbitMqLinks> LinksAsync() => new(OptionsOf(await NodeAsync()), "test", NullLogger.Instance);

    [AssemblyCleanup]
    public static async Task StopAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
        Traxxs.Testing.PostgresServer.StopShared(); // one method in an assembly may clean up for all
    }
}
