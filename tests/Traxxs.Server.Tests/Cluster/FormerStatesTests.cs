using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Traxxs.Server.Cluster.RabbitMq;

namespace Traxxs.Server.Tests.Cluster;

/// <summary>The queue in which who is connected stood on one node alone, and listeners of before and after beside each other.</summary>
[TestClass]
public sealed class FormerStatesTests
{
    [TestMethod]
    public async Task It_goes_with_the_last_listener_that_hears_it_and_not_before()
    {
        var node = await SharedRabbitMq.NodeAsync();
        var factory = new ConnectionFactory { Uri = node.Amqp, UserName = node.User, Password = node.Password };
        await using var connection = await factory.CreateConnectionAsync();
        await using var before = await connection.CreateChannelAsync();
        await before.QueueDeclareAsync(RabbitMqTopology.FormerStates, true, false, false, new Dictionary<string, object?> { ["x-max-length"] = 100_000, ["x-overflow"] = "drop-head" });
        await before.QueueBindAsync(RabbitMqTopology.FormerStates, RabbitMqTopology.Exchange, RabbitMqTopology.StateOf("insole-1"));
        var tag = await before.BasicConsumeAsync(RabbitMqTopology.FormerStates, false, "", false, exclusive: true, null, new AsyncEventingBasicConsumer(before));

        await RabbitMqTopology.RemoveFormerStatesAsync(connection, CancellationToken.None);
        Assert.IsTrue(await StandsAsync(connection), "somebody hears it");
        await before.BasicCancelAsync(tag);
        await before.BasicPublishAsync(RabbitMqTopology.Exchange, RabbitMqTopology.StateOf("insole-1"), "online"u8.ToArray());
        await RabbitMqTopology.RemoveFormerStatesAsync(connection, CancellationToken.None);
        Assert.IsFalse(await StandsAsync(connection));
        await RabbitMqTopology.RemoveFormerStatesAsync(connection, CancellationToken.None); // at every connection after that
    }

    private static async Task<bool> StandsAsync(IConnection connection)
    {
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            await channel.QueueDeclarePassiveAsync(RabbitMqTopology.FormerStates);
            return true;
        }
        catch (OperationInterruptedException)
        {
            return false;
        }
    }
}
