namespace Traxxs.Cli.Demo;

/// <summary>The demo cannot be played as asked: what is wrong and what to do.</summary>
internal sealed class DemoException(string message) : Exception(message);
