using System.Security.Cryptography;
using Microsoft.Playwright;
using Traxxs.Dashboard.Tests.Support;
using Traxxs.Mqtt.Client;
using Traxxs.Mqtt.Packets;
using Traxxs.Protocol;
using Traxxs.Server.Firmware;

namespace Traxxs.Dashboard.Tests.EndToEnd;

/// <summary>A firmware update as an administrator sees it: uploaded, offered, taken part by part, refused, taken back.</summary>
[TestClass]
public sealed class UpdateTests
{
    private uint _sequence;

    [TestMethod]
    public async Task An_administrator_uploads_an_image_offers_it_and_sees_how_far_it_is()
    {
        await using var backend = await Backend.StartAsync();
        var secret = backend.Host.Provision("insole-1");
        await using var viewer = await Viewer.OpenAsync(backend);
        var page = viewer.Page;
        await viewer.SignInAsync(backend, "#/setup/firmware");
        using var key = RSA.Create(UpdateKey.Bits);
        Assert.IsTrue(ImageVersion.TryRead("1.0.1", out var version));
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload an image" }).ClickAsync();
        await page.GetByLabel("Signed image").SetInputFilesAsync(new FilePayload { Name = "insole.xsfw", MimeType = "application/octet-stream", Buffer = ImageFile.Sign(new byte[32_768 - 272], version, key).Bytes });
        await InDialogAsync(page, "Upload an image");
        await page.GetByRole(AriaRole.Cell, new() { Name = "1.0.1", Exact = true }).WaitForAsync();
        Assert.IsEmpty(await viewer.AxeAsync());
        await viewer.ShootAsync("firmware");

        await viewer.GoAsync("#/devices/insole-1");
        await OfferAsync(page);
        await UntilStateAsync(page, "offered");
        await using var device = new MqttClient(new MqttClientOptions
        {
            Host = backend.Host.MqttEndpoint.Address.ToString(), Port = backend.Host.MqttEndpoint.Port, ClientId = "insole-1", UserName = "insole-1", Password = secret, AutoReconnect = false,
        });
        Assert.IsTrue((await device.ConnectAsync()).IsSuccess);
        await SayAsync(device, EventCode.UpdateWants, 8192);
        await UntilStateAsync(page, "downloading");
        await page.GetByText("25 %").WaitForAsync();
        Assert.IsEmpty(await viewer.AxeAsync());
        await viewer.ShootAsync("update");
        await SayAsync(device, EventCode.UpdateRefused, (int)UpdateRefusal.BatteryLow);
        await UntilStateAsync(page, "refused");
        await page.GetByText("The battery is below 30 %").WaitForAsync();

        await OfferAsync(page);
        await UntilStateAsync(page, "offered");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take the offer back" }).ClickAsync();
        await InDialogAsync(page, "Take the offer back");
        await UntilStateAsync(page, "withdrawn");

        // Who may not offer sees how it came out all the same.
        await using var supervisor = await Viewer.OpenAsync(backend);
        await supervisor.SignInWithKeyAsync(backend.Key(Traxxs.Server.Identity.Role.Supervisor), "#/devices/insole-1");
        await UntilStateAsync(supervisor.Page, "withdrawn");
        Assert.AreEqual(0, await supervisor.Page.GetByRole(AriaRole.Button, new() { Name = "Offer an update" }).CountAsync());
    }

    private static async Task OfferAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Offer an update" }).ClickAsync();
        await InDialogAsync(page, "Offer an update");
    }

    private static Task InDialogAsync(IPage page, string name) => page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();

    private static Task UntilStateAsync(IPage page, string state) => page.Locator($"[data-state={state}]").WaitForAsync();

    private async Task SayAsync(MqttClient device, EventCode code, int value)
    {
        var report = new Report { HasIdentity = true, Epoch = 1, Sequence = ++_sequence, HasDeviceTime = true, DeviceTimeS = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds(), EventCount = 1 };
        (report.EventCodes[0], report.EventTimeS[0], report.EventValue[0]) = (code, report.DeviceTimeS, value);
        var frame = new byte[ReportWriter.FrameSizeMax];
        var size = new ReportWriter().Write(report, frame, 0);
        Assert.AreEqual(MqttReasonCode.Success, await device.PublishAsync("xsole/v1/insole-1/up", frame[..size], MqttQoS.AtLeastOnce));
    }
}
