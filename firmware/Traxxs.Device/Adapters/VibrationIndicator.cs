using System.Device.Gpio;
using System.Threading;
using Traxxs.Core.Ports;

namespace Traxxs.Device.Adapters
{
    /// <summary>Plays patterns on the vibration motor and the LED together, from a timer: the caller does not wait.</summary>
    public sealed class VibrationIndicator : IIndicator
    {
        private readonly object _gate = new object();
        private readonly GpioPin _motor;
        private readonly GpioPin _led;
        private readonly Timer _timer;
        private readonly AutoResetEvent _attention;
        private ushort[] _shape;
        private int _next;
        private bool _motorOn;

        /// <summary>Opens the pins, both off. <paramref name="attention"/> is set when a pattern ends: the chip may sleep again.</summary>
        public VibrationIndicator(GpioController gpio, AutoResetEvent attention)
        {
            _attention = attention;
            _motor = gpio.OpenPin(Board.VibrationPin, PinMode.Output);
            _led = gpio.OpenPin(Board.LedPin, PinMode.Output);
            _shape = PatternShapes.Of(IndicatorPattern.None);
            Drive(false);
            _timer = new Timer(OnTimer, null, Timeout.Infinite, Timeout.Infinite);
        }

        /// <summary>Whether a pattern plays. The chip must not sleep then: the motor would stay as it is.</summary>
        public bool IsPlaying
        {
            get
            {
                lock (_gate)
                {
                    return _next < _shape.Length || _motorOn;
                }
            }
        }

        /// <inheritdoc/>
        public void Show(IndicatorPattern pattern)
        {
            if (pattern == IndicatorPattern.None) return;
            lock (_gate)
            {
                _shape = PatternShapes.Of(pattern);
                _next = 0;
                Advance();
            }
        }

        private void OnTimer(object state)
        {
            lock (_gate)
            {
                Advance();
            }
        }

        // Even places of a shape are on, odd ones off; behind the last one all is off.
        private void Advance()
        {
            if (_next >= _shape.Length)
            {
                Drive(false);
                _timer.Change(Timeout.Infinite, Timeout.Infinite);
                _attention.Set();
                return;
            }

            Drive((_next & 1) == 0);
            _timer.Change(_shape[_next], Timeout.Infinite);
            _next++;
        }

        private void Drive(bool on)
        {
            _motorOn = on;
            _motor.Write(on ? PinValue.High : PinValue.Low);
            _led.Write(on ? PinValue.High : PinValue.Low);
        }
    }
}
