namespace Traxxs.Protocol
{
    /// <summary>Writes symbols into a buffer: see FORMAT.md, "Range coder".</summary>
    public sealed class RangeEncoder : SymbolCoder
    {
        private byte[] _buffer;
        private int _start;
        private int _next;
        private long _low;
        private long _range;

        /// <summary>The buffer had no room for a byte; what was written is of no use.</summary>
        public bool IsFull;

        /// <summary>Begins a frame at <paramref name="offset"/>.</summary>
        public void Begin(byte[] buffer, int offset)
        {
            _buffer = buffer;
            _start = offset;
            _next = offset;
            _low = 0;
            _range = RangeTop;
            IsFull = false;
            Refusal = DecodeResult.Ok;
        }

        /// <inheritdoc/>
        public override long Uniform(long value, long count)
        {
            var share = _range / count; // count >= 1
            Narrow(share * value, value == count - 1 ? _range - share * value : share);
            return value;
        }

        /// <inheritdoc/>
        public override bool Flag(bool value, int trueShare)
        {
            var split = (_range >> WholeBits) * trueShare;
            if (value) Narrow(0, split);
            else Narrow(split, _range - split);
            return value;
        }

        /// <inheritdoc/>
        public override int Cell(int value, CellModel model)
        {
            var share = _range >> WholeBits;
            var from = share * model.ShareBelow(value);
            var to = value == model.Escape ? _range : share * model.ShareBelow(value + 1);
            Narrow(from, to - from);
            return value;
        }

        /// <inheritdoc/>
        public override int MapCell(int cell)
        {
            var share = _range / StartingPlace.PeopleSum;
            var below = 0;
            for (var i = 0; i < cell; i++) below += StartingPlace.People(i);
            var from = share * below;
            Narrow(from, cell == StartingPlace.CellCount - 1 ? _range - from : share * StartingPlace.People(cell));
            return cell;
        }

        /// <summary>Ends the frame with the fewest bytes that name the last interval; returns the frame's length.</summary>
        public int Finish()
        {
            if (_low + _range > RegisterMask + 1) Carry(); // a run of zeros is inside: nothing more to write
            else if (_low != 0) Put((int)((_low + LowBytesMask) >> ByteShift));
            return _next - _start;
        }

        private void Narrow(long from, long range)
        {
            _low += from;
            _range = range;
            if (_low >= RangeTop)
            {
                _low -= RangeTop;
                Carry();
            }

            while (_range < RangeMin)
            {
                Put((int)(_low >> ByteShift));
                _low = (_low & LowBytesMask) << 8;
                _range <<= 8;
            }
        }

        private void Put(int value)
        {
            if (_next >= _buffer.Length)
            {
                IsFull = true;
                return;
            }

            _buffer[_next++] = (byte)value;
        }

        // Adds one to the bytes already written. It never runs past the start: the whole code stays below one.
        private void Carry()
        {
            if (IsFull) return;
            var i = _next - 1;
            while (i > _start && _buffer[i] == 0xFF) _buffer[i--] = 0;
            if (i >= _start) _buffer[i]++;
        }
    }
}
