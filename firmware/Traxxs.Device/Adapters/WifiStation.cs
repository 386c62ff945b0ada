using System;
using System.Device.Wifi;
using System.Threading;
using nanoFramework.Networking;

namespace Traxxs.Device.Adapters
{
    /// <summary>The chip's Wi-Fi.</summary>
    public sealed class WifiStation : IWifiStation
    {
        private bool _joined;

        /// <inheritdoc/>
        public bool TryJoin(string ssid, string psk, bool needsDate, int timeoutMs)
        {
            if (_joined) return true;
            try
            {
                // Nothing else sets the chip's clock; the network helper then waits until it is set.
                if (needsDate) Sntp.Start();
                CancellationTokenSource limit = new CancellationTokenSource(timeoutMs);
                _joined = WifiNetworkHelper.ConnectDhcp(ssid, psk, WifiReconnectionKind.Manual, needsDate, 0, limit.Token);
                if (!_joined) Console.WriteLine("Wi-Fi network '" + ssid + "' did not let the device in");
            }
            catch (Exception e)
            {
                Console.WriteLine("Wi-Fi failed: " + e.Message);
            }

            // A join in vain has turned the radio on, and it would search for ever.
            if (!_joined) Leave();
            return _joined;
        }

        /// <inheritdoc/>
        public void Leave()
        {
            _joined = false;
            try
            {
                WifiNetworkHelper.Disconnect();
            }
            catch (Exception)
            {
                // Nothing was joined after all.
            }
        }
    }
}
