using Traxxs.NanoHost;

namespace nanoFramework.Runtime.Native;

/// <summary>Kind of restart.</summary>
public enum RebootOption
{
    /// <summary>As after power-on.</summary>
    NormalReboot = 0,
}

/// <summary>The board's power.</summary>
public class Power
{
    /// <summary>Restarts the board: here the firmware's thread ends with <see cref="BoardOffException"/> and the board stays off.</summary>
    public static void RebootDevice(RebootOption option)
    {
        var board = NanoBoard.Current;
        board.ThrowIfOff();
        board.Reboots++;
        board.CutPower();
        board.ThrowIfOff();
    }
}

/// <summary>The chip's clock.</summary>
public static class Rtc
{
    /// <summary>Sets the clock: not a PC's, which is not the firmware's to set. As on the chip, false says so.</summary>
    public static bool SetSystemTime(DateTime time)
    {
        NanoBoard.Current.ThrowIfOff();
        return false;
    }
}

/// <summary>The interpreter's memory.</summary>
public static class GC
{
    /// <summary>Collects, and returns the bytes that are free.</summary>
    public static uint Run(bool compactHeap)
    {
        NanoBoard.Current.ThrowIfOff();
        return NanoBoard.Current.FreeMemory();
    }
}
