using System.Text.Json;

namespace Traxxs.Server.Api.OpenApi;

/// <summary>Rules, policies, channels and what they write.</summary>
internal static partial class Operations
{
    private static Dictionary<string, Operation> Alerting => new()
    {
        ["GET /api/v1/alerts/export"] = new("exportAlerts", "Alerts of the organisation as a file.") { Media = ["text/csv", "application/json"], Query = [ExportFormat, Parameter.From, Parameter.To] },
        ["GET /api/v1/audit/export"] = new("exportAudit", "The audit log as a file.") { Media = ["text/csv", "application/json"], Query = [ExportFormat] },
        ["POST /api/v1/wearers/{id}/check-in"] = new("checkIn", "Somebody spoke with a wearer: the check-in timer starts anew, and alerts of missed check-ins end.") { Answer = typeof(CheckedIn) },
        ["GET /api/v1/rules"] = new("getRules", "The organisation's rules.") { Answer = typeof(RulesShape) },
        ["PUT /api/v1/rules"] = new("setRules", "Sets the organisation's rules.") { Body = typeof(JsonElement), Answer = typeof(RulesShape), KeepsToIfMatch = true },
        ["GET /api/v1/rules/catalogue"] = new("getRuleCatalogue", "Every rule there is, with its parameters and their ranges.") { Answer = typeof(RuleCatalogueShape) },
        ["GET /api/v1/policies"] = new("listPolicies", "Escalation policies of the organisation, and the one built in.") { Answer = typeof(PolicyList) },
        ["POST /api/v1/policies"] = new("addPolicy", "Adds an escalation policy.") { Body = typeof(JsonElement), Answer = typeof(PolicyShape), Status = 201 },
        ["GET /api/v1/policies/{id}"] = new("getPolicy", "One escalation policy.") { Answer = typeof(PolicyShape) },
        ["PUT /api/v1/policies/{id}"] = new("replacePolicy", "Changes an escalation policy.") { Body = typeof(JsonElement), Answer = typeof(PolicyShape), KeepsToIfMatch = true },
        ["DELETE /api/v1/policies/{id}"] = new("removePolicy", "Removes an escalation policy.") { Status = 204 },
        ["POST /api/v1/policies/{id}/dry-run"] = new("tryPolicy", "Who would be told when, if nobody acknowledged.") { Body = typeof(PoliciesApi.DryRunBody), Answer = typeof(TimelineShape) },
        ["GET /api/v1/channels"] = new("listChannels", "Ways to reach people; secrets stay inside.") { Answer = typeof(ChannelList) },
        ["POST /api/v1/channels"] = new("addChannel", "Adds a channel.") { Body = typeof(JsonElement), Answer = typeof(ChannelShape), Status = 201 },
        ["GET /api/v1/channels/{id}"] = new("getChannel", "One channel.") { Answer = typeof(ChannelShape) },
        ["PATCH /api/v1/channels/{id}"] = new("changeChannel", "Changes a channel.") { Body = typeof(JsonElement), Answer = typeof(ChannelShape), KeepsToIfMatch = true },
        ["DELETE /api/v1/channels/{id}"] = new("removeChannel", "Removes a channel no policy names.") { Status = 204 },
        ["POST /api/v1/channels/{id}/test"] = new("testChannel", "Sends something over a channel and says whether it was taken.") { Body = typeof(ChannelsApi.TestBody), Answer = typeof(ChannelTested) },
        ["GET /api/v1/templates"] = new("getTemplates", "The words of notifications.") { Answer = typeof(TemplatesShape) },
        ["PUT /api/v1/templates"] = new("setTemplates", "Sets the words of notifications.") { Body = typeof(JsonElement), Answer = typeof(TemplatesShape), KeepsToIfMatch = true },
    };

    private static Parameter ExportFormat => new("format", "string", "csv where absent") { Words = ["csv", "json"] };
}

internal sealed record CheckedIn(IReadOnlyList<AlertView> Resolved);

internal sealed record RulesShape(int Version, JsonElement Rules);

internal sealed record RuleCatalogueShape(IReadOnlyList<RuleShape> Rules);

internal sealed record RuleShape(
    string Name, string Title, bool Enabled, bool MayBeDisabled, bool MayHaveSchedule, string? Severity, string SeverityMin, string? EndsBy, IReadOnlyList<RuleParameterShape> Parameters);

internal sealed record RuleParameterShape(string Name, string Unit, double Min, double Max, double Default, string Meaning);

internal sealed record PolicyList(IReadOnlyList<PolicyShape> Policies, string? Next);

internal sealed record PolicyShape(
    string Name, string EscalateFrom, IReadOnlyList<TierShape> Tiers, IReadOnlyList<QuietShape> QuietHours, string Id, int Version, bool Default, bool BuiltIn, double? ChangedAt);

internal sealed record TierShape(IReadOnlyList<IReadOnlyDictionary<string, string>> Notify, int AcknowledgeWithinS, int Repeat);

internal sealed record QuietShape(string Below, string From, string To, string TimeZone);

internal sealed record TimelineShape(string Severity, IReadOnlyList<StepShape> Timeline, string Then);

internal sealed record StepShape(double At, double ToldAt, bool HeldByQuietHours, int Tier, int Told, IReadOnlyList<TellingShape> Tells, double? NextAt);

internal sealed record TellingShape(string Channel, string? Recipient);

internal sealed record ChannelList(IReadOnlyList<ChannelShape> Channels, string? Next);

internal sealed record ChannelShape(
    string Id, int Version, string Kind, string Name, bool Enabled, IReadOnlyDictionary<string, JsonElement> Settings, bool HasSecret, LimitShape? Limit, double? ChangedAt);

internal sealed record LimitShape(int Count, int PerS);

internal sealed record ChannelTested(bool Taken, string? Reason);

internal sealed record TemplatesShape(string Subject, string Text, string Html, string Sms, string? MapUrl, string? AlertUrl);
