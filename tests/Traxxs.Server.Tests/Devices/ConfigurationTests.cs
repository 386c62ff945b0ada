using System.Net.Http.Json;
using System.Text.Json;
using Traxxs.Core;
using Traxxs.Protocol;
using Traxxs.Server.Devices;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Devices;

/// <summary>Desired configuration, from the API to a device over a real socket and back.</summary>
[TestClass]
public sealed class ConfigurationTests
{
    [TestMethod]
    public async Task A_device_is_told_what_it_is_to_have_and_its_answer_is_shown()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await server.ConnectAsync("insole-1");
        Assert.AreEqual("in-force", StateOf(await server.GetAsync("/api/v1/devices/insole-1/configuration")), "what is built in, it has");
        await PutAsync(server, "/api/v1/devices/insole-1/configuration", new { fixIntervalS = 120, immobileS = 600 });
        var told = await device.NextCommandAsync();
        Assert.AreEqual((CommandCode.Configure, 1u, "1=120 13=600"), (told.Code, told.Id, SettingsOf(told)));
        Assert.AreEqual("pending", StateOf(await server.GetAsync("/api/v1/devices/insole-1/configuration")));

        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => (report.HasConfiguration, report.ConfigurationVersion) = (true, 1)));
        var view = await server.UntilAsync("/api/v1/devices/insole-1/configuration", one => StateOf(one) == "in-force");
        Assert.AreEqual(120, view.GetProperty("desired").GetProperty("settings").GetProperty("fixIntervalS").GetInt32());
        Assert.AreEqual(1, view.GetProperty("reported").GetProperty("version").GetInt32());

        await PutAsync(server, "/api/v1/devices/insole-1/configuration", new { fixIntervalS = 60 });
        Assert.AreEqual(2u, (await device.NextCommandAsync()).Id);
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow.AddSeconds(1), report =>
            (report.HasConfiguration, report.ConfigurationVersion, report.ConfigurationProblem, report.ConfigurationRefusedVersion) = (true, 1, (byte)SettingCode.FixIntervalS, 2)));
        view = await server.UntilAsync("/api/v1/devices/insole-1/configuration", one => StateOf(one) == "refused");
        Assert.AreEqual("fixIntervalS", view.GetProperty("reported").GetProperty("problem").GetString());
    }

    [TestMethod]
    public async Task An_organisation_s_default_stands_behind_a_device_s_own_settings_and_finds_who_comes_later()
    {
        await using var server = await TestServer.StartAsync();
        await PutAsync(server, "/api/v1/configuration", new { heartbeatS = 1800, fixIntervalS = 90 });
        server.Host.Provision("insole-2");
        await PutAsync(server, "/api/v1/devices/insole-2/configuration", new { fixIntervalS = 30 });
        await using var own = await TestDevice.ConnectAsync(server.Host, "insole-2", server.Host.Provision("insole-2"));
        Assert.AreEqual("1=30 10=1800", SettingsOf(await own.NextCommandAsync()), "kept by the broker until it came");
        await using var later = await server.ConnectAsync("insole-3");
        Assert.AreEqual("1=90 10=1800", SettingsOf(await later.NextCommandAsync()));

        await PutAsync(server, "/api/v1/configuration", new { heartbeatS = 900 });
        Assert.AreEqual("1=30 10=900", SettingsOf(await own.NextCommandAsync()));
        Assert.AreEqual("10=900", SettingsOf(await later.NextCommandAsync()));

        await server.RestartAsync();
        var view = await server.GetAsync("/api/v1/devices/insole-2/configuration");
        Assert.AreEqual(900, view.GetProperty("desired").GetProperty("settings").GetProperty("heartbeatS").GetInt32());
        Assert.AreEqual(30, view.GetProperty("own").GetProperty("fixIntervalS").GetInt32());
    }

    [TestMethod]
    public async Task A_device_that_is_ahead_of_a_restored_server_gets_a_newer_version_still()
    {
        await using var server = await TestServer.StartAsync();
        await using var device = await server.ConnectAsync("insole-1");
        await PutAsync(server, "/api/v1/devices/insole-1/configuration", new { fixIntervalS = 120 });
        Assert.AreEqual(1u, (await device.NextCommandAsync()).Id);
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow, report => (report.HasConfiguration, report.ConfigurationVersion) = (true, 41)));
        Assert.AreEqual((42u, "1=120"), await NextAsync(device));
        // And one that forgot what it had is told again.
        await device.SendAsync(device.Frame(DateTimeOffset.UtcNow.AddSeconds(1), report => (report.HasConfiguration, report.ConfigurationVersion) = (true, 0)));
        Assert.AreEqual((42u, "1=120"), await NextAsync(device));
    }

    [TestMethod]
    public async Task Settings_that_do_not_go_together_are_refused_as_a_whole()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Provision("insole-1");
        await PutAsync(server, "/api/v1/devices/insole-1/configuration", new { accuracyGoodM = 80 });
        using var answer = await server.Api.PutAsJsonAsync("/api/v1/configuration", new { settings = new { accuracyWorstM = 50, fixIntervalS = 60 } });
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.AreEqual(("setting-invalid", "accuracyWorstM"), (problem.GetProperty("code").GetString(), problem.GetProperty("parameter").GetString()));
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/configuration")).GetProperty("settings").EnumerateObject().Count(), "nothing of it was kept");
    }

    [TestMethod]
    public void The_catalogue_is_the_firmware_s()
    {
        Assert.HasCount(Enum.GetValues<SettingCode>().Length - 1, SettingCatalogue.All);
        foreach (var setting in SettingCatalogue.All)
        {
            Assert.AreEqual(setting.Default, new TrackerProfile()[setting.Code], $"{setting.Name}: default");
            Assert.AreNotEqual(SettingCode.None, With(setting.Min - 1), $"{setting.Name}: {setting.Min - 1} is refused by the device");
            Assert.AreNotEqual(SettingCode.None, With(setting.Max + 1), $"{setting.Name}: {setting.Max + 1} is refused by the device");
            // At its bounds the device takes it, unless it does not go with the others' defaults: then both say so.
            foreach (var value in (int[])[setting.Min, setting.Max])
            {
                var together = DeviceSettings.Check([new(setting.Name, value)]).Problem();
                Assert.AreEqual(together is null, With(value) == SettingCode.None, $"{setting.Name}: {value}");
            }

            SettingCode With(int value)
            {
                return new TrackerProfile { [setting.Code] = value }.Validate();
            }
        }
    }

    private static async Task<(uint Version, string Settings)> NextAsync(TestDevice device)
    {
        var command = await device.NextCommandAsync();
        return (command.Id, SettingsOf(command));
    }

    private static string? StateOf(JsonElement view) => view.GetProperty("state").GetString();

    private static string SettingsOf(Command command) =>
        string.Join(' ', Enumerable.Range(0, command.SettingCount).Select(i => $"{command.SettingIds[i]}={command.SettingValues[i]}"));

    private static async Task PutAsync(TestServer server, string path, object settings)
    {
        using var answer = await server.Api.PutAsJsonAsync(path, new { settings });
        Assert.IsTrue(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
