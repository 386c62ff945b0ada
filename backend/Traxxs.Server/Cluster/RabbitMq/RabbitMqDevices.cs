using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Traxxs.Protocol;
using Traxxs.Server.Ingest;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// The way to devices through RabbitMQ. A command is published for whoever is bound to the device's topic and comes back
/// where nobody is: then it was not sent. A configuration is retained, by every node, since a node keeps retained messages
/// for its own connections alone.
/// </summary>
internal sealed class RabbitMqDevices : IDeviceSide, IAsyncDisposable
{
    // The plug-in reads a signed byte here and nothing else; without it a message of quality 1 is delivered at 0 or not at all.
    private const string QosHeader = "x-mqtt-publish-qos";

    private readonly RabbitMqLink _link;
    private readonly MqttNodes _nodes;
    private volatile IChannel? _channel;

    /// <summary>A way over a link for what is published, which it does not own.</summary>
    public RabbitMqDevices(RabbitMqOptions options, RabbitMqLink link, string process, ILogger log)
    {
        (_link, _nodes) = (link, new MqttNodes(options, process, log));
        link.Use(HoldAsync);
    }

    /// <inheritdoc/>
    public string? Trouble => _link.Trouble;

    /// <inheritdoc/>
    public bool IsListening(string deviceId) => true;

    /// <inheritdoc/>
    public async ValueTask SendCommandAsync(string deviceId, Command command, TimeSpan? validFor = null, CancellationToken cancellationToken = default)
    {
        var frame = FrameOf(command);
        if (command.Code == CommandCode.Configure)
        {
            await _nodes.RetainAsync(DeviceTopics.Of(deviceId).Down, frame, cancellationToken);
            return;
        }

        if (validFor is { } left && left <= TimeSpan.Zero) throw new ArgumentException("the command is void already", nameof(validFor));
        var properties = Properties();
        // A device that is away with a lasting session gets it when it is back, unless it is void by then.
        if (validFor is { } span) properties.Expiration = ((long)Math.Min(span.TotalMilliseconds, uint.MaxValue)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        try
        {
            await Channel().BasicPublishAsync(RabbitMqTopology.Exchange, RabbitMqTopology.DownOf(deviceId), mandatory: true, properties, frame, cancellationToken);
        }
        catch (PublishException e) when (e.IsReturn)
        {
            throw new NotListeningException(deviceId);
        }
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(string topic, byte[] payload, CancellationToken cancellationToken) =>
        await Channel().BasicPublishAsync(RabbitMqTopology.Exchange, RabbitMqTopology.KeyOf(topic), mandatory: false, Properties(), payload, cancellationToken);

    /// <inheritdoc/>
    public void Disconnect(string deviceId) => _nodes.TakeOver(deviceId);

    /// <summary>Ends its own connections.</summary>
    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    private static byte[] FrameOf(Command command)
    {
        var frame = new byte[CommandFrame.FrameSizeMax];
        var size = CommandFrame.Write(command, frame, 0);
        if (size == 0) throw new ArgumentException($"a {command.Code} command with these values has no frame", nameof(command));
        return frame[..size];
    }

    private static BasicProperties Properties() =>
        new() { DeliveryMode = DeliveryModes.Persistent, Headers = new Dictionary<string, object?> { [QosHeader] = (sbyte)1 } };

    // While RabbitMQ takes nothing, what is handed over would only pile up before it: who sends tries again.
    private IChannel Channel() => _link.Trouble is null && _channel is { } channel ? channel : throw new IOException(_link.Trouble ?? "RabbitMQ: not connected");

    private async Task HoldAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken);
        _channel = channel;
        try
        {
            var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            channel.ChannelShutdownAsync += (_, reason) =>
            {
                closed.TrySetException(new IOException(reason.ReplyText));
                return Task.CompletedTask;
            };
            await await Task.WhenAny(closed.Task, RabbitMqLink.UntilOverAsync(cancellationToken));
        }
        finally
        {
            _channel = null;
        }
    }
}
