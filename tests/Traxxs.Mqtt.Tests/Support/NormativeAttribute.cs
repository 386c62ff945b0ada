namespace Traxxs.Mqtt.Tests;

/// <summary>
/// The normative statements a test tries to break, by their numbers in each version's appendix B, separated by spaces. The
/// test's name carries the leading one.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NormativeAttribute : Attribute
{
    /// <summary>Statements of MQTT 3.1.1.</summary>
    public string V311 { get; init; } = "";

    /// <summary>Statements of MQTT 5.0.</summary>
    public string V500 { get; init; } = "";
}
