using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Alerts.Rules;
using Traxxs.Server.Api.Http;
using Traxxs.Server.Identity;

namespace Traxxs.Server.Api;

/// <summary>An organisation's rules.</summary>
internal static class RulesApi
{
    public static void MapRules(this IEndpointRouteBuilder app)
    {
        var rules = app.MapGroup("/api/v1/rules");
        rules.MapGet("", (HttpContext context, RuleBook book) => Answer(context, book)).RequireRole(Role.Viewer);
        rules.MapGet("catalogue", () => Results.Ok(RuleJson.Describe())).RequireRole(Role.Viewer);
        rules.MapPut("", (HttpContext context, JsonElement json, RuleBook book) => context.IfUnchanged(() => View(context, book), () => ApiProblem.Checked("rules-invalid", () =>
        {
            int? version = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("version", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
            return book.Set(context.Actor().Org, json, version, context.Actor().Name)
                ? Answer(context, book)
                : ApiProblem.Of(409, "changed-meanwhile", "Somebody changed the rules meanwhile: read them again.");
        }))).RequireRole(Role.Admin);
    }

    private static IResult Answer(HttpContext context, RuleBook book) => Results.Ok(View(context, book));

    private static object View(HttpContext context, RuleBook book)
    {
        var (version, rules) = book.Get(context.Actor().Org);
        return new { version, rules };
    }
}
