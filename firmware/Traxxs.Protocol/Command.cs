namespace Traxxs.Protocol
{
    /// <summary>One downlink frame in memory: see FORMAT.md, "Commands". Allocated once and reused.</summary>
    public sealed class Command
    {
        /// <summary>Number given by the server, so that a repeated command is done once. 0..2^32-1.</summary>
        public uint Id;

        /// <summary>What to do.</summary>
        public CommandCode Code;

        /// <summary>The report an acknowledgement speaks of; 0 otherwise.</summary>
        public ushort Epoch;

        /// <summary>The report an acknowledgement speaks of; 0 otherwise.</summary>
        public uint Sequence;
    }
}
