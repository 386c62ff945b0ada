using System.Text.Json;
using System.Text.RegularExpressions;
using Traxxs.Engines;
using Traxxs.Server.Tests.Support;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Deploy;

/// <summary>
/// What <c>deploy/</c> gives each service, as files of a folder: paths of containers become paths here, and a service's port another one of
/// loopback. Nothing else is changed.
/// </summary>
internal sealed partial class DeployedFiles : IDisposable
{
    private static readonly string Source = RepositoryRoot.PathOf("deploy");

    private readonly TemporaryFolder _folder = new();
    private readonly string _compose = File.ReadAllText(Path.Combine(Source, "compose.yaml"));

    /// <summary>Authority, keys and passwords, made by the script that is there for it.</summary>
    public DeployedFiles()
    {
        File.Copy(Path.Combine(Source, "certificates.sh"), _folder.File("certificates.sh"));
        Run("bash", "certificates.sh", "localhost");
        File.WriteAllText(At("certificates", "public.pem"), DayCertificate.Pem("localhost"));
        Run("bash", "certificates.sh");
        File.WriteAllText(UpdateKey, Images.PublicPem);
        // What a container's user is called elsewhere; PostgreSQL alone asks whose its key is.
        if (Environment.UserName != "root") return;
        Run("chown", "postgres", At("certificates", "postgres.key"));
        Run("chmod", "711", _folder.Path);
    }

    /// <summary>The certificate insoles are given to trust.</summary>
    public string Authority => At("certificates", "ca.pem");

    /// <summary>The public key firmware is signed with.</summary>
    public string UpdateKey => At("certificates", "update.public.pem");

    /// <summary>A file of the folder.</summary>
    public string At(params string[] parts) => Path.Combine([_folder.Path, .. parts]);

    /// <summary>What stands in a secret's file.</summary>
    public string Secret(string name) => File.ReadAllText(At("secrets", name)).Trim();

    /// <summary>A file of <c>deploy/</c> as a service here is given it; gives its path.</summary>
    public string Give(string file, string service, string target, params (string There, string Here)[] more)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(target))!);
        File.WriteAllText(At(target), Here(File.ReadAllText(Path.Combine(Source, file)), service, more));
        return At(target);
    }

    /// <summary>What compose has a service run.</summary>
    public List<string> CommandOf(string service, params (string There, string Here)[] more)
    {
        var section = Regex.Match(_compose, $@"^  {service}:\n((?:    .*\n|\n)+)", RegexOptions.Multiline).Groups[1].Value;
        var inline = InlineCommand().Match(section);
        var words = inline.Success
            ? JsonSerializer.Deserialize<List<string>>(inline.Groups[1].Value)!
            : [.. BlockCommand().Match(section).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()[2..])];
        Assert.IsNotEmpty(words, $"compose.yaml gives {service} no command");
        return [.. Here(string.Join('\n', words), service, more).Split('\n')];
    }

    public void Dispose() => _folder.Dispose();

    private string Here(string text, string service, (string There, string Here)[] more)
    {
        text = SecretPath().Replace(text, match => PathOfSecret(match.Groups[1].Value, service)).Replace("/etc/traxxs/ca.pem", Authority, StringComparison.Ordinal).Replace("/etc/rabbitmq/ca.pem", Authority, StringComparison.Ordinal);
        foreach (var (there, here) in more)
        {
            Assert.Contains(there, text, $"the deployed files have no {there} any more");
            text = text.Replace(there, here, StringComparison.Ordinal);
        }

        return text;
    }

    private string PathOfSecret(string name, string service) =>
        File.Exists(At("secrets", name)) ? At("secrets", name) : At("certificates", name.Replace("role.", service + ".", StringComparison.Ordinal));

    private void Run(string program, params string[] arguments)
    {
        using var process = EngineProcess.Start(program, arguments, _folder.Path);
        Assert.AreEqual(0, process.WaitForExit(TimeSpan.FromSeconds(60)), process.Output);
    }

    [GeneratedRegex(@"/run/secrets/([\w.-]+)")]
    private static partial Regex SecretPath();

    [GeneratedRegex(@"^    command: (\[.*\])$", RegexOptions.Multiline)]
    private static partial Regex InlineCommand();

    [GeneratedRegex(@"^    command:\n((?:      - .*\n)+)", RegexOptions.Multiline)]
    private static partial Regex BlockCommand();
}
