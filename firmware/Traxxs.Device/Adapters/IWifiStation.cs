namespace Traxxs.Device.Adapters
{
    /// <summary>The radio as the uplink needs it. Both calls block; neither throws.</summary>
    public interface IWifiStation
    {
        /// <summary>Joins a network and waits for an address, and for the date where asked. False: not in time, or refused.</summary>
        bool TryJoin(string ssid, string psk, bool needsDate, int timeoutMs);

        /// <summary>Leaves the network.</summary>
        void Leave();
    }
}
