namespace Traxxs.Store.Service;

/// <summary>What a service database is kept in. See <see cref="ServiceDatabase"/> for what each call promises.</summary>
internal abstract class ServiceEngine : IDisposable
{
    /// <summary>Why a write failed, until a probe went through.</summary>
    public abstract string? LastError { get; }

    public abstract T Write<T>(Func<ServiceSession, T> work);

    public abstract T Read<T>(Func<ServiceSession, T> work);

    /// <summary>A write of some pages went through.</summary>
    public abstract void Healed();

    public abstract long ForeignVersion();

    public abstract void LimitSize(long? bytes);

    public abstract void Checkpoint();

    public abstract void Dispose();
}
