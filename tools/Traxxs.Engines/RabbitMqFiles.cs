using System.Globalization;
using System.Net;

namespace Traxxs.Engines;

/// <summary>The configuration of a RabbitMQ of a test's or a benchmark's own: plain TCP on loopback, MQTT, the HTTP auth back-end.</summary>
public static class RabbitMqFiles
{
    /// <summary>Address for services.</summary>
    public static Uri Amqp(IPAddress address, int port) => new(string.Create(CultureInfo.InvariantCulture, $"amqp://{address}:{port}"));

    /// <summary>Address for devices.</summary>
    public static Uri Mqtt(IPAddress address, int port) => new(string.Create(CultureInfo.InvariantCulture, $"mqtt://{address}:{port}"));

    /// <summary>Writes it into a node's folder; <paramref name="more"/> is lines of the caller's own.</summary>
    public static void Write(string folder, IPAddress address, int amqpPort, int mqttPort, string user, string password, Uri? auth, string more = "")
    {
        File.WriteAllText(Path.Combine(folder, "enabled_plugins"), "[rabbitmq_mqtt,rabbitmq_auth_backend_http].\n");
        WriteSecret(Path.Combine(folder, "rabbitmq.conf"), $"""
            listeners.tcp.1 = {address}:{amqpPort}
            mqtt.listeners.tcp.1 = {address}:{mqttPort}
            mqtt.allow_anonymous = false
            mqtt.subscription_ttl = 604800000
            default_user = {user}
            default_pass = {password}
            loopback_users.guest = true
            auth_backends.1 = internal
            log.file.level = warning
            disk_free_limit.absolute = 1MB
            {(auth is null ? "" : $"""
            auth_backends.2 = http
            auth_http.http_method = post
            auth_http.user_path = {auth}user
            auth_http.vhost_path = {auth}vhost
            auth_http.resource_path = {auth}resource
            auth_http.topic_path = {auth}topic
            """)}
            {more}

            """);
    }

    // It has the password, and the part of the auth address that nobody guesses.
    private static void WriteSecret(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}
