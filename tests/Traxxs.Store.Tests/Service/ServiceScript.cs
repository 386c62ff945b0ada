using System.Text.Json;
using Traxxs.Store.Service;

namespace Traxxs.Store.Tests.Service;

/// <summary>Calls every table of a service database with every kind of value and writes down what each call answered.</summary>
internal sealed class ServiceScript
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_768_478_400_123);
    private static readonly JsonSerializerOptions Options = new() { IncludeFields = true }; // of tuples too
    private readonly ServiceDatabase _database;
    private readonly List<string> _answers = [];

    private ServiceScript(ServiceDatabase database) => _database = database;

    /// <summary>The answers, one a line: what two engines must agree on.</summary>
    public static IReadOnlyList<string> Run(ServiceDatabase database)
    {
        var script = new ServiceScript(database);
        script.People();
        script.Settings();
        script.Alerting();
        script.Outboxes();
        script.Devices();
        script.Erasing();
        return script._answers;
    }

    private static DateTimeOffset At(int minutes) => Now.AddMinutes(minutes);

    private void Note(string what, Func<ServiceSession, object?> call) => _answers.Add($"{what}: {JsonSerializer.Serialize(_database.Write(call), Options)}");

    private void Do(string what, Action<ServiceSession> call) => Note(what, session =>
    {
        call(session);
        return null;
    });

    private void People()
    {
        Do("org", s => s.Organisations.Put(new Organisation("north", "Nørd", Now, null, new OrganisationSettings { RetentionDays = 30 })));
        Do("org again", s => s.Organisations.Put(new Organisation("north", "North", Now, At(5), new OrganisationSettings())));
        Note("orgs", s => s.Organisations.List().Select(org => org with { CreatedAt = Now }));
        Note("org", s => s.Organisations.Find("north"));
        Note("no org", s => s.Organisations.Find("south"));
        foreach (var id in new[] { "a", "B", "c-1", "Ä" }) Do("wearer", s => s.Wearers.Put(new Wearer { Id = id, Org = "main", Name = "Wearer 'q' \"" + id, CreatedAt = Now, Phone = id == "a" ? "+49" : null }));
        Do("wearer again", s => s.Wearers.Put(new Wearer { Id = "a", Org = "north", Name = "Ada", CreatedAt = At(1), ConsentAt = At(2), ConsentWithdrawnAt = At(3), WorkingHours = "{}", TimeZone = "UTC", Policy = "p", ErasedAt = null }));
        Note("wearers", s => new { All = s.Wearers.List(null), Page = s.Wearers.List("main", "B", 1), Count = s.Wearers.Count("main"), One = s.Wearers.Find("north", "a") });
        Do("remove", s => s.Wearers.Remove("main", "c-1"));
        Do("user", s => s.Users.Put(new User { Id = "u1", Org = "main", Email = "Ada@Example.org", Name = "Ada", Role = "admin", CreatedAt = Now }));
        Do("user again", s => s.Users.Put(new User { Id = "u1", Org = "main", Email = "Ada@Example.org", Name = "Ada L", Role = "viewer", CreatedAt = Now, Password = "x", Phone = "1", DisabledAt = At(1), Failed = 3, LockedUntil = At(9), WearerId = "a" }));
        Note("users", s => new { ByEmail = s.Users.FindByEmail("ADA@example.ORG"), None = s.Users.FindByEmail("äda@example.org"), List = s.Users.List(null), Count = s.Users.Count(null), Of = s.Users.OfWearer("a"), One = s.Users.Find("main", "u1"), Other = s.Users.Find("north", "u1") });
        foreach (var id in new[] { "s1", "s2", "s3" }) Do("sign-in", s => s.SignIns.Add(new SignIn(id, "u1", [1, 2], [3, 0, 255], Now, Now, At(60), null, id == "s1" ? "Firefox" : null)));
        Do("seen", s => s.SignIns.Seen("s1", At(7)));
        Note("revoked", s => new { First = s.SignIns.Revoke("u1", "s2", At(8)), Again = s.SignIns.Revoke("u1", "s2", At(8)), All = s.SignIns.RevokeAll("u1", At(9), "s1"), Left = s.SignIns.OfUser("u1"), One = s.SignIns.Find("s3"), Forgotten = s.SignIns.Forget(At(20), 10) });
        Do("link", s => s.PasswordLinks.Add(new PasswordLink("l1", "u1", [1], [2], Now, At(60), null)));
        Do("link again", s => s.PasswordLinks.Add(new PasswordLink("l2", "u1", [1], [2], Now, At(60), null)));
        Note("links", s => new { Old = s.PasswordLinks.Find("l1"), Used = s.PasswordLinks.Use("l2", At(1)), Again = s.PasswordLinks.Use("l2", At(2)), One = s.PasswordLinks.Find("l2") });
    }

    private void Settings()
    {
        Do("rules", s => s.RuleSettings.Put(new RuleSettingsRecord("main", 1, "{}", Now)));
        Do("rules again", s => s.RuleSettings.Put(new RuleSettingsRecord("main", 2, "{\"a\":1}", At(1))));
        Note("rules", s => new { Found = s.RuleSettings.Find("main"), None = s.RuleSettings.Find("north"), All = s.RuleSettings.List(null) });
        Do("templates", s => s.Templates.Put("main", "{}", Now));
        Do("templates again", s => s.Templates.Put("main", "{2}", Now));
        Note("templates", s => new { Found = s.Templates.Find("main"), None = s.Templates.Find("north") });
        foreach (var id in new[] { "p1", "p2" }) Do("policy", s => s.Policies.Put(new PolicyRecord(id, "main", 1, "P", "{}", true, Now)));
        Note("policies", s => new { Default = s.Policies.Default("main"), None = s.Policies.Default("north"), All = s.Policies.List("main"), One = s.Policies.Find("main", "p1"), Removed = s.Policies.Remove("main", "p1"), Again = s.Policies.Remove("main", "p1") });
        foreach (var disabled in new[] { false, true }) Do("channel", s => s.Channels.Put(new ChannelRecord { Id = "c", Org = "main", Version = 1, Kind = "sms", Name = "C", Settings = "{}", Secret = disabled ? null : "s", LimitCount = disabled ? 5 : null, LimitSpan = TimeSpan.FromHours(disabled ? 1 : 0), Disabled = disabled, ChangedAt = Now }));
        Note("channels", s => new { One = s.Channels.Find("main", "c"), All = s.Channels.List(null), Removed = s.Channels.Remove("main", "c"), Again = s.Channels.Remove("main", "c") });
        foreach (var version in new[] { 1, 2 }) Do("fence", s => s.Geofences.Put(new GeofenceRecord("f", "main", version, "Yard", "{}")));
        Note("fences", s => new { All = s.Geofences.List(null), One = s.Geofences.Find("main", "f"), Removed = s.Geofences.Remove("main", "f"), Again = s.Geofences.Remove("main", "f") });
    }

    private static Alert Alert(int number, AlertSeverity severity) => new()
    {
        Id = $"a{number}", Key = $"k{number}", DeviceId = "insole-1", WearerId = number == 2 ? null : "a", Rule = "sos", Severity = severity, RaisedAt = At(number), Summary = "SOS",
        EventTime = number == 1 ? At(-1) : null, Position = number == 1 ? new AlertPosition(Now, -5_200_000, 1_300_000, null) : null, Epoch = number == 1 ? 3 : null, Sequence = number == 1 ? uint.MaxValue : null,
        EscalateAt = At(number * 10), Assignee = number == 1 ? "u1" : null,
    };

    private void Alerting()
    {
        for (var number = 1; number <= 3; number++)
        {
            var alert = Alert(number, (AlertSeverity)number);
            Note("raised", s => new { First = s.Alerts.TryAdd(alert), Again = s.Alerts.TryAdd(alert with { Id = "other" }) });
        }

        Do("updated", s => s.Alerts.Update(Alert(3, AlertSeverity.Critical) with { State = AlertState.Resolved, ResolvedAt = At(30), ResolvedBy = "rule:sos", Resolution = "over", Step = 2, Told = 4, ToldAt = At(29), PolicyId = "p2", EscalateAt = null, Tier = 1, NotifiedAt = At(4), AcknowledgedAt = At(5), AcknowledgedBy = "u1", Subject = "not changed" }));
        Do("comment", s => s.Alerts.AddComment("a1", new AlertComment(At(2), "ada", "on my way\nüñí 👣")));
        Note("alert", s => new { One = s.Alerts.Find("main", "a1"), Third = s.Alerts.Find(null, "a3"), Other = s.Alerts.Find("north", "a1"), Comments = s.Alerts.Comments("a1") });
        AlertFilter[] filters = [new(), new() { Open = true }, new() { Open = false }, new() { State = AlertState.Raised, DeviceId = "insole-1", AtLeast = AlertSeverity.High }, new() { WearerId = "a", Rule = "sos", From = At(2), To = At(4) }];
        foreach (var filter in filters) Note("list", s => s.Alerts.List("main", filter, null, 10).Select(row => row.Alert.Id));
        Note("page", s => s.Alerts.List(null, new AlertFilter(), 3, 1));
        Note("due", s => new { Due = s.Alerts.DueToEscalate(At(20), 10), Open = s.Alerts.Unacknowledged("main"), Of = s.Alerts.OpenOfWearer("main", "a", "sos"), By = s.Alerts.OpenByDevice(null).OrderBy(pair => pair.Key), Count = s.Alerts.CountByState("main").OrderBy(pair => pair.Key), Since = s.Alerts.OpenSince("a", AlertSeverity.Info), None = s.Alerts.OpenSince("B", AlertSeverity.Info) });
        Do("audit", s => s.Audit.Add("main", Now, "rule", "alert.raised", "alert:a1", "{}"));
        Do("audit of the system", s => s.Audit.Add(null, Now, "system", "started", "server"));
        Note("audit", s => new { All = s.Audit.Read(null, 0, 10), One = s.Audit.Read("main", 0, 10, "alert:a1"), System = s.Audit.ReadSystem(0, 10), Behind = s.Audit.Read(null, 1, 10) });
        Do("rules", s =>
        {
            s.Rules.Cursor = 77;
            s.Rules.Put("insole-1", "{}");
            s.Rules.Put("insole-1", "{1}");
        });
        Note("rules", s => new { s.Rules.Cursor, All = s.Rules.ReadAll().Order(), One = s.Rules.Find("insole-1"), None = s.Rules.Find("insole-9") });
    }

    private static OutboxEntry Entry(string key, string? alert, string? device, string? recipient = null, int due = 0) => new()
    {
        Key = key, Channel = device is null ? "sms" : "device", Kind = device is null ? "raised" : "command", Org = "north", AlertId = alert, DeviceId = device, Recipient = recipient, DueAt = At(due), CreatedAt = Now, Payload = key == "o1" ? "text" : null,
    };

    private void Outboxes()
    {
        Do("device", s => s.Devices.Put(new DeviceIdentity("insole-1", "main", null, [0], [1], Now, null)));
        OutboxEntry[] entries = [Entry("o0", null, null), Entry("o1", "a1", null, "ada"), Entry("o2", "a2", null, null, 5), Entry("o3", null, "insole-1"), Entry("o4", "a3", null, "ada")];
        foreach (var entry in entries) Note("queued", s => new { First = s.Outbox.TryAdd(entry), Again = s.Outbox.TryAdd(entry) });
        Note("due", s => new { Sms = s.Outbox.Due("sms", At(5), 10), Next = s.Outbox.NextDue("sms"), None = s.Outbox.NextDue("mail"), Waiting = s.Outbox.WaitingChannels().Order(), Pending = s.Outbox.IsPending("device", "insole-1"), NotPending = s.Outbox.IsPending("device", "insole-2") });
        Do("hasten", s => s.Outbox.Hasten("device", "insole-1", At(-5)));
        Do("sent", s => s.Outbox.Update(s.Outbox.OfAlert("a1").Single() with { State = OutboxState.Sent, Attempts = 2, FinishedAt = At(6), LastError = "was busy" }));
        Note("late", s => new { Reopened = s.Outbox.Update(s.Outbox.OfAlert("a1").Single() with { State = OutboxState.Pending, FinishedAt = null }), Is = s.Outbox.OfAlert("a1").Single().State });
        Do("held", s => s.Outbox.Update(s.Outbox.OfAlert("a2").Single() with { State = OutboxState.Held }));
        Do("held too", s => s.Outbox.Update(s.Outbox.OfAlert("a3").Single() with { State = OutboxState.Held }));
        Note("held", s => new { Until = s.Outbox.HeldUntil(At(5)).OrderBy(held => held.Recipient), Nobody = s.Outbox.HeldFor("sms", null, 10), Ada = s.Outbox.HeldFor("sms", "ada", 10), Taken = s.Outbox.TakenSince("sms", "ada", AlertSeverity.Info, Now), TakenByNobody = s.Outbox.TakenSince("sms", null, AlertSeverity.Info, Now) });
        var first = _database.Read(s => s.Outbox.OfAlert("a1")).Single().Id;
        Note("outbox", s => new { All = s.Outbox.List(null, null, null, 10), Sent = s.Outbox.List("main", OutboxState.Sent, null, 10), Page = s.Outbox.List(null, null, 3, 1), One = s.Outbox.Find("main", first), Other = s.Outbox.Find("north", first), Count = s.Outbox.CountByState(null).OrderBy(pair => pair.Key), Details = s.Alerts.DetailsOf(s.Alerts.Find(null, "a1")!, "o1", "o2"), None = s.Alerts.DetailsOf(s.Alerts.Find(null, "a2")!, null, null) });
        Note("given up", s => s.Outbox.GiveUp("sms", "no such channel", At(9)));
        Do("reopened", s => s.Outbox.Reopen(first, At(10)));
        Note("reopened", s => s.Outbox.Find(null, first));
    }

    private void Devices()
    {
        Do("device again", s => s.Devices.Put(new DeviceIdentity("insole-1", "north", "Left", [5], [6], At(1), At(2))));
        Do("second", s => s.Devices.Put(new DeviceIdentity("Insole-2", "north", null, [5], [6], Now, null)));
        Note("devices", s => new { One = s.Devices.Find("main", "insole-1"), Open = s.Devices.FindOpen("insole-1"), Closed = s.Devices.FindOpen("Insole-2"), Org = s.Devices.OrgOf("insole-1"), None = s.Devices.OrgOf("x"), Page = s.Devices.Page("main", "", 5), Ids = s.Devices.Ids("north"), All = s.Devices.List(null) });
        foreach (var revoked in new DateTimeOffset?[] { null, At(3) }) Do("token", s => s.Tokens.Put(new AccessToken("t", "main", revoked is null ? null : "u1", "T", "viewer", [1], [2], Now, revoked, revoked)));
        Note("tokens", s => new { One = s.Tokens.Find("main", "t"), None = s.Tokens.Find("north", "t"), All = s.Tokens.List(null) });
        Do("assign", s => s.Assignments.Assign("insole-1", "a", Now));
        Do("assign again", s => s.Assignments.Assign("insole-1", "B", At(10)));
        Note("assignments", s => new { Then = s.Assignments.At("insole-1", At(9)), Now = s.Assignments.At("insole-1", At(10)), Before = s.Assignments.At("insole-1", At(-1)), Open = s.Assignments.Open("insole-1"), AllOpen = s.Assignments.ListOpen("main"), Names = s.Assignments.Names("main"), Device = s.Assignments.OfDevice("insole-1"), Wearer = s.Assignments.OfWearer("a"), Ended = s.Assignments.End("B", At(20)) });
        foreach (var settings in new[] { "{1}", "{2}" }) Do("choose", s => s.Configurations.Choose(new ChosenSettings("main", settings == "{1}" ? null : "insole-1", settings, Now, "ada")));
        Do("choose again", s => s.Configurations.Choose(new ChosenSettings("main", null, "{3}", At(1), "bob")));
        Note("chosen", s => new { All = s.Configurations.Chosen("main", null), One = s.Configurations.Chosen("main", "insole-1"), None = s.Configurations.Chosen("north", null) });
        foreach (var version in new[] { 1L, 2L }) Do("desired", s => s.Configurations.Put(new DesiredConfiguration("insole-1", version, "{}", Now, null)));
        Note("unpublished", s => new { All = s.Configurations.Unpublished(10), One = s.Configurations.Find("insole-1") });
        Do("published, not handed over", s => s.Configurations.Published("insole-1", 2, Now));
        Do("publishing an older one", s => s.Configurations.Publishing("insole-1", 1));
        Do("publishing", s => s.Configurations.Publishing("insole-1", 2));
        Note("publishing", s => new { All = s.Configurations.Unpublished(10), One = s.Configurations.Find("insole-1") });
        Do("handed over again", s => s.Configurations.HandOverAgain());
        Note("handed over again", s => new { All = s.Configurations.Unpublished(10), One = s.Configurations.Find("insole-1") });
        Do("publishing", s => s.Configurations.Publishing("insole-1", 2));
        Do("published", s => s.Configurations.Published("insole-1", 1, Now));
        Do("published", s => s.Configurations.Published("insole-1", 2, Now));
        Note("published", s => new { All = s.Configurations.Unpublished(10), One = s.Configurations.Find("insole-1") });
        long command = 0;
        Note("command", s => command = s.Commands.Add(Entry("o9", null, "insole-1"), new DeviceCommand(0, "insole-1", 4, Now, "ada", At(5), null, null, null)));
        Note("commands", s => new { One = s.Commands.Find(command), None = s.Commands.Find(command + 1), All = s.Commands.List("insole-1", null, 10), Page = s.Commands.List("insole-1", command + 1, 10), Open = s.Commands.Open("insole-1"), Devices = s.Commands.DevicesWithOpen().Order(), Expired = s.Commands.Expired(At(5)) });
        Do("end", s => s.Commands.End(command, "expired", At(6)));
        Note("ended", s => new { One = s.Commands.Find(command), Entry = s.Outbox.Find(null, command) });
        byte[] file = [0, 255, 7];
        foreach (var (org, version) in new[] { ("main", 65_536L), ("main", uint.MaxValue), ("north", 65_536L) }) Do("image", s => s.Firmware.Add(new FirmwareImage(org, version, 3, "abc", Now, "ada"), file));
        Note("images", s => new { All = s.Firmware.List("main"), One = s.Firmware.Find("main", 65_536), None = s.Firmware.Find("north", uint.MaxValue), Bytes = s.Firmware.Read("main", uint.MaxValue), NoBytes = s.Firmware.Read("main", 1), Removed = s.Firmware.Remove("north", 65_536), Again = s.Firmware.Remove("north", 65_536) });
        var update = new DeviceUpdate { DeviceId = "insole-1", Version = 65_536, Size = 3, Offer = command, AskedAt = Now, AskedBy = "ada", ExpiresAt = At(5) };
        Do("update", s => s.Updates.Put(update));
        Note("update", s => new { One = s.Updates.Find("insole-1"), None = s.Updates.Find("Insole-2"), Expired = s.Updates.Expired(At(5)), NotYet = s.Updates.Expired(At(4)), Taking = s.Updates.TakingByVersion("main"), Others = s.Updates.TakingByVersion("north") });
        Do("update again", s => s.Updates.Put(update with { State = UpdateState.Refused, Progress = 2, Reason = 6, ToldAt = At(2), EndedAt = At(3) }));
        Note("update again", s => new { One = s.Updates.Find("insole-1"), Expired = s.Updates.Expired(At(5)), Taking = s.Updates.TakingByVersion("main"), Count = s.Updates.CountByState().OrderBy(pair => pair.Key) });
        Note("overtaken", s =>
        {
            s.Outbox.Put(Entry("o10", null, "insole-1"));
            s.Outbox.Overtake("device", "insole-1", "newer", At(7));
            foreach (var key in new[] { "x/1/a", "x/1/b", "x/10/a", "x/1" }) s.Outbox.Put(Entry(key, null, "insole-1"));
            s.Outbox.Overtake("device", "insole-1", "newer", At(8));
            s.Outbox.Put(Entry("x/1/c", null, "insole-1"));
            s.Outbox.Forget("x/1/");
            return s.Outbox.List(null, null, null, 5);
        });
        foreach (var minute in new[] { 1, 2 }) Do("set-up code", s => s.SetupCode.Put(new SetupCode([1], [(byte)minute], At(minute))));
        Note("set-up code", s => s.SetupCode.Find());
        Do("no set-up code", s => s.SetupCode.Remove());
        Note("no set-up code", s => s.SetupCode.Find());
        foreach (var action in new[] { WithdrawalTable.SecretReplaced, "device.provisioned", WithdrawalTable.Revoked }) Do("audit", s => s.Audit.Add("main", Now, "ada", action, WithdrawalTable.Subject + "insole-1"));
        Do("audit", s => s.Audit.Add("other", Now, "ada", WithdrawalTable.OrganisationClosed, WithdrawalTable.OrganisationSubject + "other"));
        Note("withdrawals", s => new { All = s.Withdrawals.After(0, 10), One = s.Withdrawals.After(0, 1), None = s.Withdrawals.After(s.Withdrawals.LastEntry, 10), s.Withdrawals.Cursor });
        foreach (var entry in new[] { 3L, 2L }) Do("withdrawn", s => s.Withdrawals.Cursor = entry);
        Note("withdrawn", s => s.Withdrawals.Cursor);
        Do("set-up code", s => s.SetupCode.Put(new SetupCode([1, 0], [255], Now)));
        Do("state", s =>
        {
            s.DeviceStates.Cursor = long.MaxValue;
            s.DeviceStates.Put("insole-1", "{}");
            s.DeviceStates.Put("insole-1", "{1}");
            s.DeviceStates.Put("insole-2", "{}");
            s.DeviceStates.Remove("insole-2");
        });
        Note("state", s => new { s.DeviceStates.Cursor, One = s.DeviceStates.Find("insole-1"), None = s.DeviceStates.Find("insole-2"), All = s.DeviceStates.ReadAll() });
    }

    private void Erasing()
    {
        Do("erase", s => s.Erasures.Add("a", Now, "ada"));
        Note("erasures", s => new { Next = s.Erasures.NextWaiting(), Last = s.Erasures.Last("a"), None = s.Erasures.Last("B"), Since = s.Erasures.WearersSince(Now).Order() });
        Note("erased", s => s.Erasures.EraseAlertsOf("a"));
        Do("done", s => s.Erasures.Update(s.Erasures.NextWaiting()! with { Progress = "{}", DoneAt = At(1) }));
        Note("erasures", s => new { Next = s.Erasures.NextWaiting(), Last = s.Erasures.Last("a"), Since = s.Erasures.WearersSince(Now).Order(), Comments = s.Alerts.Comments("a1"), Alert = s.Alerts.Find(null, "a1"), Third = s.Alerts.Find(null, "a3") });
        Note("deleted", s => s.Erasures.DeleteResolvedAlerts("main", At(31), 10));
        Note("left", s => new { Alerts = s.Alerts.List(null, new AlertFilter(), null, 10).Count, Outbox = s.Outbox.List(null, null, null, 10).Count });
    }
}
