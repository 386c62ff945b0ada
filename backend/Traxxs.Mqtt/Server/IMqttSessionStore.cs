namespace Traxxs.Mqtt.Server;

/// <summary>What a stored item is about.</summary>
public enum MqttStoreKind : byte
{
    /// <summary>A session: A its number.</summary>
    Session = 1,
    /// <summary>A subscription: A the session, B the number of the subscription.</summary>
    Subscription = 2,
    /// <summary>A message that sessions hold: A its number.</summary>
    Message = 3,
    /// <summary>A message in a session's queue or in flight: A the session, B the order.</summary>
    QueuedMessage = 4,
    /// <summary>A QoS 2 packet identifier received and not released: A the session, B the identifier.</summary>
    IncomingIdentifier = 5,
    /// <summary>A retained message: A its number.</summary>
    Retained = 6,
    /// <summary>A client's own unacknowledged publish: A the order, B the packet identifier.</summary>
    ClientPublish = 7,
}

/// <summary>Names one stored item.</summary>
public readonly record struct MqttStoreKey(MqttStoreKind Kind, long A, long B = 0);

/// <summary>
/// Keeps what must survive a restart: persistent sessions with their queues, and retained messages. A map from keys to bytes
/// with group commit: writes are numbered, and a write is durable once <see cref="DurablePosition"/> has reached its number.
/// All members may be called from any thread; none blocks on the disk except <see cref="Load"/>.
/// </summary>
public interface IMqttSessionStore : IAsyncDisposable
{
    /// <summary>Reads everything that is stored. Called once, before any write.</summary>
    IReadOnlyList<KeyValuePair<MqttStoreKey, byte[]>> Load();

    /// <summary>Stores or replaces an item; answers the position of the write.</summary>
    long Put(MqttStoreKey key, ReadOnlySpan<byte> value);

    /// <summary>Forgets an item; answers the position of the write.</summary>
    long Remove(MqttStoreKey key);

    /// <summary>Why nothing becomes durable any more, or null. Publishers are then not acknowledged.</summary>
    Exception? Failure => null;

    /// <summary>All writes up to this position survive the loss of power.</summary>
    long DurablePosition { get; }

    /// <summary>
    /// Calls back once, on a thread of the store, when <see cref="DurablePosition"/> has reached <paramref name="position"/>;
    /// at once if it has.
    /// </summary>
    void WhenDurable(long position, Action<object> callback, object state);
}
