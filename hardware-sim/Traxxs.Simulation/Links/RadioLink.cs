using Traxxs.Core.Ports;
using Traxxs.Core.Update;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.Randomness;
using Traxxs.Simulation.Time;

namespace Traxxs.Simulation.Links;

/// <summary>
/// The insole's radio in simulated time: joins, carries frames with latency, loses the network, draws current. A frame is
/// handed to the server at the simulated time it arrives there, and its acknowledgement is waited for in real time when it is
/// due in simulated time; so what a server has stored at a cut does not depend on the machine's speed.
/// </summary>
public sealed class RadioLink : IUplink
{
    /// <summary>How soon a path that does not wait is asked again, ms.</summary>
    public const int AskAgainMs = 20;

    private readonly Scheduler _scheduler;
    private readonly IServerPath _path;
    private readonly ILinkConditions _conditions;
    private readonly LinkTiming _timing;
    private readonly EnergyMeter _energy;
    private readonly DeterministicRandom _random;
    private readonly List<Flight> _inFlight = [];
    private readonly Queue<int> _acknowledged = new();
    private bool _asks;      // the path was asked to connect and has not answered
    private int _connection; // events of an earlier connection know themselves by this
    private long _lastArrivalMs;

    /// <summary>A radio that is off. <paramref name="wake"/> is called when the firmware has something to look at.</summary>
    public RadioLink(Scheduler scheduler, IServerPath path, ILinkConditions conditions, LinkTiming timing, EnergyMeter energy, ulong seed, Action wake)
    {
        _scheduler = scheduler;
        _path = path;
        _conditions = conditions;
        _timing = timing;
        _energy = energy;
        _random = new DeterministicRandom(seed);
        Wake = wake;
    }

    /// <inheritdoc/>
    public LinkState State { get; private set; } = LinkState.Closed;

    /// <summary>Connections that came about.</summary>
    public int Connections { get; private set; }

    /// <summary>Attempts that failed and connections that broke.</summary>
    public int Failures { get; private set; }

    /// <summary>Frames handed over by the firmware, repeats counted.</summary>
    public int FramesPublished { get; private set; }

    /// <summary>Frames under way.</summary>
    public int InFlight => _inFlight.Count;

    /// <summary>Bytes of MQTT, TLS and TCP/IP sent and received, by the frame overheads of <see cref="AirBytes"/>.</summary>
    public long BytesOnAir { get; private set; }

    /// <summary>Called with every frame the firmware hands over.</summary>
    public event Action<ReadOnlyMemory<byte>>? Published;

    /// <summary>Called where the radio has joined the network and goes for the server: SNTP has set the chip's clock.</summary>
    public event Action? Joined;

    /// <summary>Called where an attempt failed or a connection broke.</summary>
    public event Action? Failed;

    /// <summary>Takes blocks of a firmware image as they come, as it does on the board's own thread; null while no firmware runs.</summary>
    public Updater? Updater { get; set; }

    private Action Wake { get; }

    private long NowMs => _scheduler.Clock.NowMs;

    /// <inheritdoc/>
    public long BusyMs(long nowMs) => 0;    // simulated work ends

    /// <inheritdoc/>
    public void Open()
    {
        if (State is LinkState.Opening or LinkState.Open) return;
        State = LinkState.Opening;
        var connection = ++_connection;
        _energy.Set(EnergyState.RadioUploading, NowMs);
        if (!_conditions.HasNetwork(NowMs))
        {
            _scheduler.After(_timing.SearchMs, () => { if (connection == _connection) Fail(); });
            return;
        }

        var connectMs = _timing.ConnectMs + (int)_random.Between(-_timing.ConnectJitterMs, _timing.ConnectJitterMs) + LinkTiming.HandshakeWays * _conditions.ExtraWayMs(NowMs);
        _scheduler.After(connectMs, () => { if (connection == _connection) FinishOpening(); });
    }

    /// <inheritdoc/>
    public void Close()
    {
        if (State == LinkState.Closed) return;
        var wasOpen = State == LinkState.Open;
        Drop(LinkState.Closed);
        _energy.Set(EnergyState.RadioOff, NowMs);
        if (wasOpen) _path.Disconnect(abrupt: false);
    }

    /// <inheritdoc/>
    public bool TryPublish(int token, byte[] buffer, int offset, int count)
    {
        if (State != LinkState.Open || _inFlight.Count >= _timing.InFlightMax) return false;
        var flight = new Flight(token, buffer.AsSpan(offset, count).ToArray(), _connection);
        _inFlight.Add(flight);
        FramesPublished++;
        BytesOnAir += AirBytes.OfPublish(count);
        Published?.Invoke(flight.Frame);
        _energy.Set(EnergyState.RadioUploading, NowMs);
        // One TCP connection: frames arrive in the order sent.
        _lastArrivalMs = Math.Max(NowMs + OneWay(), _lastArrivalMs);
        _scheduler.At(_lastArrivalMs, () => Arrive(flight));
        return true;
    }

    /// <inheritdoc/>
    public bool TryTakeAcknowledged(out int token) => _acknowledged.TryDequeue(out token);

    /// <inheritdoc/>
    public int TakeDownlink(byte[] buffer)
    {
        var tookBlocks = false;
        while (State == LinkState.Open && _path.TryTakeDownlink(out var frame))
        {
            BytesOnAir += AirBytes.OfPublish(frame.Length);
            if (Updater?.TakeBlock(frame, frame.Length) == true)
            {
                if (!tookBlocks) _scheduler.After(1, Wake);     // the firmware, which is in a step, looks at them in its next
                tookBlocks = true;
                continue;
            }

            if (frame.Length > buffer.Length) return -1;
            frame.CopyTo(buffer, 0);
            return frame.Length;
        }

        return 0;
    }

    /// <summary>The insole lost its supply: the connection is simply gone.</summary>
    public void PowerCut()
    {
        var wasOpen = State == LinkState.Open;
        Drop(LinkState.Closed);
        _acknowledged.Clear();
        _energy.Set(EnergyState.RadioOff, NowMs);
        if (wasOpen) _path.Disconnect(abrupt: true);
    }

    private void FinishOpening()
    {
        if (_conditions.HasNetwork(NowMs)) Joined?.Invoke();
        var answer = _conditions.HasNetwork(NowMs) && _conditions.HasServer(NowMs) ? _path.TryConnect() : PathAnswer.No;
        _asks = answer == PathAnswer.NotYet;
        if (_asks)
        {
            var connection = _connection;
            _scheduler.After(AskAgainMs, () => { if (connection == _connection) FinishOpening(); });
            return;
        }

        BytesOnAir += AirBytes.Connect;
        if (answer == PathAnswer.No)
        {
            Fail();
            return;
        }

        State = LinkState.Open;
        Connections++;
        _energy.Set(EnergyState.RadioIdle, NowMs);
        WatchAfterwards(_connection);
        Wake();
    }

    private void WatchAfterwards(int connection) => _scheduler.After(_timing.WatchMs, () =>
    {
        if (connection != _connection) return;
        if (!_conditions.HasNetwork(NowMs) || !_conditions.HasServer(NowMs) || _path.IsBroken)
        {
            Break();
            return;
        }

        if (_path.HasDownlink) Wake();
        WatchAfterwards(connection);
    });

    private void Arrive(Flight flight)
    {
        if (flight.Connection != _connection) return;
        flight.Sent = true;
        if (!_conditions.HasNetwork(NowMs) || !_conditions.HasServer(NowMs) || _conditions.LosesFrame(NowMs) || !_path.Send(flight.Token, flight.Frame))
        {
            flight.Sent = false;
            Break();
            return;
        }

        var due = NowMs + (_path.CommitsInItsOwnTime ? 0 : _conditions.ExtraCommitMs(NowMs)) + OneWay();
        _scheduler.At(due, () => Acknowledge(flight));
    }

    private void Acknowledge(Flight flight)
    {
        if (flight.Connection != _connection) return;
        var answer = _path.AskAcknowledged(flight.Token);
        if (answer == PathAnswer.NotYet)
        {
            _scheduler.After(AskAgainMs, () => Acknowledge(flight));
            return;
        }

        if (answer == PathAnswer.No || _conditions.LosesAcknowledgement(NowMs))
        {
            Break();
            return;
        }

        _inFlight.Remove(flight);
        _acknowledged.Enqueue(flight.Token);
        BytesOnAir += AirBytes.Acknowledgement;
        if (_inFlight.Count == 0) _energy.Set(EnergyState.RadioIdle, NowMs);
        Wake();
    }

    private void Break()
    {
        Fail();
        _path.Disconnect(abrupt: true);
    }

    private void Fail()
    {
        Failures++;
        Failed?.Invoke();
        Drop(LinkState.Failed);
        _energy.Set(EnergyState.RadioOff, NowMs);
        Wake();
    }

    // What has reached the server is stored there by the time anybody looks, whatever becomes of its acknowledgement.
    private void Drop(LinkState next)
    {
        foreach (var flight in _inFlight)
        {
            if (flight.Sent) _path.WaitAcknowledged(flight.Token);
        }

        if (_asks) _path.Disconnect(abrupt: true);
        _asks = false;
        _connection++;
        _inFlight.Clear();
        State = next;
    }

    private long OneWay() => _timing.OneWayMs + _random.Between(0, _timing.OneWayJitterMs) + _conditions.ExtraWayMs(NowMs);

    private sealed class Flight(int token, byte[] frame, int connection)
    {
        public int Token { get; } = token;

        public byte[] Frame { get; } = frame;

        public int Connection { get; } = connection;

        public bool Sent { get; set; }
    }
}
