using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Api.OpenApi;

/// <summary>
/// The API's description, OpenAPI 3.1, made from the routes themselves: path, method and role are the route's own, the words
/// are <see cref="Operations"/>', and the schemas are those of the types that are written.
/// </summary>
internal static class OpenApiDocument
{
    // As answers are written, but for what readers forgive: schemas say what is sent.
    private static readonly JsonSerializerOptions Schema = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
    };

    private static readonly JsonSchemaExporterOptions Exporting = new() { TreatNullObliviousAsNonNullable = true };

    /// <summary>The document of these routes. Pages, and what speaks another protocol, are no part of it.</summary>
    public static JsonObject Of(IEnumerable<RouteEndpoint> routes)
    {
        var (paths, schemas) = (new JsonObject(), new JsonObject());
        schemas["Problem"] = SchemaOf(typeof(ApiProblem.Problem));
        foreach (var (route, method) in routes.SelectMany(route => Routes.MethodsOf(route).Select(method => (route, method))).OrderBy(one => Routes.PathOf(one.route), StringComparer.Ordinal))
        {
            if (Operations.Find(method, Routes.PathOf(route)) is not { } operation) continue;
            var path = Routes.PlainPathOf(route);
            if (paths[path] is not JsonObject item) paths[path] = item = [];
            item[method.ToLowerInvariant()] = Describe(operation, route, schemas);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "TRAXXs XSole",
                ["version"] = typeof(OpenApiDocument).Assembly.GetName().Version!.ToString(3),
                ["description"] = "Times are seconds since 1970 UTC as numbers. Lists have a cursor named next. Everything is scoped to the organisation of who asks.",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["cookie"] = new JsonObject { ["type"] = "apiKey", ["in"] = "cookie", ["name"] = "traxxs" },
                },
            },
        };
    }

    /// <summary>The JSON Schema (2020-12) of a type as it is written.</summary>
    public static JsonNode SchemaOf(Type type) => Schema.GetJsonSchemaAsNode(type, Exporting);

    private static JsonObject Describe(Operation operation, RouteEndpoint route, JsonObject schemas)
    {
        var role = Routes.RoleOf(route);
        var described = new JsonObject
        {
            ["operationId"] = operation.Id,
            ["summary"] = operation.Summary,
            ["tags"] = new JsonArray(TagOf(Routes.PathOf(route))),
            ["parameters"] = Parameters(operation, route),
            ["responses"] = Responses(operation, schemas),
        };
        if (operation.Body is { } body) described["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Json("application/json", body, schemas) };
        if (operation.BodyMedia is { } media) described["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { [media] = new JsonObject() } };
        if (role is null) return described;
        described["x-role"] = Roles.WordOf(role.Value);
        described["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["cookie"] = new JsonArray() });
        return described;
    }

    private static JsonArray Parameters(Operation operation, RouteEndpoint route)
    {
        var parameters = new JsonArray();
        foreach (var part in route.RoutePattern.Parameters)
        {
            var whole = part.ParameterPolicies.Any(policy => policy.Content is "long" or "int");
            parameters.Add(new JsonObject
            {
                ["name"] = part.Name, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = whole ? "integer" : "string" },
            });
        }

        foreach (var query in operation.Query)
        {
            var schema = new JsonObject { ["type"] = query.Type };
            if (query.Words is { } words) schema["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]);
            parameters.Add(new JsonObject { ["name"] = query.Name, ["in"] = "query", ["required"] = query.Required, ["description"] = query.Meaning, ["schema"] = schema });
        }

        if (operation.KeepsToIfMatch)
        {
            parameters.Add(new JsonObject
            {
                ["name"] = "If-Match", ["in"] = "header", ["required"] = false, ["schema"] = new JsonObject { ["type"] = "string" },
                ["description"] = "the ETag of what you changed: answers 412 where somebody else changed it meanwhile",
            });
        }

        return parameters;
    }

    private static JsonObject Responses(Operation operation, JsonObject schemas)
    {
        var content = new JsonObject();
        if (operation.Answer is { } answer) content = Json(operation.Media.FirstOrDefault() ?? "application/json", answer, schemas);
        foreach (var media in operation.Media.Skip(operation.Answer is null ? 0 : 1)) content[media] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
        var well = new JsonObject { ["description"] = operation.Summary };
        if (content.Count > 0) well["content"] = content;
        return new JsonObject
        {
            [operation.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = well,
            ["default"] = new JsonObject
            {
                ["description"] = "A problem (RFC 9457); code is its name for programs.",
                ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = Reference("Problem") } },
            },
        };
    }

    private static JsonObject Json(string media, Type type, JsonObject schemas)
    {
        var name = NameOf(type);
        if (!schemas.ContainsKey(name)) schemas[name] = SchemaOf(type);
        return new JsonObject { [media] = new JsonObject { ["schema"] = Reference(name) } };
    }

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    // Bodies are named within the class that takes them: the class tells two of one name apart.
    private static string NameOf(Type type)
    {
        if (type.IsGenericType) return $"{type.Name.Split('`')[0]}Of{string.Concat(type.GenericTypeArguments.Select(NameOf))}";
        return type.DeclaringType is { } owner ? $"{owner.Name}.{type.Name}" : type.Name;
    }

    private static string TagOf(string path) => path.StartsWith("/api/v1/", StringComparison.Ordinal) ? path.Split('/')[3] : path.Split('/')[1];
}
