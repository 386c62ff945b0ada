using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Traxxs.Cli.Server;
using Traxxs.Engines;

namespace Traxxs.Cli.Bench.Mqtt;

/// <summary>A contender in a process of its own: started on a free loopback port, measured through /proc, stopped at the end.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string? _folder;

    private BrokerProcess(string name, Process process, int port, string? folder)
    {
        Name = name;
        _process = process;
        Port = port;
        _folder = folder;
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>This program's broker, of a name of <see cref="BrokerChoice"/>.</summary>
    public static async Task<BrokerProcess> StartOursAsync(string broker)
    {
        var arguments = new List<string> { "broker", "--broker", broker, "--port", "0", "--anonymous", "--receive-maximum", "1000", "--in-flight-maximum", "1000", "--queue-maximum", "100000" };
        var program = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") arguments.Insert(0, Assembly.GetEntryAssembly()!.Location);
        var process = Start(program, arguments);
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the broker did not start");
        return new BrokerProcess(broker == BrokerChoice.BuiltIn ? "traxxs" : broker, process, int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture), null);
    }

    /// <summary>Mosquitto as Debian installs it, or null where it is not installed.</summary>
    public static async Task<BrokerProcess?> TryStartMosquittoAsync()
    {
        var program = new[] { "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto" }.FirstOrDefault(File.Exists);
        if (program is null) return null;
        var port = EngineProcess.FreePort();
        var folder = Directory.CreateTempSubdirectory("traxxs-bench-").FullName;
        var file = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(file, $"""
            listener {port} 127.0.0.1
            allow_anonymous true
            persistence false
            set_tcp_nodelay true
            max_inflight_messages 1000
            max_queued_messages 0
            user {Environment.UserName}

            """);
        var process = Start(program, ["-c", file]);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return new BrokerProcess("mosquitto", process, port, folder);
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        throw new InvalidOperationException("mosquitto did not start");
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>User and system time so far, s. To the nanosecond where Linux tells it a thread; its sum a process is counted in ticks of 10 ms.</summary>
    public double CpuSeconds
    {
        get
        {
            if (OperatingSystem.IsLinux()) return Directory.GetDirectories($"/proc/{_process.Id}/task").Sum(NanosecondsOf) / 1e9;
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    private static double NanosecondsOf(string thread)
    {
        try
        {
            return double.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }
    }

    /// <summary>Resident memory, bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }
}
