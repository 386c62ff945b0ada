namespace Traxxs.Server.Cluster.Redis;

/// <summary>The steps of <see cref="RedisLiveLog"/>. Keys: head, events, said.</summary>
internal static class RedisLiveScripts
{
    /// <summary>
    /// Arguments: a name for a new numbering; the numbering known ("" for none) and the last number read (-1 to begin); most
    /// events to give; events and keys to keep; time to live of events and head, ms; the bell; then five for each event to say:
    /// key, organisation, body, whether it forgets (1), position of its report (0 for none). Gives numbering, last number,
    /// highest position, events.
    /// </summary>
    public const string Exchange =
        """
        local head, events, said = KEYS[1], KEYS[2], KEYS[3]
        local known, after = ARGV[2], tonumber(ARGV[3])
        local run = redis.call('HGET', head, 'run')
        -- A Redis that began again, or another that took its place, may lack the last second: its numbers would be given twice.
        local server = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
        if not run or redis.call('HGET', head, 'server') ~= server then
          run = ARGV[1]
          redis.call('DEL', head, events, said)
          redis.call('HSET', head, 'run', run, 'server', server, 'last', 0, 'position', 0)
        end
        local last = tonumber(redis.call('HGET', head, 'last'))
        local position = tonumber(redis.call('HGET', head, 'position'))
        if known ~= '' and known ~= run then return {run, last, position, {}} end

        local before = last
        local forgets = nil
        for i = 10, #ARGV, 5 do
          -- Whoever says it first numbers it.
          if redis.call('ZADD', said, 'NX', last + 1, ARGV[i]) == 1 then
            last = last + 1
            redis.call('XADD', events, 'MAXLEN', '~', ARGV[5], string.format('%d-0', last),
              'key', ARGV[i], 'org', ARGV[i + 1], 'body', ARGV[i + 2], 'forgets', ARGV[i + 3])
            if ARGV[i + 3] == '1' then forgets = last end
            position = math.max(position, tonumber(ARGV[i + 4]))
          end
        end
        local time = redis.call('TIME')
        local now = tonumber(time[1])
        if last > before then
          redis.call('HSET', head, 'last', string.format('%d', last), 'position', string.format('%d', position))
          if forgets then
            redis.call('HSET', head, 'forgets', string.format('%d', forgets))
            redis.call('HSETNX', head, 'forgetsAt', now)
          end
          redis.call('ZREMRANGEBYRANK', said, 0, -1 - tonumber(ARGV[6]))
          redis.call('PEXPIRE', events, ARGV[7])
          redis.call('PEXPIRE', said, ARGV[7])
          redis.call('PUBLISH', ARGV[9], '')
        end
        redis.call('PEXPIRE', head, ARGV[8])

        -- What may give away what is hidden by now goes when every instance has long read it.
        local hidden = redis.call('HMGET', head, 'forgets', 'forgetsAt')
        if hidden[1] and now - tonumber(hidden[2]) >= 10 then
          redis.call('XTRIM', events, 'MINID', hidden[1] .. '-0')
          redis.call('HDEL', head, 'forgets', 'forgetsAt')
        end

        if after < 0 then after = math.max(0, last - tonumber(ARGV[4])) end
        local found = {}
        if after < last then found = redis.call('XRANGE', events, string.format('%d-0', after + 1), '+', 'COUNT', ARGV[4]) end
        return {run, last, string.format('%d', position), found}
        """;

    /// <summary>Arguments: the numbering that is to end, a name for the next, the head's time to live, ms, and the bell.</summary>
    public const string BeginAnew =
        """
        if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then return 0 end
        redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
        local server = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
        redis.call('HSET', KEYS[1], 'run', ARGV[2], 'server', server, 'last', 0, 'position', 0)
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        redis.call('PUBLISH', ARGV[4], '')
        return 1
        """;
}
