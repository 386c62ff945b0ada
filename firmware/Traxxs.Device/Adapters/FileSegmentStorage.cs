using System;
using System.IO;
using Traxxs.Core.Ports;

namespace Traxxs.Device.Adapters
{
    /// <summary>
    /// Segments as littlefs files, one each, opened for as long as one call. Closing a file is what commits it; littlefs
    /// shows after a power cut the file as it was before or after, never between.
    /// </summary>
    public sealed class FileSegmentStorage : ISegmentStorage
    {
        private const int Unknown = -1;

        private readonly string[] _paths;
        private readonly int[] _lengths;
        private readonly int _segmentSizeMax;

        /// <summary>Uses files <c>name00.bin</c>… below a root that ends in its separator. Nothing is read yet.</summary>
        public FileSegmentStorage(string root, string name, int segmentCount, int segmentSizeMax)
        {
            _paths = new string[segmentCount];
            _lengths = new int[segmentCount];
            _segmentSizeMax = segmentSizeMax;
            for (int i = 0; i < segmentCount; i++)
            {
                _paths[i] = root + name + (i < 10 ? "0" : "") + i.ToString() + ".bin";
                _lengths[i] = Unknown;
            }
        }

        /// <inheritdoc/>
        public int SegmentCount
        {
            get { return _paths.Length; }
        }

        /// <inheritdoc/>
        public int SegmentSizeMax
        {
            get { return _segmentSizeMax; }
        }

        /// <inheritdoc/>
        public int LengthOf(int segment)
        {
            // What could not be read is looked at again: memory may have run out for a moment.
            if (_lengths[segment] < 0) _lengths[segment] = Measure(_paths[segment]);
            return _lengths[segment];
        }

        /// <inheritdoc/>
        public bool TryRead(int segment, int position, byte[] buffer, int offset, int count)
        {
            int length = LengthOf(segment);
            if (position < 0 || count < 0 || length < 0 || count > length - position) return false;
            try
            {
                FileStream file = new FileStream(_paths[segment], FileMode.Open, FileAccess.Read);
                try
                {
                    file.Seek(position, SeekOrigin.Begin);
                    return ReadAll(file, buffer, offset, count);
                }
                finally
                {
                    file.Close();
                }
            }
            catch (Exception)
            {
                return false;
            }
        }

        /// <inheritdoc/>
        public bool TryAppend(int segment, byte[] buffer, int offset, int count)
        {
            int length = LengthOf(segment);
            if (count < 0 || length < 0 || count > _segmentSizeMax - length) return false;
            // Until the file is closed nobody knows what it holds: a failure on the way makes the length be read again.
            _lengths[segment] = Unknown;
            try
            {
                FileStream file = new FileStream(_paths[segment], FileMode.Append, FileAccess.Write);
                try
                {
                    file.Write(buffer, offset, count);
                    file.Flush();
                }
                finally
                {
                    file.Close();
                }

                _lengths[segment] = length + count;
                return true;
            }
            catch (Exception)
            {
                return false;
            }
        }

        /// <inheritdoc/>
        public bool TryErase(int segment)
        {
            _lengths[segment] = Unknown;
            try
            {
                File.Delete(_paths[segment]);       // no exception where there is none
                _lengths[segment] = 0;
                return true;
            }
            catch (Exception)
            {
                return false;
            }
        }

        private static int Measure(string path)
        {
            try
            {
                FileStream file = new FileStream(path, FileMode.Open, FileAccess.Read);
                try
                {
                    return (int)file.Length;
                }
                finally
                {
                    file.Close();
                }
            }
            catch (IOException)
            {
                return File.Exists(path) ? Unknown : 0;
            }
            catch (Exception)
            {
                // File.Exists says "no" of a file that is there, too, when there is no memory to look: it is not asked.
                return Unknown;
            }
        }

        private static bool ReadAll(FileStream file, byte[] buffer, int offset, int count)
        {
            while (count > 0)
            {
                int read = file.Read(buffer, offset, count);
                if (read <= 0) return false;
                offset += read;
                count -= read;
            }

            return true;
        }
    }
}
