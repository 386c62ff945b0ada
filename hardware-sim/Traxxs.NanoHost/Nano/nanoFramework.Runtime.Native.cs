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
