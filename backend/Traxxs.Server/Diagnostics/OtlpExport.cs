using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Traxxs.Server.Diagnostics;

/// <summary>
/// Sends the meter's instruments to a collector every ten seconds (OTLP over HTTP, protobuf), for those who run one. A
/// collector that is away costs nothing but its own gap.
/// </summary>
internal static class OtlpExport
{
    private const int EveryMs = 10_000;

    /// <summary>Begins to send; disposing sends the last and ends.</summary>
    /// <param name="collector">Base address: /v1/metrics is below it.</param>
    public static MeterProvider Start(Uri collector) => Sdk.CreateMeterProviderBuilder()
        .AddMeter(ServerMeter.Name)
        .AddOtlpExporter((exporter, reader) =>
        {
            exporter.Endpoint = new Uri(collector, "/v1/metrics");
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = EveryMs;
        })
        .Build();
}
