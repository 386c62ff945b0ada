using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Traxxs.Server.Devices;
using Traxxs.Store;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// Hears what devices and their wills say of their connection: tells the others at once and writes it down soon after. One
/// listener at a time does, as RabbitMQ chooses, since a will and the greeting of the next connection, heard by two, could change places.
/// </summary>
/// <param name="channel">Where it is told.</param>
/// <param name="contacts">Where it is written down.</param>
/// <param name="clock">The server's time.</param>
/// <param name="time">The machine's time, for waits.</param>
/// <param name="log">Where it is told that nothing can be written.</param>
internal sealed class StateConsumer(IServiceChannel channel, StoredContacts contacts, TimeProvider clock, TimeProvider time, ILogger log)
{
    // Heard and not written down yet; RabbitMQ keeps what is beyond.
    private const ushort Prefetch = 2000;

    // Least time between two commits: what is written is for who starts later, and commits stand in line with alerts.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // How soon it is tried again where the queue is not to be had.
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);

    /// <summary>The work on one connection.</summary>
    public async Task RunAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await RabbitMqTopology.RemoveFormerStatesAsync(connection, cancellationToken);
        var told = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var model = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
                await RabbitMqTopology.DeclareStatesAsync(model, cancellationToken);
                await ConsumeAsync(model, cancellationToken);
            }
            catch (OperationInterruptedException e) when (connection.IsOpen)
            {
                // It is a hint, and reports must not wait for it.
                if (!told) log.LogWarning("who is connected is not heard now: {Reason}", e.ShutdownReason?.ReplyText ?? e.Message);
                told = true;
                await Task.Delay(AskAgain, time, cancellationToken);
            }
        }
    }

    private async Task ConsumeAsync(IChannel model, CancellationToken cancellationToken)
    {
        var heard = Channel.CreateUnbounded<(ulong Tag, ContactChange? Change)>(new UnboundedChannelOptions { SingleReader = true });
        var consumer = new AsyncEventingBasicConsumer(model);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            heard.Writer.TryWrite((delivery.DeliveryTag, Hear(delivery)));
            return Task.CompletedTask;
        };
        consumer.UnregisteredAsync += (_, _) =>
        {
            heard.Writer.TryComplete(); // RabbitMQ takes the consumer away where somebody takes the queue away
            return Task.CompletedTask;
        };
        await model.BasicQosAsync(0, Prefetch, false, cancellationToken);
        await model.BasicConsumeAsync(RabbitMqTopology.States, autoAck: false, "", noLocal: false, exclusive: false, arguments: null, consumer, cancellationToken);
        while (await heard.Reader.WaitToReadAsync(cancellationToken))
        {
            var batch = new List<(ulong Tag, ContactChange? Change)>();
            while (heard.Reader.TryRead(out var next)) batch.Add(next);
            await WriteDownAsync([.. batch.Select(one => one.Change).OfType<ContactChange>()], cancellationToken);
            await model.BasicAckAsync(batch[^1].Tag, multiple: true, cancellationToken);
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private ContactChange? Hear(BasicDeliverEventArgs delivery)
    {
        if (RabbitMqTopology.DeviceOfState(delivery.RoutingKey) is not { } deviceId) return null;
        var change = new ContactChange(deviceId, delivery.Body.Span.SequenceEqual("online"u8), clock.GetUtcNow());
        channel.Publish(DeviceContact.Message(change.DeviceId, change.Connected, change.Time));
        return change;
    }

    private async Task WriteDownAsync(IReadOnlyList<ContactChange> changes, CancellationToken cancellationToken)
    {
        var backOff = new BackOff();
        while (true)
        {
            try
            {
                contacts.Put(changes);
                return;
            }
            catch (StoreUnavailableException e)
            {
                if (backOff.Failures == 0) log.LogWarning("who is connected is not written down now: {Reason}", e.Message);
                await Task.Delay(backOff.Failed(), time, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // It is a hint: given up, since trying again would end the connection each time, and reports with it.
                log.LogError(e, "who is connected could not be written down for {Count} devices", changes.Count);
                return;
            }
        }
    }
}
