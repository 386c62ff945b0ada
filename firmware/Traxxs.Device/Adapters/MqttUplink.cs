using System;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using nanoFramework.M2Mqtt;
using nanoFramework.M2Mqtt.Messages;
using Traxxs.Core.Ports;
using Traxxs.Core.Update;

namespace Traxxs.Device.Adapters
{
    /// <summary>
    /// The way to the server: Wi-Fi, then MQTT with the device's own credentials. Joining, connecting and leaving block for
    /// seconds and run on a worker thread; the port's methods only look and hand over. M2Mqtt keeps what is under way in
    /// RAM alone: the queue in flash, not this class, is what makes delivery certain.
    /// </summary>
    public sealed class MqttUplink : IUplink, IDisposable
    {
        /// <summary>Keep-alive the server is told, s. A link is open for seconds; this bounds how long a lost one is believed.</summary>
        public const ushort KeepAliveS = 60;

        /// <summary>Longest wait for the network to let the device in and give it an address, ms.</summary>
        public const int JoinMs = 20000;

        /// <summary>Longest wait for the server to take the "offline" of a planned end, ms.</summary>
        public const int FarewellMs = 2000;

        /// <summary>Downlink frames kept until taken; one more drops the oldest. The server repeats a command until it is done.</summary>
        public const int DownlinkMax = 4;

        private readonly object _gate = new object();
        private readonly DeviceConfig _config;
        private readonly X509Certificate _ca;
        private readonly Topics _topics;
        private readonly IWifiStation _wifi;
        private readonly AutoResetEvent _attention;
        private readonly Updater _updater;
        private readonly AutoResetEvent _work = new AutoResetEvent(false);
        private readonly AutoResetEvent _farewell = new AutoResetEvent(false);
        private readonly InFlight _inFlight = new InFlight();
        private readonly byte[][] _downlink = new byte[DownlinkMax][];
        private int _downlinkCount;
        private LinkState _state = LinkState.Closed;
        private MqttClient _client;
        private int _farewellId = -1;
        private int _attempt;
        private int _attemptDone;
        private int _doneSeen;
        private long _busySinceMs;
        private bool _stopping;

        /// <summary>
        /// Makes a closed uplink. <paramref name="ca"/> is null where the configuration has no TLS;
        /// <paramref name="attention"/> is set whenever there is something to see here. <paramref name="updater"/> takes blocks of a new
        /// image where they come in, so that none is lost behind commands; null where the board takes none.
        /// </summary>
        public MqttUplink(DeviceConfig config, X509Certificate ca, IWifiStation wifi, AutoResetEvent attention, Updater updater = null)
        {
            _updater = updater;
            _config = config;
            _ca = ca;
            _wifi = wifi;
            _topics = new Topics(config.Id);
            _attention = attention;
            new Thread(Work).Start();
        }

        /// <inheritdoc/>
        public LinkState State
        {
            get { return _state; }
        }

        /// <summary>
        /// Whether the link is closed and the worker has left the network: the radio is off. For the thread that opens and closes:
        /// no other closes or begins an attempt, so that each number may be looked at without the lock.
        /// </summary>
        public bool IsQuiet
        {
            get { return _state == LinkState.Closed && _attemptDone == _attempt; }
        }

        /// <inheritdoc/>
        public long BusyMs(long nowMs)
        {
            // Attempts may follow each other without a pause: each that ends is a sign of life.
            int done = _attemptDone;
            if (done == _attempt || done != _doneSeen) _busySinceMs = nowMs;
            _doneSeen = done;
            return nowMs - _busySinceMs;
        }

        /// <inheritdoc/>
        public void Open()
        {
            lock (_gate)
            {
                if (_stopping || _state == LinkState.Opening || _state == LinkState.Open) return;
                _state = LinkState.Opening;
                _attempt++;
            }

            _work.Set();
        }

        /// <inheritdoc/>
        public void Close()
        {
            lock (_gate)
            {
                if (_state == LinkState.Closed) return;
                _state = LinkState.Closed;
                _attempt++;
                _inFlight.ForgetUnacknowledged();
            }

            _work.Set();
        }

        /// <inheritdoc/>
        public bool TryPublish(int token, byte[] buffer, int offset, int count)
        {
            // M2Mqtt queues and returns; its own thread sends. The lock is held so that a quick PUBACK finds the entry.
            lock (_gate)
            {
                if (_state != LinkState.Open || _inFlight.IsFull) return false;
                byte[] copy = new byte[count];
                Array.Copy(buffer, offset, copy, 0, count);
                try
                {
                    _inFlight.Add(token, _client.Publish(_topics.Up, copy, null, null, MqttQoSLevel.AtLeastOnce, false));
                    return true;
                }
                catch (Exception)
                {
                    Break();
                }
            }

            _work.Set();
            return false;
        }

        /// <inheritdoc/>
        public bool TryTakeAcknowledged(out int token)
        {
            lock (_gate)
            {
                return _inFlight.TryTake(out token);
            }
        }

        /// <inheritdoc/>
        public int TakeDownlink(byte[] buffer)
        {
            lock (_gate)
            {
                if (_downlinkCount == 0) return 0;
                byte[] frame = _downlink[0];
                DropOldestDownlink();
                if (frame.Length > buffer.Length) return -1;
                Array.Copy(frame, 0, buffer, 0, frame.Length);
                return frame.Length;
            }
        }

        /// <summary>Closes the link and ends the worker.</summary>
        public void Dispose()
        {
            Close();
            _stopping = true;
            _work.Set();
        }

        private void Work()
        {
            bool stopping = false;
            while (!stopping)
            {
                _work.WaitOne();
                MqttClient old = null;
                int attempt;
                LinkState wanted;
                lock (_gate)
                {
                    stopping = _stopping;
                    attempt = _attempt;
                    wanted = _state;
                    if (wanted != LinkState.Open)
                    {
                        old = _client;
                        _client = null;
                    }
                }

                if (old != null) Leave(old);
                if (wanted == LinkState.Opening && !stopping) Join(attempt);
                else if (wanted == LinkState.Closed) _wifi.Leave();

                _attemptDone = attempt;
                _attention.Set();
            }
        }

        private void Join(int attempt)
        {
            MqttClient client = TryConnect();
            bool overtaken;
            lock (_gate)
            {
                overtaken = _attempt != attempt;
                if (!overtaken)
                {
                    bool open = client != null && client.IsConnected;
                    _state = open ? LinkState.Open : LinkState.Failed;
                    if (open) _client = client;
                    overtaken = !open;
                }
            }

            if (overtaken && client != null) Leave(client);
        }

        private MqttClient TryConnect()
        {
            MqttClient client = null;
            try
            {
                // Checking a certificate needs the date, and nothing but the network sets the clock.
                if (!_wifi.TryJoin(_config.Ssid, _config.Psk, _config.UsesTls, JoinMs)) return null;
                client = NewClient();
                MqttReasonCode reason = client.Connect(
                    _config.Id, _config.Id, _config.Secret, true, MqttQoSLevel.AtLeastOnce, true, _topics.State, Topics.Offline, false, KeepAliveS);
                if (reason == MqttReasonCode.Success)
                {
                    Announce(client, Topics.Online);
                    client.Subscribe(new string[] { _topics.Down }, new MqttQoSLevel[] { MqttQoSLevel.AtLeastOnce });
                    return client;
                }

                Console.WriteLine("server refused the device, MQTT reason " + ((int)reason).ToString());
            }
            catch (Exception e)
            {
                Console.WriteLine("server " + _config.Host + " cannot be reached: " + e.Message);
            }

            if (client != null) Leave(client);
            return null;
        }

        private MqttClient NewClient()
        {
            MqttSslProtocols protocol = _config.UsesTls ? MqttSslProtocols.TLSv1_2 : MqttSslProtocols.None;
            MqttClient client = new MqttClient(_config.Host, _config.Port, _config.UsesTls, _ca, null, protocol);
            client.ProtocolVersion = MqttProtocolVersion.Version_3_1_1;
            client.MqttMsgPublished += OnPublished;
            client.MqttMsgPublishReceived += OnReceived;
            client.ConnectionClosed += OnClosed;
            return client;
        }

        private void Announce(MqttClient client, string state)
        {
            byte[] payload = new byte[state.Length];
            for (int i = 0; i < payload.Length; i++) payload[i] = (byte)state[i];
            ushort messageId = client.Publish(_topics.State, payload, null, null, MqttQoSLevel.AtLeastOnce, true);
            _farewellId = state == Topics.Offline ? messageId : -1;
        }

        private void Leave(MqttClient client)
        {
            try
            {
                if (client.IsConnected)
                {
                    // A planned end sends no last will: the device says itself that it is gone.
                    _farewell.Reset();
                    lock (_gate)
                    {
                        Announce(client, Topics.Offline);
                    }

                    _farewell.WaitOne(FarewellMs, false);
                }

                client.Disconnect();
                client.Dispose();
            }
            catch (Exception)
            {
                // The connection is gone one way or the other; the server has the last will.
            }
        }

        private void OnPublished(object sender, MqttMsgPublishedEventArgs e)
        {
            bool broken = false;
            lock (_gate)
            {
                if (e.MessageId == _farewellId) _farewell.Set();
                if (sender != _client) return;
                if (e.IsPublished) _inFlight.Acknowledge(e.MessageId);
                else broken = Break();
            }

            if (broken) _work.Set();
            _attention.Set();
        }

        private void OnReceived(object sender, MqttMsgPublishEventArgs e)
        {
            if (_updater == null || !_updater.TakeBlock(e.Message, e.Message.Length))
            {
                lock (_gate)
                {
                    if (_downlinkCount == DownlinkMax) DropOldestDownlink();
                    _downlink[_downlinkCount] = e.Message;
                    _downlinkCount++;
                }
            }

            _attention.Set();
        }

        private void OnClosed(object sender, EventArgs e)
        {
            lock (_gate)
            {
                if (sender != _client) return;
                Break();
            }

            _work.Set();
            _attention.Set();
        }

        // Held lock. M2Mqtt gave a frame up, or the connection broke: the caller sends again what has no acknowledgement.
        private bool Break()
        {
            if (_state != LinkState.Open) return false;
            _state = LinkState.Failed;
            _inFlight.ForgetUnacknowledged();
            return true;
        }

        private void DropOldestDownlink()
        {
            for (int i = 1; i < _downlinkCount; i++) _downlink[i - 1] = _downlink[i];
            _downlinkCount--;
            _downlink[_downlinkCount] = null;
        }
    }
}
