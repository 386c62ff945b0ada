namespace Traxxs.Server.Api.OpenApi;

/// <summary>What a route is to somebody who has never seen it.</summary>
/// <param name="Id">Unique name, such as <c>listDevices</c>: what a generated client calls it.</param>
/// <param name="Summary">One sentence.</param>
internal sealed record Operation(string Id, string Summary)
{
    /// <summary>The body of the answer as a type; null for one without, or one that is no JSON.</summary>
    public Type? Answer { get; init; }

    /// <summary>Its status where all went well.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Media types of the answer where it is not (only) JSON.</summary>
    public IReadOnlyList<string> Media { get; init; } = [];

    /// <summary>The body of the request as a type; null for none.</summary>
    public Type? Body { get; init; }

    /// <summary>Media type of a request body that is no JSON; null for none.</summary>
    public string? BodyMedia { get; init; }

    /// <summary>Query parameters.</summary>
    public IReadOnlyList<Parameter> Query { get; init; } = [];

    /// <summary>Whether it keeps to <c>If-Match</c>: a change somebody else made meanwhile is not overwritten.</summary>
    public bool KeepsToIfMatch { get; init; }
}

/// <summary>A query parameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">JSON Schema type: <c>string</c>, <c>integer</c>, <c>number</c> or <c>boolean</c>.</param>
/// <param name="Meaning">One sentence with unit and range.</param>
internal sealed record Parameter(string Name, string Type, string Meaning)
{
    /// <summary>Words it may be; null for any.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>Whether it must be given.</summary>
    public bool Required { get; init; }

    public static Parameter From { get; } = new("from", "string", "begin of the range, included: s since 1970 UTC, or ISO 8601");

    public static Parameter To { get; } = new("to", "string", "end of the range, included: s since 1970 UTC, or ISO 8601");

    public static Parameter Cursor { get; } = new("cursor", "string", "what the page before gave as next");

    public static Parameter Limit(int usual, int max) => new("limit", "integer", $"entries of a page, 1 to {max}; {usual} where absent");
}
