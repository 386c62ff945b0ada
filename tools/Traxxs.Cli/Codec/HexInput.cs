using System.Text;

namespace Traxxs.Cli.Codec;

/// <summary>Reads a frame given as hexadecimal: in the arguments, in a file, or on standard input.</summary>
internal static class HexInput
{
    /// <summary>The bytes of one frame; spaces, colons and line ends between digits and lines with # do not matter.</summary>
    /// <exception cref="HexInputException">There is something else, or nothing.</exception>
    public static byte[] Read(IEnumerable<string> arguments)
    {
        var digits = new StringBuilder();
        foreach (var argument in arguments) digits.Append(Digits(TextOf(argument)));
        try
        {
            return digits.Length > 0 ? Convert.FromHexString(digits.ToString()) : throw new HexInputException("no frame given");
        }
        catch (FormatException)
        {
            throw new HexInputException($"not hexadecimal, or half a byte too few: '{Shortened(digits.ToString())}'");
        }
    }

    private static string TextOf(string argument)
    {
        if (argument == "-") return Console.In.ReadToEnd();
        if (!argument.StartsWith('@')) return argument;
        try
        {
            return File.ReadAllText(argument[1..]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HexInputException($"{argument[1..]}: {e.Message}");
        }
    }

    private static string Digits(string text) => string.Concat(text.Split('\n')
        .Where(line => !line.TrimStart().StartsWith('#'))
        .SelectMany(line => line.Where(c => !char.IsWhiteSpace(c) && c != ':')));

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";
}

/// <summary>What was given is no frame in hexadecimal: the message says what was found.</summary>
internal sealed class HexInputException(string message) : Exception(message);
