namespace Traxxs.Protocol
{
    /// <summary>What the wearer is doing, as the device sees it. The numbers are on the wire.</summary>
    public enum ActivityCode : byte
    {
        /// <summary>Not known yet.</summary>
        Unknown = 0,

        /// <summary>Not moving.</summary>
        Still = 1,

        /// <summary>Moving without getting anywhere: sitting, standing, shifting.</summary>
        Fidgeting = 2,

        /// <summary>Walking.</summary>
        Walking = 3,

        /// <summary>Running.</summary>
        Running = 4,

        /// <summary>Carried by a vehicle or cycling.</summary>
        Riding = 5,
    }
}
