using Traxxs.Core;
using Traxxs.Core.Ports;

namespace Traxxs.Drivers
{
    /// <summary>Maxim MAX17048 fuel gauge: identity, cell voltage, state of charge. It needs no configuration. Source: Maxim 19-6171 rev 7.</summary>
    public sealed class Max17048
    {
        private const int VersionMask = 0xFFF0;
        private const int VersionFamily = 0x0010;       // VERSION reads 0x001_ (table 2).

        // What a lithium cell can show: below 2.5 V the gauge itself does not run (electrical characteristics), above
        // 4.5 V neither. A stuck bus reads as 0 mV or 5119 mV.
        private const int CellMvMin = 2500;
        private const int CellMvMax = 4500;

        private readonly IRegisterBus _bus;
        private readonly byte[] _data = new byte[4];

        /// <summary>Takes the bus; touches nothing.</summary>
        public Max17048(IRegisterBus bus)
        {
            _bus = bus;
        }

        /// <summary>The register on which the last call failed; <see cref="Max17048Register.None"/> after one that did not.</summary>
        public Max17048Register BadRegister;

        /// <summary>Checks the identity. False: see <see cref="BadRegister"/>.</summary>
        public bool TryStart()
        {
            if (!TryRead(Max17048Register.Version, 2)) return false;
            return Check(Max17048Register.Version, (Word(0) & VersionMask) == VersionFamily);
        }

        /// <summary>Reads voltage and charge, both from one burst, into the inputs. False: the inputs are as they were; see <see cref="BadRegister"/>.</summary>
        public bool TryRead(TrackerInputs inputs)
        {
            if (!TryRead(Max17048Register.VCell, 4)) return false;
            int cellMv = Word(0) * 5 / 64;              // 78.125 uV = 5/64 mV.
            if (!Check(Max17048Register.VCell, cellMv >= CellMvMin && cellMv <= CellMvMax)) return false;
            int percent = Word(2) >> 8;
            inputs.BatteryMv = cellMv;
            inputs.BatteryPercent = percent > 100 ? 100 : percent;  // A full cell on the charger reads a little over 100.
            inputs.HasBattery = true;
            return true;
        }

        private int Word(int offset)
        {
            return (_data[offset] << 8) | _data[offset + 1];
        }

        private bool TryRead(Max17048Register register, int count)
        {
            return Check(register, _bus.TryRead((byte)register, _data, count));
        }

        private bool Check(Max17048Register register, bool good)
        {
            BadRegister = good ? Max17048Register.None : register;
            return good;
        }
    }
}
