namespace Traxxs.Protocol
{
    /// <summary>
    /// Reads symbols from a frame: see FORMAT.md, "Range coder". Every byte string means something to a range coder, so
    /// nothing is thrown on the way; <see cref="Finish"/> says whether the frame is one a writer would have written.
    /// </summary>
    public sealed class RangeDecoder : SymbolCoder
    {
        private byte[] _buffer;
        private int _next;
        private int _end;
        private int _shifted;
        private int _count;
        private long _low;
        private long _range;
        private long _above; // the code less _low: where in the range the code is

        /// <summary>Begins reading a frame of <paramref name="count"/> bytes at <paramref name="offset"/>.</summary>
        public void Begin(byte[] buffer, int offset, int count)
        {
            _buffer = buffer;
            _next = offset;
            _end = offset + count;
            _count = count;
            _shifted = 0;
            _low = 0;
            _range = RangeTop;
            _above = 0;
            Refusal = DecodeResult.Ok;
            for (var i = 0; i < RegisterBits; i += 8) _above = (_above << 8) | NextByte();
        }

        /// <inheritdoc/>
        public override long Uniform(long value, long count)
        {
            var share = _range / count; // count >= 1, so that share is below RangeTop and above 2^8
            var found = _above / share;
            if (found > count - 1) found = count - 1;
            Narrow(share * found, found == count - 1 ? _range - share * found : share);
            return found;
        }

        /// <inheritdoc/>
        public override bool Flag(bool value, int trueShare)
        {
            var split = (_range >> WholeBits) * trueShare;
            var found = _above < split;
            if (found) Narrow(0, split);
            else Narrow(split, _range - split);
            return found;
        }

        /// <inheritdoc/>
        public override int Cell(int value, CellModel model)
        {
            var share = _range >> WholeBits;
            var target = _above / share; // share is at least 2^16
            var found = model.Lowest;
            var beyond = model.Escape + 1;
            var below = 0; // shares below found and below beyond
            var upTo = Whole;
            // From where the number is expected, in steps that double until the code lies between: most numbers are near, and
            // each look costs a curve a state. Shares only grow, so that any way leads to the same number.
            model.Expect(out var look, out var step);
            while (beyond - found > 1)
            {
                if (look <= found || look >= beyond) look = (found + beyond) >> 1;
                var shareBelow = model.ShareBelow(look);
                if (shareBelow <= target)
                {
                    found = look;
                    below = shareBelow;
                    look += step;
                }
                else
                {
                    beyond = look;
                    upTo = shareBelow;
                    look -= step;
                }

                if (step < CellModel.MagnitudeMax) step <<= 1;
            }

            var from = share * below;
            var to = found == model.Escape ? _range : share * upTo;
            Narrow(from, to - from);
            return found;
        }

        /// <inheritdoc/>
        public override int MapCell(int cell)
        {
            var share = _range / StartingPlace.PeopleSum; // not 0: the range is 2^40 at least
            var target = _above / share;
            var below = 0;
            var found = 0;
            while (found < StartingPlace.CellCount - 1 && below + StartingPlace.People(found) <= target) below += StartingPlace.People(found++);
            var from = share * below;
            Narrow(from, found == StartingPlace.CellCount - 1 ? _range - from : share * StartingPlace.People(found));
            return found;
        }

        /// <summary>The first refusal, or else whether the frame ends as <see cref="RangeEncoder.Finish"/> would have ended it.</summary>
        public DecodeResult Finish()
        {
            if (Refusal != DecodeResult.Ok) return Refusal;
            var needed = _low == 0 || _low + _range > RegisterMask + 1 ? 0 : 1;
            if (_count < _shifted + needed) return DecodeResult.TooShort;
            if (_count > _shifted + needed) return DecodeResult.TooLong;

            // Only zeros may stand in the register behind the last byte; the count says that none were written.
            var expected = needed == 0 ? 0 : (_low + LowBytesMask) & ~LowBytesMask;
            return ((_low + _above) & RegisterMask) == (expected & RegisterMask) ? DecodeResult.Ok : DecodeResult.NotCanonical;
        }

        private void Narrow(long from, long range)
        {
            _low = (_low + from) & RegisterMask;
            _above -= from;
            _range = range;
            while (_range < RangeMin)
            {
                _above = (_above << 8) | NextByte();
                _low = (_low & LowBytesMask) << 8;
                _range <<= 8;
                if (++_shifted > _count) Refuse(DecodeResult.TooShort);
            }
        }

        private byte NextByte()
        {
            return _next < _end ? _buffer[_next++] : (byte)0;
        }
    }
}
