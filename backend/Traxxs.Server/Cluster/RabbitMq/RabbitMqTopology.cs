using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Traxxs.Store.Service;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// What stands in RabbitMQ: the queue of frames, that of frames nobody could digest, and that of what devices say of their
/// connection. The MQTT plug-in publishes a topic <c>a/b/c</c> to the exchange <c>amq.topic</c> under <c>a.b.c</c>.
/// </summary>
internal static class RabbitMqTopology
{
    /// <summary>The exchange of the MQTT plug-in.</summary>
    public const string Exchange = "amq.topic";

    /// <summary>Frames of devices, replicated, acknowledged to the device when a majority has it.</summary>
    public const string Reports = "xsole.reports";

    /// <summary>Frames that came back so often that they are put aside, to be looked at one by one (<see cref="DeadFrames"/>).</summary>
    public const string DeadReports = "xsole.reports.dead";

    /// <summary>
    /// Online and offline, as devices and their wills say, on as many nodes as the reports. RabbitMQ gives it to one consumer of all there
    /// are, and to the next when that goes. A hint: the oldest makes room.
    /// </summary>
    public const string States = "xsole.contacts";

    /// <summary>What <see cref="States"/> was before, on one node alone: a queue cannot be declared otherwise under its name.</summary>
    public const string FormerStates = "xsole.state";

    /// <summary>
    /// How often a frame may come back, by a listener that died with it or lost its connection, before it is put aside: more
    /// restarts than a day of trouble has, and a frame that kills its listener is out within minutes.
    /// </summary>
    public const int DeliveriesMax = 50;

    private const int StatesMax = 100_000;
    private const string Root = "xsole.v1.";
    private const string Up = ".up";
    private const string State = ".state";

    /// <summary>
    /// RabbitMQ writes the directory of its quorum queues behind the creation's answer, some twice a second: a node killed in
    /// between forgets a new queue and what was in it.
    /// </summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>Makes what is not there; gives whether the queue of frames was made now. Fails where a queue of another kind has the name.</summary>
    public static async Task<bool> DeclareAsync(IConnection connection, long queueMax, CancellationToken cancellationToken)
    {
        var stood = await ExistsAsync(connection, cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await DeclareDeadAsync(channel, cancellationToken);
        await channel.QueueDeclareAsync(Reports, true, false, false, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = DeliveriesMax,
            ["x-max-length"] = queueMax,
            ["x-overflow"] = "reject-publish", // a full queue takes nothing and acknowledges nothing: devices keep their reports
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = DeadReports,
            ["x-dead-letter-strategy"] = "at-least-once",
        }, cancellationToken: cancellationToken);
        // '#' and not '*': a dot in a device's id stands in the key as it is.
        await channel.QueueBindAsync(Reports, Exchange, $"{Root}#{Up}", cancellationToken: cancellationToken);
        return !stood;
    }

    /// <summary>Makes the queue of frames put aside, if it is not there.</summary>
    public static Task DeclareDeadAsync(IChannel channel, CancellationToken cancellationToken) =>
        channel.QueueDeclareAsync(DeadReports, true, false, false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);

    private static async Task<bool> ExistsAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            await channel.QueueDeclarePassiveAsync(Reports, cancellationToken);
            return true;
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return false; // and the channel is closed: an AMQP no is that
        }
    }

    /// <summary>Makes the queue of states, if it is not there.</summary>
    public static async Task DeclareStatesAsync(IChannel channel, CancellationToken cancellationToken)
    {
        await channel.QueueDeclareAsync(States, true, false, false, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-single-active-consumer"] = true,
            ["x-max-length"] = StatesMax,
            ["x-overflow"] = "drop-head",
        }, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(States, Exchange, $"{Root}#{State}", cancellationToken: cancellationToken);
    }

    /// <summary>
    /// Removes <see cref="FormerStates"/>, unless a listener from before still hears it: the last to be replaced removes it. What is in
    /// it then was told by <see cref="States"/> too, but for the moments before that was made: devices say it again.
    /// </summary>
    public static async Task RemoveFormerStatesAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            await channel.QueueDeleteAsync(FormerStates, ifUnused: true, ifEmpty: false, cancellationToken: cancellationToken);
        }
        catch (OperationInterruptedException) when (connection.IsOpen)
        {
            // In use, or its one node is away: the next connection asks again.
        }
    }

    /// <summary>Whose frame it is, by the routing key, which the broker let only this device use; null where it is nobody's.</summary>
    public static string? DeviceOfReport(string routingKey) => DeviceOf(routingKey, Up);

    /// <summary>Whose state it is; null where it is nobody's.</summary>
    public static string? DeviceOfState(string routingKey) => DeviceOf(routingKey, State);

    /// <summary>The key of a device's reports.</summary>
    public static string UpOf(string deviceId) => Root + deviceId + Up;

    /// <summary>The key of a device's state.</summary>
    public static string StateOf(string deviceId) => Root + deviceId + State;

    /// <summary>The key of what is sent to a device.</summary>
    public static string DownOf(string deviceId) => $"{Root}{deviceId}.down";

    /// <summary>The key of a topic.</summary>
    public static string KeyOf(string topic) => topic.Replace('/', '.');

    private static string? DeviceOf(string routingKey, string end)
    {
        if (!routingKey.StartsWith(Root, StringComparison.Ordinal) || !routingKey.EndsWith(end, StringComparison.Ordinal)) return null;
        if (routingKey.Length <= Root.Length + end.Length) return null;
        var id = routingKey[Root.Length..^end.Length];
        return DeviceId.IsValid(id) ? id : null;
    }
}
