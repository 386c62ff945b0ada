namespace Traxxs.Core.Diagnostics
{
    /// <summary>What a number in the <see cref="EventTrace"/> speaks of.</summary>
    public enum TraceCode : byte
    {
        /// <summary>Nothing.</summary>
        None = 0,

        /// <summary>The motion gate changed. Value: the new state.</summary>
        Gate = 1,

        /// <summary>The receiver's use changed. Value: the new state.</summary>
        Search = 2,

        /// <summary>The uplink changed. Value: the new state.</summary>
        Uplink = 3,

        /// <summary>A report was accepted. Value: its sequence.</summary>
        Accepted = 4,

        /// <summary>The queue refused a report. Value: refusals so far.</summary>
        Refused = 5,

        /// <summary>A part failed. Value: bit of the part.</summary>
        Fault = 6,

        /// <summary>A command was done. Value: its code.</summary>
        Command = 7,

        /// <summary>A downlink frame was refused. Value: the <c>DecodeResult</c>.</summary>
        BadCommand = 8,

        /// <summary>A configuration was taken or refused. Value: the refused setting, 0 where it was taken.</summary>
        Configured = 9,
    }
}
