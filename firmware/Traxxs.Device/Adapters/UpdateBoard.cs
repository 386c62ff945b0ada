using System;
using System.IO;
using nanoFramework.Runtime.Native;
using Traxxs.Core.Ports;
using Traxxs.Protocol;
using GC = nanoFramework.Runtime.Native.GC;

namespace Traxxs.Device.Adapters
{
    /// <summary>The key's file, and the interpreter's heap.</summary>
    public sealed class UpdateBoard : IUpdateBoard
    {
        /// <summary>Bytes of a key file that is believed: a modulus of 2048 bits.</summary>
        public const int KeySize = SignedImage.SignatureSize;

        private readonly string _keyPath;

        /// <summary>Looks below a root that ends in its separator. Nothing is read yet.</summary>
        public UpdateBoard(string storageRoot)
        {
            _keyPath = storageRoot + Board.UpdateKeyFile;
        }

        /// <inheritdoc/>
        public byte[] TryReadKey()
        {
            try
            {
                byte[] key = File.ReadAllBytes(_keyPath);
                return key.Length == KeySize ? key : null;
            }
            catch (Exception)
            {
                return null;
            }
        }

        /// <inheritdoc/>
        public int FreeMemory()
        {
            // Not compacted: a new image is loaded after a restart, into a heap that holds nothing else yet.
            return (int)(long)GC.Run(false);
        }
    }
}
