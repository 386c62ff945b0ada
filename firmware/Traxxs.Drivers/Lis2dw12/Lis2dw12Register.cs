namespace Traxxs.Drivers
{
    /// <summary>Registers of the LIS2DW12 that the driver uses, by their datasheet names (ST DS "LIS2DW12", section 7, register mapping).</summary>
    public enum Lis2dw12Register : byte
    {
        /// <summary>No register: nothing has failed.</summary>
        None = 0x00,

        /// <summary>Identity, reads 0x44.</summary>
        WhoAmI = 0x0F,

        /// <summary>ODR[7:4], MODE[3:2], LP_MODE[1:0].</summary>
        Ctrl1 = 0x20,

        /// <summary>BOOT 7, SOFT_RESET 6, CS_PU_DISC 4, BDU 3, IF_ADD_INC 2.</summary>
        Ctrl2 = 0x21,

        /// <summary>ST[7:6], PP_OD 5, LIR 4, H_LACTIVE 3.</summary>
        Ctrl3 = 0x22,

        /// <summary>What drives INT1: INT1_6D 7, INT1_WU 5, INT1_FF 4.</summary>
        Ctrl4Int1PadCtrl = 0x23,

        /// <summary>What drives INT2: INT2_FTH 1.</summary>
        Ctrl5Int2PadCtrl = 0x24,

        /// <summary>BW_FILT[7:6], FS[5:4], FDS 3, LOW_NOISE 2.</summary>
        Ctrl6 = 0x25,

        /// <summary>First of six output bytes X, Y, Z, low byte first.</summary>
        OutXL = 0x28,

        /// <summary>FMode[7:5], FTH[4:0].</summary>
        FifoCtrl = 0x2E,

        /// <summary>FIFO_FTH 7, FIFO_OVR 6, DIFF[5:0].</summary>
        FifoSamples = 0x2F,

        /// <summary>WK_THS[5:0], 1 LSB = full scale / 64.</summary>
        WakeUpThs = 0x34,

        /// <summary>FF_DUR5 7, WAKE_DUR[6:5], STATIONARY 4, SLEEP_DUR[3:0].</summary>
        WakeUpDur = 0x35,

        /// <summary>FF_DUR[4:0] in 7:3, FF_THS[2:0].</summary>
        FreeFall = 0x36,

        /// <summary>SLEEP_CHANGE_IA 5, 6D_IA 4, DOUBLE_TAP 3, SINGLE_TAP 2, WU_IA 1, FF_IA 0; reading clears what is latched.</summary>
        AllIntSrc = 0x3B,

        /// <summary>INTERRUPTS_ENABLE 5.</summary>
        Ctrl7 = 0x3F,
    }
}
