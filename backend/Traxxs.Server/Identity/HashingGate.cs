namespace Traxxs.Server.Identity;

/// <summary>
/// Lets few password hashes run at a time: they are slow by design, and a flood of sign-ins must not take the processor from
/// alarms. Who finds the queue full is turned away.
/// </summary>
public sealed class HashingGate : IDisposable
{
    /// <summary>Sign-ins that may wait; at some 100 ms each the last waits some seconds.</summary>
    public const int WaitingMax = 32;

    private readonly SemaphoreSlim _running = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _waiting;

    /// <summary>Runs the work on a thread of the pool; false where too many wait already.</summary>
    public async Task<(bool Done, T Result)> TryRunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            return (false, default!);
        }

        try
        {
            await _running.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            return (true, await Task.Run(work, cancellationToken));
        }
        finally
        {
            _running.Release();
        }
    }

    /// <summary>Lets go of what it waits with.</summary>
    public void Dispose() => _running.Dispose();
}
