namespace Traxxs.Mqtt.Storage;

/// <summary>What the stores ask of a folder, so that tests can lose power at every step of it.</summary>
internal interface IStoreFolder
{
    /// <summary>Keeps others from a log of this name until disposed; the system lets go by itself when the process dies.</summary>
    /// <exception cref="IOException">Another has it.</exception>
    IDisposable Lock(string name);

    /// <summary>Names of the files in it.</summary>
    IReadOnlyList<string> Names();

    /// <summary>Opens a file, making it where absent; <paramref name="empty"/> throws away what it held.</summary>
    IStoreFile Open(string name, bool empty = false);

    /// <summary>Gives a file another name, which must not be taken.</summary>
    void Rename(string name, string to);

    /// <summary>Takes a file away.</summary>
    void Delete(string name);

    /// <summary>Returns when the names survive the loss of power: a file's own sync says nothing of the name it is found under.</summary>
    void Sync();
}

/// <summary>One open file of an <see cref="IStoreFolder"/>.</summary>
internal interface IStoreFile : IDisposable
{
    /// <summary>Bytes in it; setting it cuts the rest off.</summary>
    long Length { get; set; }

    /// <summary>Reads what is at an offset; 0 at the end.</summary>
    int Read(Span<byte> target, long offset);

    /// <summary>Writes at an offset.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Returns when the content survives the loss of power.</summary>
    void Sync();
}
