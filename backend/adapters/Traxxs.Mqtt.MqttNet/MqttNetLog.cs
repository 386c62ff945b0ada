using Microsoft.Extensions.Logging;
using MQTTnet.Diagnostics.Logger;

namespace Traxxs.Mqtt.MqttNet;

/// <summary>MQTTnet's log lines in the host's log. What clients do wrong is no warning of the server's.</summary>
internal sealed class MqttNetLog(ILogger logger) : IMqttNetLogger
{
    /// <inheritdoc/>
    public bool IsEnabled => true;

    /// <inheritdoc/>
    public void Publish(MqttNetLogLevel level, string source, string message, object[]? parameters, Exception? exception)
    {
        if (level < MqttNetLogLevel.Warning) return;
        var to = level == MqttNetLogLevel.Error ? LogLevel.Warning : LogLevel.Debug;
        if (!logger.IsEnabled(to)) return;
        var text = parameters is { Length: > 0 } ? string.Format(System.Globalization.CultureInfo.InvariantCulture, message, parameters) : message;
        logger.Log(to, exception, "MQTTnet, {Source}: {Text}", source, text);
    }
}
