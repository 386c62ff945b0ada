using System.Net;
using System.Text.Json;
using Traxxs.Protocol;
using Traxxs.Server.Firmware;
using Traxxs.Server.Identity;
using Traxxs.Server.Tests.Support;

namespace Traxxs.Server.Tests.Firmware;

/// <summary>Images over the API: what comes in, what does not, and who may.</summary>
[TestClass]
public sealed class FirmwareApiTests
{
    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void Cleanup() => _folder.Dispose();

    [TestMethod]
    public async Task An_image_comes_in_once_is_listed_and_goes()
    {
        await using var server = await TestServer.StartAsync();
        var (old, file) = (Images.Make("1.2.3"), Images.Make("1.10.0", 50_000));
        await Images.UploadAsync(server.Api, old.Bytes);
        var made = await Images.UploadAsync(server.Api, file.Bytes);
        Assert.AreEqual(("1.10.0", file.Bytes.Length, file.Sha256, "operator"), (made.GetProperty("version").GetString(), made.GetProperty("size").GetInt32(), made.GetProperty("sha256").GetString(), made.GetProperty("uploadedBy").GetString()));
        await Images.UploadAsync(server.Api, file.Bytes, HttpStatusCode.OK);
        var other = await Images.UploadAsync(server.Api, Images.Make("1.10.0", 49_999).Bytes, HttpStatusCode.Conflict);
        Assert.AreEqual(FirmwareException.Exists, other.GetProperty("code").GetString());
        CollectionAssert.AreEqual(new[] { "1.10.0", "1.2.3" }, Versions(await server.GetAsync("/api/v1/firmware")), "by number, the newest first");
        await server.RestartAsync();
        CollectionAssert.AreEqual(new[] { "1.10.0", "1.2.3" }, Versions(await server.GetAsync("/api/v1/firmware")));
        Assert.AreEqual(Convert.ToHexString(file.Bytes), Convert.ToHexString(server.Host.Database.Read(session => session.Firmware.Read("main", file.Version))!));

        await DeleteAsync(server, "1.2.3", HttpStatusCode.NoContent);
        await DeleteAsync(server, "1.2.3", HttpStatusCode.NotFound);
        await DeleteAsync(server, "nothing", HttpStatusCode.NotFound);
        var audit = await server.GetAsync("/api/v1/audit?subject=firmware:1.2.3");
        CollectionAssert.AreEqual(new[] { "firmware.uploaded", "firmware.deleted" }, audit.GetProperty("entries").EnumerateArray().Select(one => one.GetProperty("action").GetString()).ToArray());
    }

    [TestMethod]
    public async Task What_is_no_image_of_the_key_s_does_not_come_in()
    {
        var key = _folder.File("update.public.pem");
        await File.WriteAllTextAsync(key, Images.PublicPem);
        await using var server = await TestServer.StartAsync(options => options with { UpdateKey = key });
        Assert.IsTrue((await server.GetAsync("/api/v1/firmware")).GetProperty("checksSignatures").GetBoolean());
        using var other = System.Security.Cryptography.RSA.Create(UpdateKey.Bits);
        foreach (var (bytes, code) in new[]
        {
            (Images.Make("1.0.1", key: other).Bytes, FirmwareException.Signature), (new byte[1000], FirmwareException.Malformed), ([], FirmwareException.Malformed),
            (new byte[SignedImage.FileSizeMax + 1], FirmwareException.Malformed), (new byte[200_000], FirmwareException.Malformed),
        })
            Assert.AreEqual(code, (await Images.UploadAsync(server.Api, bytes, HttpStatusCode.BadRequest)).GetProperty("code").GetString());
        Assert.AreEqual("body-too-large", (await Images.UploadAsync(server.Api, new byte[300_000], HttpStatusCode.RequestEntityTooLarge)).GetProperty("code").GetString());
        Assert.AreEqual(0, (await server.GetAsync("/api/v1/firmware")).GetProperty("images").GetArrayLength());
        await Images.UploadAsync(server.Api, Images.Make("1.0.1", SignedImage.FileSizeMax - SignedImage.HeaderSize - SignedImage.SignatureSize).Bytes);
    }

    [TestMethod]
    public async Task Only_an_administrator_handles_firmware_and_each_organisation_has_its_own()
    {
        await using var server = await TestServer.StartAsync();
        server.Host.Provision("insole-1");
        server.AddOrganisation("other");
        server.Host.Provision("theirs", org: "other");
        using var supervisor = server.As(Role.Supervisor);
        await Images.UploadAsync(supervisor, Images.Make("1.0.1").Bytes, HttpStatusCode.Forbidden);
        foreach (var (method, path) in new[] { ("GET", "/api/v1/firmware"), ("DELETE", "/api/v1/firmware/1.0.1"), ("DELETE", "/api/v1/devices/insole-1/update") })
        {
            using var answer = await supervisor.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            Assert.AreEqual(HttpStatusCode.Forbidden, answer.StatusCode, path);
        }

        await Images.OfferAsync(supervisor, "insole-1", "1.0.1", HttpStatusCode.Forbidden);
        using var admin = server.As(Role.Admin);
        await Images.UploadAsync(admin, Images.Make("1.0.1").Bytes);
        using var stranger = server.As(Role.Admin, "other");
        Assert.AreEqual("firmware-not-found", (await Images.OfferAsync(stranger, "theirs", "1.0.1", HttpStatusCode.NotFound)).GetProperty("code").GetString(), "another organisation's image is none");
        await Images.OfferAsync(stranger, "insole-1", "1.0.1", HttpStatusCode.NotFound);
        await Images.UploadAsync(stranger, Images.Make("1.0.1", 7).Bytes);
        await Images.OfferAsync(admin, "insole-1", "1.0.1");
        using var viewer = server.As(Role.Viewer);
        using var shown = JsonDocument.Parse(await viewer.GetStringAsync("/api/v1/devices/insole-1"));
        Assert.AreEqual("offered", shown.RootElement.GetProperty("update").GetProperty("state").GetString(), "how an update stands everyone may see");
    }

    [TestMethod]
    public async Task No_more_images_are_kept_than_there_is_room_for()
    {
        await using var server = await TestServer.StartAsync();
        for (var i = 1; i <= FirmwareBook.ImagesMax; i++) await Images.UploadAsync(server.Api, Images.Make($"1.0.{i}", 10).Bytes);
        var refused = await Images.UploadAsync(server.Api, Images.Make("1.1.0", 10).Bytes, HttpStatusCode.Conflict);
        Assert.AreEqual(FirmwareException.TooMany, refused.GetProperty("code").GetString());
        await DeleteAsync(server, "1.0.7", HttpStatusCode.NoContent);
        await Images.UploadAsync(server.Api, Images.Make("1.1.0", 10).Bytes);
    }

    [TestMethod]
    public void A_private_key_or_a_file_that_is_none_keeps_the_server_from_starting()
    {
        var path = _folder.File("key.pem");
        File.WriteAllText(path, Images.Key.ExportPkcs8PrivateKeyPem());
        StringAssert.Contains(Traxxs.Server.Hosting.ServerConfiguration.Check(new Traxxs.Server.Hosting.ServerOptions { UpdateKey = path }).Single(), "private key");
        StringAssert.StartsWith(Traxxs.Server.Hosting.ServerConfiguration.Check(new Traxxs.Server.Hosting.ServerOptions { UpdateKey = _folder.File("none.pem") }).Single(), "updateKey: ");
        File.WriteAllText(path, Images.PublicPem);
        Assert.IsEmpty(Traxxs.Server.Hosting.ServerConfiguration.Check(new Traxxs.Server.Hosting.ServerOptions { UpdateKey = path }));
    }

    private static string?[] Versions(JsonElement list) => [.. list.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("version").GetString())];

    private static async Task DeleteAsync(TestServer server, string version, HttpStatusCode expected)
    {
        using var answer = await server.Api.DeleteAsync($"/api/v1/firmware/{version}");
        Assert.AreEqual(expected, answer.StatusCode);
    }
}
