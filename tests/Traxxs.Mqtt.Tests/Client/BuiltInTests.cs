namespace Traxxs.Mqtt.Tests.Client;

/// <inheritdoc/>
[TestClass]
public sealed class TransportTests : TransportTests<BuiltInServer>;
