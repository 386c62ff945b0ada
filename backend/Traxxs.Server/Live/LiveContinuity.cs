using System.Globalization;
using Traxxs.Server.Cluster;

namespace Traxxs.Server.Live;

/// <summary>
/// Whether what is told is all that happened. An instance that may have missed messages asks the others; one that missed none
/// since the numbering began answers when all it heard before is in the log. Where nobody answers, the numbering begins anew and
/// whoever watches reads the state: something may have happened that nobody was there to hear.
/// </summary>
internal sealed class LiveContinuity
{
    /// <summary>How long an answer is waited for; watchers are told what happens meanwhile.</summary>
    public static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(3);

    private readonly IServiceChannel _channel;
    private readonly LiveSharing _sharing;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private bool _hears;
    private bool _isWhole;
    private long _asked;
    private long _askedAt;

    /// <summary>Continuity of a feed over a channel. Before that starts.</summary>
    public LiveContinuity(IServiceChannel channel, LiveSharing sharing, TimeProvider time)
    {
        (_channel, _sharing, _time) = (channel, sharing, time);
        channel.Subscribe(ServiceTopic.LiveAsk, Asked);
        channel.Subscribe(ServiceTopic.LiveWhole, Answered);
        sharing.Joined += Joined;
    }

    /// <summary>Whether nothing is missing, as far as is known.</summary>
    public bool IsWhole
    {
        get
        {
            lock (_lock) return _isWhole;
        }
    }

    /// <summary>Messages may have been missed; from now on this instance hears them.</summary>
    public void Missed()
    {
        lock (_lock) _hears = true;
        Ask();
    }

    /// <summary>Time has passed: asks again, since who could answer may just be taking up the numbering; begins anew where nobody answered.</summary>
    public async Task TickAsync()
    {
        bool isOver;
        lock (_lock)
        {
            if (_isWhole || !_hears || !_sharing.IsJoined || _channel.Trouble is not null) return;
            isOver = _time.GetElapsedTime(_askedAt) >= AnswerMax;
            if (isOver) _askedAt = _time.GetTimestamp();
        }

        if (isOver) await _sharing.BeginAnewAsync();
        else _channel.Publish(Question());
    }

    // Who began a numbering and hears is there from its first event on.
    private void Joined(bool isNew)
    {
        lock (_lock)
        {
            if (isNew && _hears)
            {
                _isWhole = true;
                return;
            }
        }

        Ask();
    }

    private void Ask()
    {
        lock (_lock)
        {
            (_isWhole, _askedAt) = (false, _time.GetTimestamp());
            _asked++; // answers to what was asked before say nothing of what was missed since
            if (!_hears || !_sharing.IsJoined) return;
        }

        _channel.Publish(Question());
    }

    private ServiceMessage Question()
    {
        lock (_lock) return new ServiceMessage(ServiceTopic.LiveAsk, KeyOf(_asked));
    }

    private void Asked(ServiceMessage message)
    {
        lock (_lock)
        {
            if (!_isWhole) return;
        }

        _sharing.AfterSaid(() => _channel.Publish(new ServiceMessage(ServiceTopic.LiveWhole, message.Key)));
    }

    private void Answered(ServiceMessage message)
    {
        lock (_lock)
        {
            if (message.Key == KeyOf(_asked)) _isWhole = true;
        }
    }

    private string KeyOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{_channel.Process} {number}");
}
