using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>Hears what devices and their wills say of their connection, each message by one listener, and tells the others.</summary>
/// <param name="channel">Where it is told.</param>
/// <param name="clock">The server's time.</param>
internal sealed class StateConsumer(IServiceChannel channel, TimeProvider clock)
{
    /// <summary>The work on one connection; the queue stands by then.</summary>
    public async Task RunAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var model = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await RabbitMqTopology.DeclareStatesAsync(model, cancellationToken);
        var consumer = new AsyncEventingBasicConsumer(model);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            if (RabbitMqTopology.DeviceOfState(delivery.RoutingKey) is { } deviceId)
            {
                var online = delivery.Body.Span.SequenceEqual("online"u8);
                channel.Publish(DeviceContact.Message(deviceId, online, clock.GetUtcNow()));
            }

            return Task.CompletedTask;
        };
        await model.BasicConsumeAsync(RabbitMqTopology.States, autoAck: true, consumer, cancellationToken);
        await RabbitMqLink.UntilOverAsync(cancellationToken);
    }
}
