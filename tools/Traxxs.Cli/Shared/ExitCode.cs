namespace Traxxs.Cli.Shared;

/// <summary>What a verb's exit code means, for scripts.</summary>
internal static class ExitCode
{
    /// <summary>Done, and what was checked holds.</summary>
    public const int Ok = 0;

    /// <summary>The thing checked failed.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage: nothing was done.</summary>
    public const int Usage = 2;
}
