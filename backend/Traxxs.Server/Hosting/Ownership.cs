namespace Traxxs.Server.Hosting;

/// <summary>What was started, to be stopped in the opposite order.</summary>
internal sealed class Ownership : IAsyncDisposable
{
    private readonly Stack<Func<ValueTask>> _stops = new();

    /// <summary>Takes a part over: it is disposed with the rest.</summary>
    public T Own<T>(T part)
        where T : notnull
    {
        _stops.Push(part switch
        {
            IAsyncDisposable asynchronous => asynchronous.DisposeAsync,
            IDisposable disposable => () =>
            {
                disposable.Dispose();
                return ValueTask.CompletedTask;
            },
            _ => throw new InvalidOperationException("nothing to dispose"),
        });
        return part;
    }

    /// <summary>Adds something to do at the stop.</summary>
    public void AtStop(Func<ValueTask> stop) => _stops.Push(stop);

    /// <summary>Stops it all.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_stops.TryPop(out var stop)) await stop();
    }
}
