namespace Traxxs.Server.Identity;

/// <summary>
/// What requests ask of a sign-in again and again, remembered for a minute at most so that not each of them reads the
/// database. Only what stood when it was read is remembered; what ends is told here at once.
/// </summary>
public interface ISignInMemory
{
    /// <summary>A sign-in that stood within the last minute and was not ended since; null where it is to be looked up.</summary>
    RememberedSignIn? Find(string id);

    /// <summary>A sign-in stands.</summary>
    void Remember(string id, RememberedSignIn signIn);

    /// <summary>These sign-ins are to be looked up from now on: they ended or changed.</summary>
    void Forget(IEnumerable<string> ids);

    /// <summary>Whatever a user or organisation of this id has is to be looked up from now on.</summary>
    void ForgetAllOf(string id);
}

/// <summary>A sign-in and what its user may do.</summary>
/// <param name="Salt">Salt of the secret's hash.</param>
/// <param name="SecretHash">Hash of the secret.</param>
/// <param name="SeenAt">When it was last used, to within some minutes.</param>
/// <param name="ExpiresAt">When it ends in any case.</param>
/// <param name="Actor">Who.</param>
public sealed record RememberedSignIn(byte[] Salt, byte[] SecretHash, DateTimeOffset SeenAt, DateTimeOffset ExpiresAt, Actor Actor);

/// <summary>Remembers nothing: one process reads its own database in microseconds.</summary>
public sealed class NoSignInMemory : ISignInMemory
{
    /// <inheritdoc/>
    public RememberedSignIn? Find(string id) => null;

    /// <inheritdoc/>
    public void Remember(string id, RememberedSignIn signIn)
    {
    }

    /// <inheritdoc/>
    public void Forget(IEnumerable<string> ids)
    {
    }

    /// <inheritdoc/>
    public void ForgetAllOf(string id)
    {
    }
}
