using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Traxxs.Server.Cluster;
using Traxxs.Server.Live;

namespace Traxxs.Server.Tests.Live;

/// <summary>What was missed by one is no loss where another heard it; what nobody heard is told.</summary>
[TestClass]
public sealed class LiveContinuityTests
{
    private readonly MemoryLiveLog _log = new();
    private readonly List<TestChannel> _channels = [];
    private readonly List<Instance> _running = [];

    [TestMethod]
    public async Task One_that_missed_something_asks_and_whoever_heard_all_answers_when_it_is_said()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var run = one.Feed.Last.Run;
        using var watcher = one.Feed.Watch("main", null);
        one.Continuity.Missed();
        await TickForAsync(one, LiveContinuity.AnswerMax * 2);
        Assert.AreEqual(run, one.Feed.Last.Run, "nothing begins anew");
        Assert.IsFalse(watcher.Events.TryRead(out _));
        Assert.AreEqual(run, other.Feed.Last.Run);
    }

    [TestMethod]
    public async Task What_nobody_was_there_to_hear_begins_the_numbering_anew_once_and_all_read_the_state()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var run = one.Feed.Last.Run;
        using var watcher = one.Feed.Watch("main", null);
        using var second = other.Feed.Watch("main", null);
        one.Channel.IsDown = other.Channel.IsDown = true;
        one.Continuity.Missed();
        other.Continuity.Missed();
        one.Channel.IsDown = other.Channel.IsDown = false;
        await TickForAsync([one, other], LiveContinuity.AnswerMax * 3);
        Assert.AreNotEqual(run, one.Feed.Last.Run);
        Assert.AreEqual(one.Feed.Last.Run, other.Feed.Last.Run);
        foreach (var one_ in (LiveWatcher[])[watcher, second])
        {
            Assert.IsTrue(one_.Events.TryRead(out var item));
            Assert.AreEqual("reset", JsonSerializer.Deserialize<JsonElement>(item.Text).GetProperty("type").GetString());
            Assert.IsFalse(one_.Events.TryRead(out _), "once");
        }
    }

    [TestMethod]
    public async Task After_a_time_when_no_instance_ran_the_first_one_begins_anew()
    {
        string old;
        await using (var one = await StartAsync())
        {
            using var watcher = one.Feed.Watch("main", null);
            one.Sharing.Tell(new SaidEvent("1", "main", """{"type":"device"}"""u8.ToArray()));
            old = JsonSerializer.Deserialize<JsonElement>((await watcher.Events.ReadAsync()).Text).GetProperty("id").GetString()!;
        }

        await using var next = await StartAsync(hears: false);
        using var back = next.Feed.Watch("main", old);
        await TickForAsync(next, LiveContinuity.AnswerMax * 2);
        Assert.IsFalse(back.Events.TryRead(out _), "it does not know while it hears nobody");
        next.Continuity.Missed();
        await TickForAsync(next, LiveContinuity.AnswerMax * 2);
        Assert.IsTrue(back.Events.TryRead(out var item));
        Assert.AreEqual("reset", JsonSerializer.Deserialize<JsonElement>(item.Text).GetProperty("type").GetString());
    }

    private Task TickForAsync(Instance instance, TimeSpan span) => TickForAsync([instance], span);

    // The machine's clock is the test's. Steps of the log are real: time stands still until every instance has taken them.
    private async Task TickForAsync(Instance[] instances, TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed <= span; passed += TimeSpan.FromMilliseconds(250))
        {
            foreach (var instance in instances)
            {
                instance.Clock.Advance(TimeSpan.FromMilliseconds(250));
                await instance.Continuity.TickAsync();
            }

            var started = Environment.TickCount64;
            while (instances.Any(instance => instance.Feed.Last.Run != _log.Run))
            {
                Assert.IsLessThan(30_000, Environment.TickCount64 - started, "an instance does not take up the numbering");
                await Task.Delay(5);
            }

            foreach (var instance in _running) await SaidAsync(instance);
        }
    }

    // All that an instance was told before is in the log, and what it has answered the others with it.
    private static async Task SaidAsync(Instance instance)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        instance.Sharing.AfterSaid(said.SetResult);
        await said.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private async Task<Instance> StartAsync(bool hears = true)
    {
        var instance = new Instance(_log, _channels, _running);
        await instance.Sharing.TryJoinAsync(default);
        instance.Sharing.Start();
        if (!hears) return instance;
        instance.Continuity.Missed();
        // The first of all begins the numbering anew, when nobody answered.
        await TickForAsync(instance, LiveContinuity.AnswerMax + TimeSpan.FromSeconds(1));
        return instance;
    }

    private sealed class Instance : IAsyncDisposable
    {
        private readonly List<Instance> _running;

        public Instance(ILiveLog log, List<TestChannel> channels, List<Instance> running)
        {
            (_running = running).Add(this);
            Channel = new TestChannel(channels);
            Sharing = new LiveSharing(Feed, log, TimeProvider.System, NullLogger.Instance);
            Continuity = new LiveContinuity(Channel, Sharing, Clock);
        }

        public TickClock Clock { get; } = new();

        public LiveFeed Feed { get; } = new(TimeProvider.System);

        public TestChannel Channel { get; }

        public LiveSharing Sharing { get; }

        public LiveContinuity Continuity { get; }

        public async ValueTask DisposeAsync()
        {
            _running.Remove(this);
            await Channel.DisposeAsync();
            await Sharing.DisposeAsync();
        }
    }

    private sealed class TickClock : TimeProvider
    {
        private long _ms;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Interlocked.Read(ref _ms);

        public void Advance(TimeSpan span) => Interlocked.Add(ref _ms, (long)span.TotalMilliseconds);
    }

    // Everybody hears at once what anybody says.
    private sealed class TestChannel : IServiceChannel
    {
        private readonly Subscribers _subscribers = new(NullLogger.Instance);
        private readonly List<TestChannel> _all;

        public TestChannel(List<TestChannel> all)
        {
            _all = all;
            all.Add(this);
        }

        public event Action? Missed
        {
            add { }
            remove { }
        }

        public string Process { get; } = Guid.NewGuid().ToString("N");

        public string? Trouble => null;

        public bool IsDown { get; set; }

        public void Subscribe(string topic, Action<ServiceMessage> handler) => _subscribers.Add(topic, handler);

        public void Publish(ServiceMessage message)
        {
            if (IsDown) return;
            foreach (var channel in _all.ToArray()) channel._subscribers.Tell(message);
        }

        public void Start()
        {
        }

        public ValueTask DisposeAsync()
        {
            _all.Remove(this);
            return ValueTask.CompletedTask;
        }
    }
}
