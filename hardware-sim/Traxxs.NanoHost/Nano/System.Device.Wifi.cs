using Traxxs.NanoHost;

namespace System.Device.Wifi
{
    /// <summary>Whether the station joins again by itself.</summary>
    public enum WifiReconnectionKind
    {
        /// <summary>By itself.</summary>
        Automatic = 0,

        /// <summary>When told.</summary>
        Manual = 1,
    }
}

namespace nanoFramework.Networking
{
    using System.Device.Wifi;

    /// <summary>Joins Wi-Fi networks.</summary>
    public static class WifiNetworkHelper
    {
        /// <summary>Joins a network and waits for an address, and for the time where asked.</summary>
        public static bool ConnectDhcp(
            string ssid,
            string password,
            WifiReconnectionKind reconnectionKind,
            bool requiresDateTime,
            int wifiAdapterId,
            CancellationToken token)
        {
            // As the real one: it turns the radio on and, where the network does not answer in time, leaves it searching.
            NanoBoard.Current.ThrowIfOff();
            NanoBoard.Current.WifiOn = true;
            NanoBoard.Current.WifiJoined = NanoBoard.Current.Wifi(ssid, password);
            return NanoBoard.Current.WifiJoined;
        }

        /// <summary>Leaves the network.</summary>
        public static void Disconnect()
        {
            NanoBoard.Current.ThrowIfOff();
            NanoBoard.Current.WifiJoined = false;
            NanoBoard.Current.WifiOn = false;
        }
    }

    /// <summary>Sets the clock from the network; a PC's clock is set already.</summary>
    public class Sntp
    {
        /// <summary>Begins.</summary>
        public static void Start() => NanoBoard.Current.ThrowIfOff();
    }
}
