using System;
using System.Reflection;
using nanoFramework.Runtime.Native;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Core.Update;
using Traxxs.Device.Adapters;
using Traxxs.Protocol;

namespace Traxxs.Device
{
    /// <summary>
    /// Starts the image that the boot record names: this one, or one that came over the air and is loaded from its file. What is here
    /// runs out of the deployment region, which no update reaches; the record's layout, the files' names and
    /// <see cref="Program.Run"/> are therefore a promise between all versions.
    /// </summary>
    public static class Boot
    {
        /// <summary>Starts on files below a root that ends in its separator. Does not return: an end is a restart.</summary>
        public static void Start(string storageRoot)
        {
            ISegmentStorage storage = Storage(storageRoot);
            BootRecord record = new BootRecord(storage, FirmwareVersion.Number);
            int image = record.Choose(BootNote.IsWake());
            if (image != 0)
            {
                MethodInfo run = TryLoad(storage, image);
                // Loading may have cost memory: what runs next begins with all of it, unless that would be tried for ever.
                if (run is not null || record.Fail(true))
                {
                    RunLoaded(run, storageRoot, image);
                    Power.RebootDevice(RebootOption.NormalReboot);
                }
            }

            Program.Run(storageRoot, 0);
        }

        /// <summary>The files of boot record and images.</summary>
        public static ISegmentStorage Storage(string storageRoot)
        {
            return new FileSegmentStorage(storageRoot, "update", BootRecord.SegmentCount, SignedImage.FileSizeMax);
        }

        // The interpreter checks the image's own sums before it takes it.
        private static MethodInfo TryLoad(ISegmentStorage storage, int image)
        {
            int segment = image + 1;
            int size = storage.LengthOf(segment) - SignedImage.HeaderSize - SignedImage.SignatureSize;
            try
            {
                byte[] bytes = new byte[size];
                if (!storage.TryRead(segment, SignedImage.HeaderSize, bytes, 0, size)) return null;
                return Assembly.Load(bytes).GetType("Traxxs.Device.Program").GetMethod("Run");
            }
            catch (Exception e)
            {
                Console.WriteLine("image " + image.ToString() + " cannot be loaded: " + e.Message);
                return null;
            }
        }

        private static void RunLoaded(MethodInfo run, string storageRoot, int image)
        {
            try
            {
                if (run is not null) run.Invoke(null, new object[] { storageRoot, image });
            }
            catch (Exception e)
            {
                Console.WriteLine("fault: " + e.Message);
            }
        }
    }
}
