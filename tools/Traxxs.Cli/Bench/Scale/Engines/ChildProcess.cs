using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>A server from the system's packages as a process of the benchmark's own; ended with all it started.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int OutputMax = 16 * 1024;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ChildProcess(Process process) => _process = process;

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>The path of a program: from PATH, or from one of the folders packages put servers in; null where it is missing.</summary>
    public static string? Find(string program, params IEnumerable<string> folders) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Concat(["/usr/sbin", "/usr/local/sbin", "/sbin"]).Concat(folders)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>A port of loopback nobody listened on a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A number as a program reads it.</summary>
    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Starts it.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var child = new ChildProcess(Process.Start(start)!);
        child._process.OutputDataReceived += (_, line) => child.Keep(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="EngineException">It ends with a failure, or not within the limit.</exception>
    public static void Run(string program, IEnumerable<string> arguments, string folder, TimeSpan limit)
    {
        using var child = Start(program, arguments, folder);
        if (!child._process.WaitForExit(limit)) throw new EngineException($"{program} does not end within {limit.TotalSeconds:0} s: {child.Output}");
        if (child._process.ExitCode != 0) throw new EngineException($"{program} ended with {child._process.ExitCode}: {child.Output}");
    }

    /// <summary>Waits until it answers as asked.</summary>
    /// <exception cref="EngineException">It ends first, or takes longer than the limit; with the end of what it wrote.</exception>
    public async Task UntilAsync(Func<bool> ready, TimeSpan limit, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (!ready())
        {
            if (_process.HasExited) throw new EngineException($"{_process.StartInfo.FileName} ended at its start with {_process.ExitCode}: {Output}");
            if (waited.Elapsed > limit) throw new EngineException($"{_process.StartInfo.FileName} is not ready after {limit.TotalSeconds:0} s: {Output}");
            await Task.Delay(LookAgain, cancellationToken);
        }
    }

    /// <summary>The end of what it wrote.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Whether something takes connections on a port of loopback.</summary>
    public static bool Listens(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_output)
        {
            _output.AppendLine(line);
            if (_output.Length > OutputMax) _output.Remove(0, _output.Length - OutputMax);
        }
    }
}

/// <summary>An engine could not be started or did not do what was asked; the message is for a person.</summary>
internal sealed class EngineException(string message) : Exception(message);
