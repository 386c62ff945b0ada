using System;
using System.Device.Gpio;
using System.Threading;
using nanoFramework.Hardware.Esp32;
using Traxxs.Core.Ports;

namespace Traxxs.Device.Adapters
{
    /// <summary>The board's single lines. Edges are counted by interrupt handlers and end the wait between two steps.</summary>
    public sealed class BoardSignals : IBoardSignals
    {
        private readonly AutoResetEvent _attention;
        private readonly GpioPin _motion;
        private readonly GpioPin _samples;
        private readonly GpioPin _sos;
        private readonly GpioPin _cancel;
        private readonly GpioPin _charger;
        private readonly GpioPin _gnssSupply;
        private readonly PressCounter _sosPresses = new PressCounter();
        private readonly PressCounter _cancelPresses = new PressCounter();
        private int _motionSeen;

        /// <summary>Opens the pins; <paramref name="attention"/> is set at every edge.</summary>
        public BoardSignals(GpioController gpio, AutoResetEvent attention)
        {
            _attention = attention;
            _gnssSupply = gpio.OpenPin(Board.GnssSupplyPin, PinMode.Output);
            _gnssSupply.Write(PinValue.Low);
            gpio.OpenPin(Board.GnssExtIntPin, PinMode.Output).Write(PinValue.Low);
            _charger = Listen(gpio, Board.ChargerPin, PinMode.Input, 0);
            _motion = Listen(gpio, Board.AccelerometerInt1Pin, PinMode.InputPullDown, 0);
            _samples = Listen(gpio, Board.AccelerometerInt2Pin, PinMode.InputPullDown, 0);
            _sos = Listen(gpio, Board.SosPin, PinMode.InputPullDown, Board.ButtonDebounceMs);
            _cancel = Listen(gpio, Board.CancelPin, PinMode.InputPullDown, Board.ButtonDebounceMs);
        }

        /// <inheritdoc/>
        public bool ChargerConnected
        {
            get { return IsHigh(_charger); }
        }

        /// <inheritdoc/>
        public long RtcMs
        {
            get { return (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond; }
        }

        /// <inheritdoc/>
        public bool TakeMotionInterrupt()
        {
            return Interlocked.Exchange(ref _motionSeen, 0) != 0 || IsHigh(_motion);
        }

        /// <inheritdoc/>
        public int TakeSosPresses()
        {
            return _sosPresses.Take();
        }

        /// <inheritdoc/>
        public int TakeCancelPresses()
        {
            return _cancelPresses.Take();
        }

        /// <inheritdoc/>
        public void SetGnssSupply(bool on)
        {
            _gnssSupply.Write(on ? PinValue.High : PinValue.Low);
        }

        /// <summary>Whether a line that would end light sleep stands now: a button held, an interrupt not yet read, or a short.</summary>
        public bool Stands(Sleep.WakeupGpioPin pins)
        {
            return ((pins & Sleep.WakeupGpioPin.Pin4) != 0 && IsHigh(_motion))
                || ((pins & Sleep.WakeupGpioPin.Pin5) != 0 && IsHigh(_samples))
                || ((pins & Sleep.WakeupGpioPin.Pin6) != 0 && IsHigh(_sos))
                || ((pins & Sleep.WakeupGpioPin.Pin7) != 0 && IsHigh(_cancel));
        }

        /// <summary>
        /// Takes in what ended a light sleep: there the edge handlers sleep too, so the pin that woke the chip counts as an
        /// edge, and a button that is up by now was let go.
        /// </summary>
        public void NoteWake(Sleep.WakeupGpioPin pins)
        {
            if ((pins & Sleep.WakeupGpioPin.Pin4) != 0) Interlocked.Exchange(ref _motionSeen, 1);
            NoteWake(_sosPresses, _sos, (pins & Sleep.WakeupGpioPin.Pin6) != 0);
            NoteWake(_cancelPresses, _cancel, (pins & Sleep.WakeupGpioPin.Pin7) != 0);
        }

        private static bool IsHigh(GpioPin pin)
        {
            return pin.Read() == PinValue.High;
        }

        private static void NoteWake(PressCounter presses, GpioPin pin, bool woke)
        {
            if (woke) presses.Set(true);
            presses.Set(IsHigh(pin));
        }

        private GpioPin Listen(GpioController gpio, int number, PinMode mode, int debounceMs)
        {
            GpioPin pin = gpio.OpenPin(number, mode);
            if (debounceMs > 0) pin.DebounceTimeout = TimeSpan.FromTicks(debounceMs * TimeSpan.TicksPerMillisecond);
            pin.ValueChanged += OnEdge;
            return pin;
        }

        private void OnEdge(object sender, PinValueChangedEventArgs e)
        {
            bool rising = e.ChangeType == PinEventTypes.Rising;
            switch (e.PinNumber)
            {
                case Board.AccelerometerInt1Pin:
                    if (!rising) return;
                    Interlocked.Exchange(ref _motionSeen, 1);
                    break;
                case Board.SosPin:
                    _sosPresses.Set(rising);
                    break;
                case Board.CancelPin:
                    _cancelPresses.Set(rising);
                    break;
            }

            _attention.Set();
        }
    }
}
