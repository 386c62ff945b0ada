namespace Traxxs.Engines;

/// <summary>An engine could not be started or did not do what was asked; the message is for a person and has the end of what it wrote.</summary>
public sealed class EngineException(string message) : Exception(message);
