namespace Traxxs.Protocol
{
    /// <summary>One downlink frame in memory: see FORMAT.md, "Commands". Allocated once and reused.</summary>
    public sealed class Command
    {
        /// <summary>Most settings of one command: four more than there are.</summary>
        public const int SettingsMax = 32;

        /// <summary>Number given by the server, so that a repeated command is done once; of <see cref="CommandCode.Configure"/> the configuration's version. 0..2^32-1.</summary>
        public uint Id;

        /// <summary>What to do.</summary>
        public CommandCode Code;

        /// <summary>The report an acknowledgement speaks of; 0 otherwise.</summary>
        public ushort Epoch;

        /// <summary>The report an acknowledgement speaks of; 0 otherwise.</summary>
        public uint Sequence;

        /// <summary>Valid rows of the setting columns; 0 for every command but <see cref="CommandCode.Configure"/>. 0..<see cref="SettingsMax"/>.</summary>
        public int SettingCount;

        /// <summary>Settings that differ from the built-in default (<see cref="SettingCode"/>), 1..255, each once, ascending.</summary>
        public readonly byte[] SettingIds = new byte[SettingsMax];

        /// <summary>Their values, 0..2^31-1.</summary>
        public readonly int[] SettingValues = new int[SettingsMax];

        /// <summary>Most bytes of a block.</summary>
        public const int BlockSizeMax = 128;

        /// <summary>Version of the image that a <see cref="CommandCode.Update"/> offers, 1..2^32-1; 0 where it offers none.</summary>
        public uint ImageVersion;

        /// <summary>Bytes of the whole signed file it offers, 1..2^31-1; 0 where it offers none.</summary>
        public int ImageSize;

        /// <summary>Where in the signed file the block of an <see cref="CommandCode.UpdateBlock"/> begins, bytes, 0..2^31-1.</summary>
        public int BlockOffset;

        /// <summary>Bytes of the block, 1..<see cref="BlockSizeMax"/>; 0 for every other command.</summary>
        public int BlockLength;

        /// <summary>The bytes.</summary>
        public readonly byte[] Block = new byte[BlockSizeMax];
    }
}
