namespace Traxxs.Store;

/// <summary>The files hold something this program never writes: restore a backup, or inspect with <c>traxxs server check</c>.</summary>
public sealed class StoreCorruptException(string message) : StoreUnavailableException(message);

/// <summary>The files were written by a newer program, or are no report store.</summary>
public sealed class StoreSchemaException(string message) : StoreUnavailableException(message);

/// <summary>Another process has the store open for writing.</summary>
public sealed class StoreInUseException(string message, Exception? inner = null) : StoreUnavailableException(message, inner);

/// <summary>How a store is to be reached is wrong; the message says what, and holds no secret.</summary>
public sealed class StoreConfigurationException(string message) : Exception(message);
