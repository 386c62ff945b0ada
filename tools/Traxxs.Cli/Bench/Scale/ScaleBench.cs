using System.Globalization;
using Traxxs.Cli.Shared;
using Traxxs.Engines;

namespace Traxxs.Cli.Bench.Scale;

/// <summary>All shapes, one after the other, on engines of their own in a temporary folder; everything started is ended.</summary>
internal static class ScaleBench
{
    /// <summary>Measures; what was found until something failed is in the result, with what failed.</summary>
    public static async Task<ScaleResult> RunAsync(ScaleSettings settings, string? data, ProgressLine progress, CancellationToken cancellationToken)
    {
        var (before, shapes, problem) = (LoadAverage(), new List<ScaleShape>(), default(string));
        if (data is not null) Directory.CreateDirectory(data);
        var folder = Directory.CreateDirectory(Path.Combine(data ?? Path.GetTempPath(), $"traxxs-bench-{Guid.NewGuid():N}")).FullName;
        try
        {
            var tls = ScaleCertificate.Write(folder);
            progress.Report("the engines start");
            using var engines = settings.Listeners.Any(count => count > 0) ? await ScaleEngines.StartAsync(folder, settings.Redis, tls, cancellationToken) : null;
            foreach (var listeners in settings.Listeners)
            {
                var shape = new ScaleShape { Listeners = listeners };
                shapes.Add(shape);
                var holds = shapes.TrueForAll(one => one.Held is null);
                await OneAsync(new ScaleRun(settings, listeners == 0 ? null : engines, Directory.CreateDirectory(Path.Combine(folder, $"shape-{shapes.Count}")).FullName, tls, holds, shape,
                    what => progress.Report($"{ScaleText.NameOf(listeners)}: {what}")), shape, cancellationToken);
            }
        }
        catch (Exception e) when (e is EngineException or OperationCanceledException)
        {
            problem = e is EngineException ? e.Message : "the time was over";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return new ScaleResult(Environment.ProcessorCount, before, LoadAverage(), settings.Redis, settings.Devices, shapes, problem);
    }

    // A shape that fails leaves the others to be measured; the time that is over does not.
    private static async Task OneAsync(ScaleRun run, ScaleShape shape, CancellationToken cancellationToken)
    {
        try
        {
            await run.RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is EngineException or InvalidOperationException or HttpRequestException or Npgsql.NpgsqlException or Traxxs.Store.StoreUnavailableException)
        {
            shape.Problem = e.Message;
        }
    }

    private static double LoadAverage() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
