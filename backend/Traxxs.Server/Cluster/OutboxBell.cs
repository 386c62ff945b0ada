namespace Traxxs.Server.Cluster;

/// <summary>Wakes whoever delivers, wherever that is: something was put into the outbox.</summary>
/// <param name="channel">Where it is told.</param>
internal sealed class OutboxBell(IServiceChannel channel)
{
    /// <summary>Look at once.</summary>
    public void Ring() => channel.Publish(new ServiceMessage(ServiceTopic.Outbox));
}
