using System.Net;
using System.Text.Json;
using Traxxs.Protocol;
using Traxxs.Server.Firmware;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Firmware;

/// <summary>Updates over the real broker, by a device that does as the firmware does.</summary>
[TestClass]
public sealed class UpdateEndToEndTests
{
    private const string Device = "/api/v1/devices/insole-1";

    [TestMethod]
    public async Task A_device_takes_an_image_part_by_part_over_a_lost_connection_and_a_restart_of_the_server()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = new UpdatingDevice(server, "insole-1");
        var file = Images.Make("1.0.1", 30_000);
        await Images.UploadAsync(server.Api, file.Bytes);
        await Images.OfferAsync(server.Api, "insole-1", "1.0.1");
        await Images.OfferAsync(server.Api, "insole-1", "1.0.1", HttpStatusCode.OK);

        await device.ConnectAsync();
        var offer = await device.NextOfferAsync();
        Assert.AreEqual((file.Version, file.Bytes.Length), (offer.ImageVersion, offer.ImageSize));
        using (var feed = await server.WatchAsync())
        {
            await device.TakePartAsync();
            var told = await TestServer.NextAsync(feed, item => item.GetProperty("type").GetString() == "update");
            Assert.AreEqual("downloading", told.GetProperty("data").GetProperty("update").GetProperty("state").GetString());
        }

        await device.TakePartAsync(blocksMax: 20);
        await device.ConnectAsync(); // the link was lost in the middle of a part
        Assert.AreEqual(8192 + (20 * 128), device.Have.Count);
        await device.TakePartAsync();
        await UntilAsync(server, update => update.GetProperty("progress").GetInt32() == 8192 + (20 * 128));
        await device.DisconnectAsync();
        await server.RestartAsync();
        await device.ConnectAsync();
        await device.TakeRestAsync();
        Assert.AreEqual(Convert.ToHexString(file.Bytes), Convert.ToHexString([.. device.Have]));

        await device.SayAsync(EventCode.UpdateReady, file.Version);
        await UntilStateAsync(server, "restarting");
        await device.SayAsync(EventCode.UpdateKept, file.Version);
        var kept = await UntilStateAsync(server, "kept");
        Assert.AreEqual(file.Bytes.Length, kept.GetProperty("progress").GetInt32());
        await AuditedAsync(server, "update.offered", "update.downloading", "update.restarting", "update.kept");
        Assert.AreEqual(1, (await server.GetAsync("/api/v1/counters")).GetProperty("firmware_updates.kept").GetInt32());
        var pending = await server.GetAsync("/api/v1/deliveries?state=pending");
        Assert.AreEqual(0, pending.GetProperty("deliveries").GetArrayLength(), "nothing is left to be sent");
        var all = await server.GetAsync("/api/v1/deliveries");
        Assert.IsLessThanOrEqualTo(2, all.GetProperty("deliveries").GetArrayLength(), "the offer and the last part: an update leaves no heap behind");
    }

    [TestMethod]
    public async Task A_refusal_is_told_in_words_and_the_next_offer_is_a_new_one()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = new UpdatingDevice(server, "insole-1");
        await OfferedAsync(server, "1.0.1");
        await device.ConnectAsync();
        var first = await device.NextOfferAsync();
        await device.SayAsync(EventCode.UpdateRefused, (int)UpdateRefusal.BatteryLow);
        var refused = await UntilStateAsync(server, "refused");
        StringAssert.Contains(refused.GetProperty("reason").GetString(), "30 %");
        await device.SayAsync(EventCode.UpdateWants, 0);
        // Read before the next offer: read after it, within the tolerance of clocks, it would be that one's answer.
        await server.UntilAsync(Device, _ => server.Host.Database.Read(session => session.DeviceStates.Cursor) >= server.Host.Store.LastPosition);
        await Images.OfferAsync(server.Api, "insole-1", "1.0.1");
        var second = await device.NextOfferAsync();
        Assert.AreNotEqual(first.Id, second.Id, "a command is done once: another offer is another command");
        await AuditedAsync(server, "update.offered", "update.refused", "update.offered");
    }

    [TestMethod]
    public async Task An_image_that_does_not_prove_healthy_is_told_as_returned()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = new UpdatingDevice(server, "insole-1");
        var file = await OfferedAsync(server, "255.0.1"); // a version whose number does not fit a signed one
        await device.ConnectAsync();
        await device.NextOfferAsync();
        await device.TakeRestAsync();
        await device.SayAsync(EventCode.UpdateReady, file.Version);
        await UntilStateAsync(server, "restarting");
        await device.SayAsync(EventCode.UpdateReturned, file.Version);
        Assert.AreEqual(JsonValueKind.Number, (await UntilStateAsync(server, "returned")).GetProperty("endedAt").ValueKind);
    }

    [TestMethod]
    public async Task Of_two_offers_the_later_one_counts()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = new UpdatingDevice(server, "insole-1");
        await OfferedAsync(server, "1.0.1");
        var second = await OfferedAsync(server, "1.0.2");
        await device.ConnectAsync();
        Assert.AreEqual(second.Version, (await device.NextOfferAsync()).ImageVersion, "the first was overtaken before anybody heard it");
        await device.TakePartAsync();

        var third = await OfferedAsync(server, "1.0.3");
        Assert.AreEqual(third.Version, (await device.NextOfferAsync()).ImageVersion);
        await device.SayAsync(EventCode.UpdateKept, second.Version);
        device.Have.Clear();
        await device.TakeRestAsync();
        Assert.AreEqual(Convert.ToHexString(third.Bytes), Convert.ToHexString([.. device.Have]));
        Assert.AreEqual("downloading", (await UpdateAsync(server)).GetProperty("state").GetString(), "what was said of the earlier one is not of this one");
    }

    [TestMethod]
    public async Task An_offer_nobody_answers_is_repeated_at_contact_and_ends_after_a_week()
    {
        var clock = new TurnedClock();
        await using var server = await TestServer.StartAsync(options => options with { Clock = clock });
        await using var device = new UpdatingDevice(server, "insole-1");
        await OfferedAsync(server, "1.0.1");
        await device.ConnectAsync();
        var first = await device.NextOfferAsync();
        await SentAsync(server);
        await device.ConnectAsync();
        Assert.AreEqual(first.Id, (await device.NextOfferAsync()).Id, "it may be on its way still: the same command");
        await SentAsync(server);
        clock.Ahead = TimeSpan.FromMinutes(11);
        await device.ConnectAsync();
        Assert.AreNotEqual(first.Id, (await device.NextOfferAsync()).Id, "it may have been done and forgotten: a new command");
        await SentAsync(server);
        await device.DisconnectAsync();

        clock.Ahead = UpdateDesk.ValidFor + TimeSpan.FromMinutes(1);
        await UntilStateAsync(server, "expired");
        await AuditedAsync(server, "update.offered", "update.expired");
        await device.ConnectAsync();
        await OfferedAsync(server, "1.0.2");
        Assert.AreNotEqual(first.ImageVersion, (await device.NextOfferAsync()).ImageVersion, "what is void is never sent");
    }

    [TestMethod]
    public async Task A_device_that_lost_what_it_began_is_offered_it_again()
    {
        var clock = new TurnedClock();
        await using var server = await TestServer.StartAsync(options => options with { Clock = clock });
        await using var device = new UpdatingDevice(server, "insole-1");
        await OfferedAsync(server, "1.0.1");
        await device.ConnectAsync();
        var first = await device.NextOfferAsync();
        await device.TakePartAsync();
        await SentAsync(server);
        clock.Ahead = TimeSpan.FromMinutes(11);
        await device.ConnectAsync();
        var again = await device.NextOfferAsync();
        Assert.AreEqual((first.ImageVersion, true), (again.ImageVersion, again.Id != first.Id));
        await device.TakeRestAsync();
    }

    [TestMethod]
    public async Task Of_several_wishes_that_waited_only_the_last_is_answered()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = new UpdatingDevice(server, "insole-1");
        await OfferedAsync(server, "1.0.1");
        await device.ConnectAsync(deaf: true);
        foreach (var offset in new[] { 0, 8192, 16_384 }) await device.SayAsync(EventCode.UpdateWants, offset);
        await UntilAsync(server, update => update.GetProperty("progress").GetInt32() == 16_384);
        await device.Live.ListenAsync();
        Command block;
        while ((block = await device.Live.NextCommandAsync()).Code != CommandCode.UpdateBlock)
        {
        }

        Assert.AreEqual(16_384, block.BlockOffset);
    }

    [TestMethod]
    public async Task An_image_on_its_way_is_not_deleted_and_an_offer_taken_back_ends_what_is_sent()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = new UpdatingDevice(server, "insole-1");
        await OfferedAsync(server, "1.0.1");
        await device.ConnectAsync();
        await device.NextOfferAsync();
        await device.TakePartAsync();
        await AnsweredAsync(server, "/api/v1/firmware/1.0.1", HttpStatusCode.Conflict, FirmwareException.InUse);
        await AnsweredAsync(server, $"{Device}/update", HttpStatusCode.OK, null);
        await AnsweredAsync(server, $"{Device}/update", HttpStatusCode.Conflict, FirmwareException.NoUpdate);
        await AnsweredAsync(server, "/api/v1/firmware/1.0.1", HttpStatusCode.NoContent, null);
        await device.SayAsync(EventCode.UpdateWants, device.Have.Count);
        await OfferedAsync(server, "1.0.2");
        var next = await device.Live.NextCommandAsync();
        Assert.AreEqual(CommandCode.Update, next.Code, "no block follows what was taken back");
        await AuditedAsync(server, "update.offered", "update.downloading", "update.withdrawn", "update.offered");
    }

    [TestMethod]
    public async Task What_a_device_runs_already_it_is_not_offered()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = new UpdatingDevice(server, "insole-1");
        await device.ConnectAsync();
        await device.ReportAsync(DateTimeOffset.UtcNow, report => (report.HasFirmware, report.FirmwareMajor, report.FirmwarePatch) = (true, 1, 4));
        await server.UntilAsync(Device, one => one.GetProperty("firmware").ValueKind == JsonValueKind.Object);
        await Images.UploadAsync(server.Api, Images.Make("1.0.4").Bytes);
        var refused = await Images.OfferAsync(server.Api, "insole-1", "1.0.4", HttpStatusCode.Conflict);
        Assert.AreEqual(FirmwareException.NotNewer, refused.GetProperty("code").GetString());
        await OfferedAsync(server, "1.0.5");
        await Images.OfferAsync(server.Api, "insole-1", "1.0.6", HttpStatusCode.NotFound);
        await Images.OfferAsync(server.Api, "insole-1", "six", HttpStatusCode.BadRequest);
        await Images.OfferAsync(server.Api, "insole-2", "1.0.5", HttpStatusCode.NotFound);
    }

    private static async Task<ImageFile> OfferedAsync(TestServer server, string version)
    {
        var file = Images.Make(version);
        await Images.UploadAsync(server.Api, file.Bytes);
        await Images.OfferAsync(server.Api, "insole-1", version);
        return file;
    }

    private static async Task<JsonElement> UpdateAsync(TestServer server) => (await server.GetAsync(Device)).GetProperty("update");

    private static async Task<JsonElement> UntilAsync(TestServer server, Func<JsonElement, bool> wanted) =>
        (await server.UntilAsync(Device, one => wanted(one.GetProperty("update")))).GetProperty("update");

    private static Task<JsonElement> UntilStateAsync(TestServer server, string state) => UntilAsync(server, update => update.GetProperty("state").GetString() == state);

    // What the device heard is written down a moment later.
    private static Task SentAsync(TestServer server) => server.UntilAsync("/api/v1/deliveries?state=pending", page => page.GetProperty("deliveries").GetArrayLength() == 0);

    private static async Task AuditedAsync(TestServer server, params string[] actions)
    {
        var audit = await server.GetAsync("/api/v1/audit?subject=device:insole-1");
        CollectionAssert.AreEqual(actions, audit.GetProperty("entries").EnumerateArray().Select(one => one.GetProperty("action").GetString()).Where(action => action!.StartsWith("update.", StringComparison.Ordinal)).ToArray());
    }

    private static async Task AnsweredAsync(TestServer server, string path, HttpStatusCode expected, string? code)
    {
        using var answer = await server.Api.DeleteAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.AreEqual(expected, answer.StatusCode, text);
        if (code is not null) Assert.AreEqual(code, JsonSerializer.Deserialize<JsonElement>(text).GetProperty("code").GetString());
    }
}
