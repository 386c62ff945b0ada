using Microsoft.AspNetCore.Http;

namespace Traxxs.Server.Api;

/// <summary>Errors as RFC 9457 problem documents, each with a named <c>code</c> for programs and a sentence for people.</summary>
internal static class ApiProblem
{
    public static IResult NotFound(string what, string id) => Of(404, $"{what}-not-found", $"There is no {what} \"{id}\".");

    public static IResult BadParameter(string name, string rule) => Of(400, "bad-parameter", $"{name}: {rule}", name);

    public static IResult Unavailable(string reason) => Of(503, "store-unavailable", $"Storage is not available now: {reason} Try again later.");

    public static IResult Of(int status, string code, string detail, string? parameter = null) =>
        Results.Json(new Problem("about:blank", TitleOf(status), status, code, detail, parameter), contentType: "application/problem+json", statusCode: status);

    /// <summary>Does what may throw a <see cref="FormatException"/> whose sentence begins with the key that is wrong.</summary>
    public static IResult Checked(string code, Func<IResult> act)
    {
        try
        {
            return act();
        }
        catch (FormatException e)
        {
            return Of(400, code, e.Message, e.Message.Split(':')[0]);
        }
    }

    private static string TitleOf(int status) => status switch
    {
        400 => "Bad request",
        401 => "Not signed in",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Method not allowed",
        409 => "Conflict",
        412 => "Changed meanwhile",
        413 => "Too large",
        415 => "Unsupported media type",
        429 => "Too many requests",
        503 => "Not available",
        _ => status >= 500 ? "Server error" : "Request failed",
    };

    internal sealed record Problem(string Type, string Title, int Status, string Code, string Detail, string? Parameter);
}

/// <summary>A request that cannot be done as asked; becomes a problem document.</summary>
internal sealed class ApiException(IResult problem) : Exception
{
    public IResult Problem { get; } = problem;
}
