namespace Traxxs.Mqtt.Tests.Server;

/// <inheritdoc/>
[TestClass]
public sealed class ConnectTests : ConnectTests<BuiltInServer>;

/// <inheritdoc/>
[TestClass]
public sealed class PublishTests : PublishTests<BuiltInServer>;

/// <inheritdoc/>
[TestClass]
public sealed class RoutingTests : RoutingTests<BuiltInServer>;

/// <inheritdoc/>
[TestClass]
public sealed class SessionTests : SessionTests<BuiltInServer>;

/// <inheritdoc/>
[TestClass]
public sealed class LimitTests : LimitTests<BuiltInServer>;

/// <inheritdoc/>
[TestClass]
public sealed class ModelTests : ModelTests<BuiltInServer>;

/// <inheritdoc/>
[TestClass]
public sealed class StoreTests : StoreTests<BuiltInServer>;

/// <inheritdoc/>
[TestClass]
public sealed class FuzzTests : FuzzTests<BuiltInServer>;
