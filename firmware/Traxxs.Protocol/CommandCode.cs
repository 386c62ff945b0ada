namespace Traxxs.Protocol
{
    /// <summary>What the server tells a device on its <c>down</c> topic. The numbers are on the wire.</summary>
    public enum CommandCode : byte
    {
        /// <summary>No command; never written.</summary>
        None = 0,

        /// <summary>The alarm in the report (epoch, sequence) is stored and an alert stands for it: the "received" proof.</summary>
        AlarmReceived = 1,

        /// <summary>A person acknowledged the alert for the report (epoch, sequence).</summary>
        AlarmAcknowledged = 2,

        /// <summary>Take a fix and report it now.</summary>
        LocateNow = 3,

        /// <summary>Vibrate and blink so that the wearer or a searcher finds the shoe.</summary>
        FindMe = 4,

        /// <summary>Run the self-test and report it.</summary>
        SelfTest = 5,

        /// <summary>Restart.</summary>
        Reboot = 6,

        /// <summary>The desired configuration: its version is the command's id, its settings are the whole of it, what is not named is the built-in default.</summary>
        Configure = 7,

        /// <summary>Forget counters, the history of delivered reports and the desired configuration. Reports that wait are kept.</summary>
        Clear = 8,

        /// <summary>A firmware image is offered: <see cref="Command.ImageVersion"/>, <see cref="Command.ImageSize"/>.</summary>
        Update = 9,

        /// <summary>A person has spoken with the wearer: the check-in timer starts anew.</summary>
        CheckInReset = 10,

        /// <summary>Bytes of the offered image whose version is the command's id: <see cref="Command.BlockOffset"/>. Never remembered as done.</summary>
        UpdateBlock = 11,
    }
}
