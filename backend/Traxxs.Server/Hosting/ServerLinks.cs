using Microsoft.Extensions.Logging;
using Traxxs.Server.Cluster;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Cluster.Redis;
using Traxxs.Server.Hosting.Parts;

namespace Traxxs.Server.Hosting;

/// <summary>What joins a process to others, as configured; of a process that is alone, nothing.</summary>
internal static class ServerLinks
{
    /// <summary>Makes it. <paramref name="rabbit"/> is what the channel goes over; null for a process that is alone.</summary>
    public static async Task<CoreLinks> OpenAsync(ServerOptions options, RabbitMqLinks? rabbit, Ownership owner, ILogger log)
    {
        IServiceChannel channel = rabbit is null ? new LocalChannel(log) : owner.Own(new RabbitMqChannel(rabbit, log));
        var machine = options.Machine;
        IRoleLeases leases = options.Postgres is { } postgres && rabbit is not null ? owner.Own(new DatabaseLeases(postgres, machine)) : new LocalLeases();
        if (options.Redis is not { } redis) return new CoreLinks(channel, leases, machine);
        var link = owner.Own(await RedisLink.OpenAsync(redis, log));
        // Alone there is nobody to share events with, and a message has no identity others know it by.
        return new CoreLinks(channel, leases, machine, new RedisThrottle(link), new RedisSignInMemory(link), rabbit is null ? null : new RedisLiveLog(link));
    }
}
