using System.CommandLine.Parsing;

namespace Traxxs.Cli.Shared;

/// <summary>How addresses are read from the command line: System.CommandLine does not know <see cref="Uri"/>.</summary>
internal static class UriParsing
{
    /// <summary>An absolute address of one of the schemes; anything else is wrong usage, with a sentence.</summary>
    public static Func<ArgumentResult, Uri?> Of(params string[] schemes) => result =>
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && schemes.Contains(address.Scheme)) return address;
        result.AddError($"\"{text}\" does not begin with {string.Join(" or ", schemes.Select(scheme => $"{scheme}://"))}");
        return null;
    };
}
