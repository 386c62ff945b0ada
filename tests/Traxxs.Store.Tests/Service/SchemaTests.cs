using Microsoft.Data.Sqlite;
using Traxxs.Store.Service;

namespace Traxxs.Store.Tests.Service;

[TestClass]
public sealed class SchemaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, ServiceDatabase.FileName);

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void What_stood_before_there_were_organisations_is_the_first_organisations()
    {
        StepOneFile.Write(File);
        using var database = ServiceDatabase.Open(File);
        database.Read(session =>
        {
            Assert.AreEqual("main", session.Organisations.List().Single().Id);
            Assert.AreEqual("Ada, left", session.Devices.List("main").Single().Name);
            Assert.AreEqual("main", session.Devices.OrgOf("insole-1"));
            Assert.AreEqual("admin", session.Tokens.List("main").Single().Role);
            Assert.AreEqual("Yard", session.Geofences.List("main").Single().Name);
            var alert = session.Alerts.List("main", new AlertFilter(), null, 10).Single().Alert;
            Assert.AreEqual(("a1", "main", null, 5200000), (alert.Id, alert.Org, alert.WearerId, alert.Position!.LatitudeE5));
            Assert.AreEqual("on my way", session.Alerts.Comments("a1").Single().Text);
            Assert.AreEqual("alert.raised", session.Audit.Read("main", 0, 10).Single().Action);
            Assert.HasCount(2, session.Outbox.List("main", null, null, 10));
            Assert.AreEqual(256, session.Rules.Cursor);
            return true;
        });
    }

    [TestMethod]
    public void Another_organisation_sees_none_of_it()
    {
        StepOneFile.Write(File);
        using var database = ServiceDatabase.Open(File);
        database.Read(session =>
        {
            Assert.IsEmpty(session.Devices.List("other"));
            Assert.IsNull(session.Devices.Find("other", "insole-1"));
            Assert.IsEmpty(session.Tokens.List("other"));
            Assert.IsNull(session.Tokens.Find("other", "t1"));
            Assert.IsEmpty(session.Geofences.List("other"));
            Assert.IsNull(session.Geofences.Find("other", "f1"));
            Assert.IsEmpty(session.Alerts.List("other", new AlertFilter(), null, 10));
            Assert.IsNull(session.Alerts.Find("other", "a1"));
            Assert.IsEmpty(session.Audit.Read("other", 0, 10));
            Assert.IsEmpty(session.Outbox.List("other", null, null, 10));
            Assert.IsNull(session.Outbox.Find("other", 1));
            return true;
        });
    }

    [TestMethod]
    public void The_audit_log_stays_append_only_after_the_upgrade()
    {
        StepOneFile.Write(File);
        using var database = ServiceDatabase.Open(File);
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        foreach (var sql in (string[])["UPDATE audit SET org = 'other'", "DELETE FROM audit"])
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            Assert.ThrowsExactly<SqliteException>(() => command.ExecuteNonQuery(), sql);
        }
    }

    [TestMethod]
    public void An_outbox_entry_is_of_the_organisation_of_its_alert_or_device_whatever_it_says()
    {
        StepOneFile.Write(File);
        using var database = ServiceDatabase.Open(File);
        var now = DateTimeOffset.FromUnixTimeSeconds(1);
        database.Write(session =>
        {
            OutboxEntry Entry(string key, string? alert, string? device) => new()
            {
                Key = key, Channel = "log", Kind = "raised", Org = "other", AlertId = alert, DeviceId = device, DueAt = now, CreatedAt = now,
            };
            session.Outbox.TryAdd(Entry("of alert", "a1", null));
            session.Outbox.TryAdd(Entry("of device", null, "insole-1"));
            session.Outbox.TryAdd(Entry("of neither", null, null));
        });
        Assert.AreEqual("of neither", database.Read(session => session.Outbox.List("other", null, null, 10)).Single().Key);
    }
}
