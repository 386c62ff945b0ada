using Microsoft.Extensions.Logging;

namespace Traxxs.Server.Cluster;

/// <summary>The handlers of one process, by topic.</summary>
internal sealed class Subscribers(ILogger log)
{
    private readonly Dictionary<string, List<Action<ServiceMessage>>> _handlers = new(StringComparer.Ordinal);

    /// <summary>Adds a handler; not while messages are told.</summary>
    public void Add(string topic, Action<ServiceMessage> handler)
    {
        if (!_handlers.TryGetValue(topic, out var handlers)) _handlers[topic] = handlers = [];
        handlers.Add(handler);
    }

    /// <summary>Calls the handlers of a message, each for itself; gives whether all of them went through.</summary>
    public bool Tell(in ServiceMessage message)
    {
        if (!_handlers.TryGetValue(message.Topic, out var handlers)) return true;
        var well = true;
        foreach (var handler in handlers)
        {
            try
            {
                handler(message);
            }
            catch (Exception e)
            {
                log.LogError(e, "a handler of {Topic} {Key} failed", message.Topic, message.Key);
                well = false;
            }
        }

        return well;
    }
}
