using System.CommandLine;
using Microsoft.Extensions.Logging;
using Traxxs.Mqtt.Server;
using Traxxs.Server.Hosting;

namespace Traxxs.Cli.Server;

/// <summary><c>--broker</c>: which MQTT server takes the devices. Adapters are there where they were built in.</summary>
internal static class BrokerChoice
{
    /// <summary>The one that ships.</summary>
    public const string BuiltIn = "builtin";

    /// <summary>MQTTnet's.</summary>
    public const string MqttNet = "mqttnet";

    /// <summary>The option.</summary>
    public static Option<string> Option() => new("--broker") { Description = "MQTT server: builtin, or mqttnet where it was built in with -p:CardPackages=true", DefaultValueFactory = _ => BuiltIn };

    /// <summary>How the server of a name is made, of its options, its handler and the log.</summary>
    /// <exception cref="ConfigurationException">There is none of this name, or it was not built in.</exception>
    public static Func<MqttServerOptions, IMqttServerHandler, ILogger, IMqttServer> Of(string name) => name switch
    {
        BuiltIn => (options, handler, log) => new MqttServer(options, handler, null, log),
#if CARD_PACKAGES
        MqttNet => (options, handler, log) => new Traxxs.Mqtt.MqttNet.MqttNetServer(options, handler, null, log),
#else
        MqttNet => throw new ConfigurationException(["--broker mqttnet: this program was built without it; build with -p:CardPackages=true where the package MQTTnet.Server can be restored"]),
#endif
        _ => throw new ConfigurationException([$"--broker: \"{name}\" is neither {BuiltIn} nor {MqttNet}"]),
    };
}
