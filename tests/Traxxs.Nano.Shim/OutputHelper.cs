namespace nanoFramework.TestFramework;

/// <summary>What a test prints.</summary>
public static class OutputHelper
{
    /// <summary>One line.</summary>
    public static void WriteLine(string message) => Console.WriteLine(message);
}
