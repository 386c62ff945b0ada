using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Traxxs.Server.Firmware;

namespace Traxxs.Server.Tests.Support;

/// <summary>Signed firmware images of the tests' own key.</summary>
internal static class Images
{
    private static readonly Lazy<RSA> Own = new(() => RSA.Create(UpdateKey.Bits));

    public static RSA Key => Own.Value;

    public static string PublicPem => Key.ExportSubjectPublicKeyInfoPem();

    /// <summary>An image of bytes that differ from each other and from another version's.</summary>
    public static ImageFile Make(string version, int size = 20_000, RSA? key = null)
    {
        Assert.IsTrue(ImageVersion.TryRead(version, out var number));
        var image = new byte[size];
        new Random((int)number).NextBytes(image);
        return ImageFile.Sign(image, number, key ?? Key);
    }

    public static async Task<JsonElement> UploadAsync(HttpClient api, byte[] bytes, HttpStatusCode expected = HttpStatusCode.Created)
    {
        using var answer = await api.PostAsync("/api/v1/firmware", new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.AreEqual(expected, answer.StatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public static async Task<JsonElement> OfferAsync(HttpClient api, string deviceId, string version, HttpStatusCode expected = HttpStatusCode.Accepted)
    {
        using var answer = await api.PostAsJsonAsync($"/api/v1/devices/{deviceId}/update", new { version });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.AreEqual(expected, answer.StatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
