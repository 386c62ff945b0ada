using Traxxs.Server.Tests.Alerts;
using Traxxs.Server.Tests.Identity;
using Traxxs.Server.Tests.Notifications;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests;

// What alerts, identity and notifications promise holds on PostgreSQL as it does on SQLite: the same tests, on a real server.

[TestClass]
public sealed class AlertJournalOnPostgresTests : AlertJournalTests, IOnPostgres;

[TestClass]
public sealed class AlertWorkerOnPostgresTests : AlertWorkerTests, IOnPostgres;

[TestClass]
public sealed class AlertDeskOnPostgresTests : AlertDeskTests, IOnPostgres;

[TestClass]
public sealed class RuleBookOnPostgresTests : RuleBookTests, IOnPostgres;

[TestClass]
public sealed class EscalationOnPostgresTests : EscalationTests, IOnPostgres;

[TestClass]
public sealed class IdentityOnPostgresTests : IdentityTests, IOnPostgres;

[TestClass]
public sealed class SetupCodeOnPostgresTests : SetupCodeTests, IOnPostgres;

[TestClass]
public sealed class WithdrawalsOnPostgresTests : WithdrawalsTests, IOnPostgres;

[TestClass]
public sealed class MailChannelOnPostgresTests : MailChannelTests, IOnPostgres;

[TestClass]
public sealed class TemplateOnPostgresTests : TemplateTests, IOnPostgres;

[TestClass]
public sealed class OutboxWorkerOnPostgresTests : OutboxWorkerTests, IOnPostgres;

[TestClass]
public sealed class RateLimitOnPostgresTests : RateLimitTests, IOnPostgres;

[TestClass]
public sealed class SmsChannelOnPostgresTests : SmsChannelTests, IOnPostgres;
