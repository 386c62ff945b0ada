namespace nanoFramework.Runtime.Native;

/// <summary>The device's garbage collector.</summary>
public static class GC
{
    /// <summary>
    /// Bytes free. On the PC the rest of the test run shares the heap, so here every byte this thread ever allocated
    /// counts as used: what stays constant here stays constant there.
    /// </summary>
    public static uint Run(bool compactHeap) => uint.MaxValue - (uint)System.GC.GetAllocatedBytesForCurrentThread();
}
