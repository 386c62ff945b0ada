using System.Collections.Concurrent;
using System.Text;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Notifications;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// Who may do what at RabbitMQ: the same answers our own broker gets. A device signs in with its id as client id and user
/// name, writes its own reports and state and reads what is sent to it; a program with a service key reads its
/// organisation's alerts. Both come over MQTT alone. All else is denied.
/// </summary>
/// <param name="credentials">Tells devices from strangers, in the same time for both.</param>
/// <param name="listenerOf">A program that may hear alerts, by its key.</param>
/// <param name="isReady">Whether what devices send is kept; before that nobody is let in.</param>
/// <param name="virtualHost">The only virtual host.</param>
internal sealed class BrokerAccess(IDeviceCredentials credentials, Func<string, (string KeyId, string Org)?> listenerOf, Func<bool> isReady, string virtualHost)
{
    private const string DeviceTag = "device";
    private const string KeyTag = "key.";
    private const string OrgTag = "org.";

    private readonly ConcurrentDictionary<string, string> _listeners = new(StringComparer.Ordinal);

    /// <summary>Programs let in by this process: client id and key.</summary>
    public IEnumerable<(string ClientId, string KeyId)> Listeners => _listeners.Select(pair => (pair.Key, pair.Value));

    /// <summary>A program's connection was closed.</summary>
    public void Forget(string clientId) => _listeners.TryRemove(clientId, out _);

    /// <summary>Whether somebody may sign in; gives the tags that come back with each later question, or null.</summary>
    public string? SignIn(string userName, string password, string? clientId)
    {
        if (!isReady() || string.IsNullOrEmpty(clientId)) return null; // without a client id it is not MQTT
        if (userName == "key" && clientId.StartsWith("key:", StringComparison.Ordinal))
        {
            if (listenerOf(password) is not { } listener) return null;
            _listeners[clientId] = listener.KeyId;
            return $"{KeyTag}{listener.KeyId} {OrgTag}{listener.Org}";
        }

        // The check takes its time before anything is compared that an answer's time would give away.
        return credentials.Verify(userName, Encoding.UTF8.GetBytes(password)) && clientId == userName ? DeviceTag : null;
    }

    /// <summary>Whether somebody may enter a virtual host.</summary>
    public bool MayEnter(string host) => host == virtualHost;

    /// <summary>Whether somebody may use a queue or exchange: the queue of their own session, and the exchange of topics.</summary>
    public static bool MayUse(BrokerQuestion question) => question.Resource switch
    {
        "queue" => ClientOf(question) is { } client && (question.Name == $"mqtt-subscription-{client}qos0" || question.Name == $"mqtt-subscription-{client}qos1"),
        "exchange" => question.Name == RabbitMqTopology.Exchange && question.Permission is "read" or "write",
        _ => false,
    };

    /// <summary>Whether somebody may publish or subscribe under a routing key. Wildcards are no device's own topic and fail as any other.</summary>
    public static bool MayTopic(BrokerQuestion question)
    {
        if (question.Name != RabbitMqTopology.Exchange) return false;
        var tags = question.Tags.Split(' ');
        if (tags.Contains(DeviceTag))
        {
            return question.Permission switch
            {
                "write" => question.RoutingKey == RabbitMqTopology.UpOf(question.UserName) || question.RoutingKey == RabbitMqTopology.StateOf(question.UserName),
                "read" => question.RoutingKey == RabbitMqTopology.DownOf(question.UserName),
                _ => false,
            };
        }

        var org = tags.FirstOrDefault(tag => tag.StartsWith(OrgTag, StringComparison.Ordinal))?[OrgTag.Length..];
        return question.Permission == "read" && org is { Length: > 0 } && question.RoutingKey == RabbitMqTopology.KeyOf(MqttAlertChannel.TopicRoot + org);
    }

    private static string? ClientOf(BrokerQuestion question) =>
        question.Tags.Split(' ').Contains(DeviceTag) ? question.UserName : question.ClientId is { Length: > 0 } client && client.StartsWith("key:", StringComparison.Ordinal) ? client : null;
}

/// <summary>What RabbitMQ asks.</summary>
/// <param name="UserName">Who.</param>
/// <param name="Resource"><c>queue</c>, <c>exchange</c> or <c>topic</c>.</param>
/// <param name="Name">Of the queue or exchange.</param>
/// <param name="Permission"><c>configure</c>, <c>read</c> or <c>write</c>.</param>
/// <param name="Tags">What <see cref="BrokerAccess.SignIn"/> gave.</param>
/// <param name="ClientId">MQTT client id; null where it is not told.</param>
/// <param name="RoutingKey">Of a topic; null elsewhere.</param>
internal sealed record BrokerQuestion(string UserName, string Resource, string Name, string Permission, string Tags, string? ClientId, string? RoutingKey);
