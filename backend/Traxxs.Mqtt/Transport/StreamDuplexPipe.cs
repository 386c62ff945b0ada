using System.IO.Pipelines;

namespace Traxxs.Mqtt.Transport;

/// <summary>A stream, such as a TLS one, as a duplex pipe. Waits without a buffer, so that an idle connection keeps none here.</summary>
public sealed class StreamDuplexPipe(Stream stream) : IDuplexPipe
{
    /// <inheritdoc/>
    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 4096, minimumReadSize: 512, leaveOpen: true, useZeroByteReads: true));

    /// <inheritdoc/>
    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: 4096, leaveOpen: true));
}
