using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Traxxs.Engines;

/// <summary>
/// A real server from the system's packages as a process of a test's or a benchmark's own, on loopback, in a folder of its own; it ends with
/// all it started.
/// </summary>
public sealed class EngineProcess : IDisposable
{
    private const int OutputMax = 16 * 1024;
    private const int PortMin = 10_000;
    private const int PortEnd = 32_768; // from here on Linux gives them itself, other systems from 49152
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);
    private static readonly HashSet<int> PortsGiven = [];

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private EngineProcess(Process process) => _process = process;

    /// <summary>Whether it ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>The end of what it wrote.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>The path of a program: from PATH, or from one of the folders packages put servers in; null where it is missing.</summary>
    public static string? Find(string program, params IEnumerable<string> folders) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Concat(["/usr/sbin", "/usr/local/sbin", "/sbin"]).Concat(folders)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>
    /// A port of loopback nobody listened on a moment ago, never the same twice in a process. It lies below those a system gives to who
    /// asks for any, connections that go out included: they would take it before its server does.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(PortMin, PortEnd);
            lock (PortsGiven)
            {
                if (!PortsGiven.Contains(port) && IsFree(new IPEndPoint(IPAddress.Loopback, port)) && PortsGiven.Add(port)) return port;
            }
        }
    }

    /// <summary>A port nobody listened on a moment ago on any of some addresses of loopback.</summary>
    public static int FreePort(IReadOnlyCollection<IPAddress> addresses)
    {
        while (true)
        {
            var port = FreePort();
            if (addresses.All(address => IsFree(new IPEndPoint(address, port)))) return port;
        }
    }

    /// <summary>A number as a program reads it.</summary>
    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="EngineException">It ends with a failure, or not within the limit.</exception>
    public static void Run(string program, IEnumerable<string> arguments, string folder, TimeSpan limit)
    {
        using var process = Start(program, arguments, folder);
        if (process.WaitForExit(limit) is var code and not 0) throw new EngineException($"{program} ended with {code}: {process.Output}");
    }

    /// <summary>Starts it.</summary>
    public static EngineProcess Start(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var engine = new EngineProcess(Process.Start(start)!);
        engine._process.OutputDataReceived += (_, line) => engine.Keep(line.Data);
        engine._process.ErrorDataReceived += (_, line) => engine.Keep(line.Data);
        engine._process.BeginOutputReadLine();
        engine._process.BeginErrorReadLine();
        return engine;
    }

    /// <summary>Writes a line to its standard input.</summary>
    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until it answers as asked.</summary>
    /// <exception cref="EngineException">It ends first, or takes longer than the limit.</exception>
    public void WaitUntil(Func<bool> ready, TimeSpan limit)
    {
        var waited = Stopwatch.StartNew();
        while (!IsReady(ready, waited, limit)) Thread.Sleep(LookAgain);
    }

    /// <summary>Waits as <see cref="WaitUntil"/> does, without a thread.</summary>
    /// <exception cref="EngineException">It ends first, or takes longer than the limit.</exception>
    public async Task UntilAsync(Func<bool> ready, TimeSpan limit, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (!IsReady(ready, waited, limit)) await Task.Delay(LookAgain, cancellationToken);
    }

    /// <summary>Waits until it has said words, such as that it is ready; fails as <see cref="WaitUntil"/> does.</summary>
    public void WaitUntilSaid(string words, TimeSpan limit) => WaitUntil(() => Output.Contains(words, StringComparison.Ordinal), limit);

    /// <summary>Waits for its end and gives its exit code.</summary>
    /// <exception cref="EngineException">It takes longer than the limit.</exception>
    public int WaitForExit(TimeSpan limit)
    {
        if (!_process.WaitForExit(limit)) throw new EngineException($"{_process.StartInfo.FileName} has not ended after {limit.TotalSeconds:0} s: {Output}");
        _process.WaitForExit(); // and until all it wrote is read
        return _process.ExitCode;
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

    /// <summary>SIGKILL to it and its children: nothing is flushed, nobody is told.</summary>
    public void Kill()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private bool IsReady(Func<bool> ready, Stopwatch waited, TimeSpan limit)
    {
        if (ready()) return true;
        if (HasExited) throw new EngineException($"{_process.StartInfo.FileName} ended with {_process.ExitCode}: {Output}");
        if (waited.Elapsed > limit) throw new EngineException($"{_process.StartInfo.FileName} is not ready after {limit.TotalSeconds:0} s: {Output}");
        return false;
    }

    private static bool IsFree(IPEndPoint endPoint)
    {
        using var listener = new TcpListener(endPoint);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
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
