namespace Traxxs.Store.Sqlite;

/// <summary>
/// Copies the write-ahead log into the database beside the writer, on a connection and a thread of its own: otherwise one
/// commit in some thousands pays for all of it, and everybody who waits with it. What came meanwhile, little, the writer copies
/// itself, and with nothing left the log begins again at its start.
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    /// <summary>Pages the writer may be left with: copied in less than a millisecond.</summary>
    private const int LeftMax = 64;

    // Each pass copies what came during the last; where the third has not caught up, the next call goes on.
    private const int PassesMax = 3;

    private readonly string _path;
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly Thread _thread;
    private int _running;
    private volatile bool _nearlyDone;
    private volatile bool _stopping;

    public Checkpointer(string path)
    {
        _path = path;
        _thread = new Thread(Run) { Name = "report store checkpoint", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Held while pages are copied; who wants the log empty, as an erasure does, holds it meanwhile.</summary>
    public Lock Gate { get; } = new();

    /// <summary>True once after a run: little is left, and the writer may finish it.</summary>
    public bool TakeNearlyDone()
    {
        if (!_nearlyDone) return false;
        _nearlyDone = false;
        return true;
    }

    /// <summary>Asks for a run; one that is under way is enough.</summary>
    public void Want()
    {
        if (Interlocked.Exchange(ref _running, 1) == 0) _wanted.Release();
    }

    /// <summary>Ends after the pass under way.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wanted.Release();
        _thread.Join();
        _wanted.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _wanted.Wait();
            if (_stopping) return;
            try
            {
                Copy();
                _nearlyDone = true;
            }
            catch (DatabaseException)
            {
                // The log goes on growing and the next run tries again; a disk that is truly bad fails the commits, which tell.
            }
            finally
            {
                Volatile.Write(ref _running, 0);
            }
        }
    }

    private void Copy()
    {
        // Opened for each run, some seconds apart: nothing is held of a file that may be opened anew meanwhile.
        using var database = Database.Open(_path, readOnly: false);
        database.Execute("PRAGMA synchronous = FULL");
        for (var pass = 0; pass < PassesMax && !_stopping; pass++)
        {
            lock (Gate)
            {
                if (database.Checkpoint() <= LeftMax) return;
            }
        }
    }
}
