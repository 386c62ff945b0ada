using System.Text.Json;

namespace Traxxs.Server.Api.OpenApi;

/// <summary>Signing in, people, organisations and wearers.</summary>
internal static partial class Operations
{
    private static Dictionary<string, Operation> Identity => new()
    {
        ["GET /api/v1/setup"] = new("isSetupNeeded", "Whether there is no user yet.") { Answer = typeof(SetupNeeded) },
        ["POST /api/v1/setup"] = new("setUp", "Makes the first administrator, by the code in the data folder, and signs in.") { Body = typeof(SignInApi.SetupBody), Answer = typeof(SignedIn), Status = 201 },
        ["POST /api/v1/sign-in"] = new("signIn", "Signs in by e-mail and password; the answer sets the cookie.") { Body = typeof(SignInApi.SignInBody), Answer = typeof(SignedIn) },
        ["POST /api/v1/sign-out"] = new("signOut", "Ends this sign-in and takes the cookie away.") { Status = 204 },
        ["POST /api/v1/password-by-link"] = new("choosePassword", "Chooses a password by a link that works once.") { Body = typeof(SignInApi.LinkBody), Status = 204 },
        ["GET /api/v1/me"] = new("getMe", "Who asks.") { Answer = typeof(MeView) },
        ["POST /api/v1/me/password"] = new("changePassword", "Changes one's own password; other sign-ins end.") { Body = typeof(MeApi.PasswordBody), Status = 204 },
        ["GET /api/v1/me/sign-ins"] = new("listOwnSignIns", "Where one is signed in.") { Answer = typeof(SignInList) },
        ["DELETE /api/v1/me/sign-ins/{id}"] = new("endOwnSignIn", "Ends one of one's own sign-ins; its live feeds end at once.") { Status = 204 },
        ["GET /api/v1/users"] = new("listUsers", "People of the organisation who sign in.") { Answer = typeof(UserPage), Query = [Parameter.Limit(200, 1000), Parameter.Cursor] },
        ["POST /api/v1/users"] = new("addUser", "Makes an account, and a link by which its owner chooses a password.") { Body = typeof(JsonElement), Answer = typeof(UserView), Status = 201 },
        ["GET /api/v1/users/{id}"] = new("getUser", "One account.") { Answer = typeof(UserView) },
        ["PATCH /api/v1/users/{id}"] = new("changeUser", "Changes an account: email, name, role, phone, wearerId, disabled.") { Body = typeof(JsonElement), Answer = typeof(UserView), KeepsToIfMatch = true },
        ["DELETE /api/v1/users/{id}"] = new("deleteUser", "Takes an account away; its name stays in the audit log.") { Status = 204 },
        ["POST /api/v1/users/{id}/password-link"] = new("makePasswordLink", "Makes a link to choose a password, once, within a day.") { Answer = typeof(PasswordLinkView) },
        ["GET /api/v1/users/{id}/sign-ins"] = new("listSignIns", "Where a user is signed in.") { Answer = typeof(SignInList) },
        ["DELETE /api/v1/users/{id}/sign-ins"] = new("endSignIns", "Signs a user out everywhere.") { Status = 204 },
        ["GET /api/v1/organisations"] = new("listOrganisations", "All organisations of the server.") { Answer = typeof(OrganisationList) },
        ["POST /api/v1/organisations"] = new("addOrganisation", "Makes an organisation.") { Body = typeof(OrganisationsApi.OrganisationBody), Answer = typeof(OrganisationView), Status = 201 },
        ["GET /api/v1/organisations/{id}"] = new("getAnyOrganisation", "One organisation.") { Answer = typeof(OrganisationView) },
        ["PATCH /api/v1/organisations/{id}"] = new("changeAnyOrganisation", "Changes, closes or opens an organisation.") { Body = typeof(JsonElement), Answer = typeof(OrganisationView), KeepsToIfMatch = true },
        ["GET /api/v1/organisation"] = new("getOrganisation", "One's own organisation.") { Answer = typeof(OrganisationView) },
        ["PATCH /api/v1/organisation"] = new("changeOrganisation", "Changes one's own organisation: name, timeZone, retentionDays, alertRetentionDays.")
        {
            Body = typeof(JsonElement), Answer = typeof(OrganisationView), KeepsToIfMatch = true,
        },
    };

    private static Dictionary<string, Operation> Wearers => new()
    {
        ["GET /api/v1/wearers"] = new("listWearers", "People of the organisation who wear a device.") { Answer = typeof(WearerPage), Query = [Parameter.Limit(200, 1000), Parameter.Cursor] },
        ["POST /api/v1/wearers"] = new("addWearer", "Makes a wearer's record.") { Body = typeof(JsonElement), Answer = typeof(WearerDetail), Status = 201 },
        ["GET /api/v1/wearers/{id}"] = new("getWearer", "One wearer.") { Answer = typeof(WearerDetail) },
        ["PATCH /api/v1/wearers/{id}"] = new("changeWearer", "Changes a wearer: name, phone, timeZone, workingHours, policy.") { Body = typeof(JsonElement), Answer = typeof(WearerDetail), KeepsToIfMatch = true },
        ["DELETE /api/v1/wearers/{id}"] = new("removeWearer", "Removes a wearer who never had a device nor an alert.") { Status = 204 },
        ["PUT /api/v1/wearers/{id}/device"] = new("giveDevice", "Gives a wearer a device, or none.") { Body = typeof(WearersApi.DeviceBody), Answer = typeof(WearerDetail), KeepsToIfMatch = true },
        ["GET /api/v1/wearers/{id}/assignments"] = new("listAssignments", "Which devices were a wearer's, and when.") { Answer = typeof(AssignmentList) },
        ["POST /api/v1/wearers/{id}/consent"] = new("noteConsent", "Notes that consent to being located was given or withdrawn.") { Body = typeof(WearersApi.ConsentBody), Answer = typeof(WearerDetail) },
        ["POST /api/v1/wearers/{id}/export"] = new("exportWearer", "All that is kept of a wearer, as a ZIP of JSON, CSV and GPX.") { Media = ["application/zip"] },
        ["POST /api/v1/wearers/{id}/erase"] = new("eraseWearer", "Erases what is kept of a wearer; says what stays and why.") { Body = typeof(WearersApi.EraseBody), Answer = typeof(ErasureAccepted), Status = 202 },
    };
}
