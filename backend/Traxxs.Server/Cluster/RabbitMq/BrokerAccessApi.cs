using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Traxxs.Server.Api;
using Traxxs.Store;

namespace Traxxs.Server.Cluster.RabbitMq;

/// <summary>
/// RabbitMQ's HTTP auth back-end: <c>POST /internal/rabbitmq/SECRET/user</c>, <c>vhost</c>, <c>resource</c> and <c>topic</c>,
/// a form each, answered by the words <c>allow</c> or <c>deny</c>. Who does not know the secret finds nothing there.
/// </summary>
internal static class BrokerAccessApi
{
    private const int FormBytesMax = 16 * 1024; // the longest has a client id of 64 KiB by the protocol's word, and of 68 bytes by ours

    /// <summary>Adds the routes.</summary>
    public static void MapBrokerAccess(this IEndpointRouteBuilder app, BrokerAccess access, string secret)
    {
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        Map("user", form => access.SignIn(Of(form, "username"), Of(form, "password"), Of(form, "client_id")) is { } tags ? $"allow {tags}" : "deny");
        Map("vhost", form => Word(access.MayEnter(Of(form, "vhost"))));
        Map("resource", form => Word(access.MayEnter(Of(form, "vhost")) && BrokerAccess.MayUse(QuestionOf(form))));
        Map("topic", form => Word(access.MayEnter(Of(form, "vhost")) && BrokerAccess.MayTopic(QuestionOf(form))));

        void Map(string what, Func<IFormCollection, string> answer) => app.MapPost($"/internal/rabbitmq/{{secret}}/{what}", async (string secret, HttpContext context) =>
        {
            if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(secret)), expected)) return ApiProblem.Of(404, "no-such-address", "There is nothing here.");
            if (context.Request.ContentLength is > FormBytesMax || !context.Request.HasFormContentType) return Results.Text("deny");
            try
            {
                return Results.Text(answer(await context.Request.ReadFormAsync(context.RequestAborted)));
            }
            catch (StoreUnavailableException e)
            {
                // No answer is no word on whose fault it is: RabbitMQ turns the client away, and it comes again.
                return ApiProblem.Unavailable(e.Message);
            }
        }).AllowAnyone();
    }

    private static string Word(bool allowed) => allowed ? "allow" : "deny";

    private static string Of(IFormCollection form, string name) => form[name].ToString();

    private static BrokerQuestion QuestionOf(IFormCollection form) => new(
        Of(form, "username"), Of(form, "resource"), Of(form, "name"), Of(form, "permission"), Of(form, "tags"),
        Of(form, "client_id") is { Length: > 0 } client ? client : null, Of(form, "routing_key"));
}
