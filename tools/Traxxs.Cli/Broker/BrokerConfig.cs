using System.Text.Json;

namespace Traxxs.Cli.Broker;

/// <summary>Something the caller got wrong; the message says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>
/// The file of <c>--config</c>: the same names as the options, in camelCase, and <c>users</c>. What is given on the command line
/// wins.
/// </summary>
internal sealed class BrokerConfig
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    public int? Port { get; set; }
    public string? Bind { get; set; }
    public string? Data { get; set; }
    public bool Anonymous { get; set; }
    public string? Cert { get; set; }
    public string? Key { get; set; }
    public ushort? ServerKeepAlive { get; set; }
    public int? ReceiveMaximum { get; set; }
    public int? InFlightMaximum { get; set; }
    public int? QueueMaximum { get; set; }
    public ushort? TopicAliasMaximum { get; set; }
    public int? PacketSizeMaximum { get; set; }
    public string[]? DenySubscribe { get; set; }
    public string[]? DenyPublish { get; set; }
    /// <summary>User name to hashed password.</summary>
    public Dictionary<string, string> Users { get; set; } = [];

    public static BrokerConfig Load(FileInfo? file)
    {
        if (file is null) return new BrokerConfig();
        try
        {
            return JsonSerializer.Deserialize<BrokerConfig>(File.ReadAllText(file.FullName), Json) ?? new BrokerConfig();
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read {file.FullName}: {exception.Message}");
        }
    }
}
