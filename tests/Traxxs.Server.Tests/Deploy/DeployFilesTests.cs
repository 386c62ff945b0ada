using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Traxxs.Engines;
using Traxxs.Store.Postgres;
using Traxxs.Testing;

namespace Traxxs.Server.Tests.Deploy;

/// <summary>
/// What <c>deploy/</c> holds, asked of the programs it is for. No container engine is needed: the topology itself is proved
/// by the tests that start the same engines as processes.
/// </summary>
[TestClass]
public sealed partial class DeployFilesTests
{
    private static readonly string Folder = RepositoryRoot.PathOf("deploy");

    [TestMethod]
    [DataRow("", 0)]
    [DataRow("# - {source: update-key|# update-key:", 6)]
    public async Task Compose_reads_its_file_also_with_the_key_of_firmware_in_it(string commented, int given)
    {
        var program = EngineProcess.Find("docker-compose") ?? throw Missing("docker-compose");
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "compose.yaml"));
        foreach (var line in commented.Split('|', StringSplitOptions.RemoveEmptyEntries)) text = text.Replace(line, line[2..], StringComparison.Ordinal);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text);
            var (exit, output) = await RunAsync(program, ["-f", file, "--project-directory", Folder, "config"]);
            Assert.AreEqual(0, exit, output);
            Assert.HasCount(given, UpdateKey().Matches(output));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestMethod]
    public void Every_file_a_container_is_given_is_here_or_is_made_by_the_script()
    {
        var compose = string.Join('\n', File.ReadLines(Path.Combine(Folder, "compose.yaml")).Where(line => !line.TrimStart().StartsWith('#')));
        var script = File.ReadAllText(Path.Combine(Folder, "certificates.sh"));
        var files = FileKey().Matches(compose).Select(match => match.Groups[1].Value).ToList();
        Assert.IsTrue(files.Count > 20, "the pattern finds nothing any more");
        foreach (var file in files.Where(file => !File.Exists(Path.Combine(Folder, file))))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            StringAssert.Matches(file, new Regex("^(certificates|secrets)/"), $"{file} is nowhere");
            Assert.IsTrue(name == "public" || script.Contains(name, StringComparison.Ordinal), $"nobody makes {file}");
        }

        foreach (var source in SourceKey().Matches(compose).Select(match => match.Groups[1].Value))
        {
            Assert.IsTrue(compose.Contains($"\n  {source}: {{file:", StringComparison.Ordinal), $"{source} is given and not declared");
        }
    }

    [TestMethod]
    public void Every_image_has_its_version()
    {
        var compose = File.ReadAllText(Path.Combine(Folder, "compose.yaml"));
        var images = ImageKey().Matches(compose).Select(match => match.Groups[1].Value).ToList();
        Assert.IsTrue(images.Count >= 5, "the pattern finds nothing any more");
        foreach (var image in images) StringAssert.Matches(image, new Regex(@":\d+\.\d+\.\d+$|:\d+\.\d+$"), $"{image} is whatever is newest that day");
    }

    [TestMethod]
    public void RabbitMQ_is_of_a_version_that_starts_with_its_configuration()
    {
        // https://github.com/rabbitmq/rabbitmq-server/pull/8846: from 3.13 on this key keeps a node from starting.
        var version = RabbitMqImage().Match(File.ReadAllText(Path.Combine(Folder, "compose.yaml")));
        Assert.IsTrue(version.Success);
        Assert.Contains("mqtt.subscription_ttl", File.ReadAllText(Path.Combine(Folder, "rabbitmq", "rabbitmq.conf")));
        Assert.IsLessThan(new Version(3, 13), Version.Parse(version.Groups[1].Value));
    }

    [TestMethod]
    public void PostgreSQL_takes_every_connection_the_roles_may_open_and_some_for_people()
    {
        var compose = File.ReadAllText(Path.Combine(Folder, "compose.yaml"));
        var processes = Replicas().Matches(compose).Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.AreEqual(processes, 2 * Role().Count(compose) - 1, "two of each role, and one page");
        var each = new PostgresOptions { Connection = "" }.ConnectionsMax;
        var taken = MaxConnections().Match(compose);
        Assert.IsTrue(taken.Success, "PostgreSQL would take 100");
        // One process more, since one that was killed may stand in the server's list for a while; three it keeps for its own superuser.
        Assert.IsGreaterThanOrEqualTo(((processes + 1) * each) + 3 + 10, int.Parse(taken.Groups[1].Value, CultureInfo.InvariantCulture));
        var words = File.ReadAllText(Path.Combine(Folder, "README.md"));
        StringAssert.Contains(words, $"at most {each} connections");
        StringAssert.Contains(words, $"{processes * each}");
    }

    [TestMethod]
    public void RabbitMQ_may_have_as_many_connections_as_the_door_lets_in()
    {
        var compose = File.ReadAllText(Path.Combine(Folder, "compose.yaml"));
        int Of(string service, Regex what)
        {
            var section = Regex.Match(compose, $@"^  {service}:\n((?:    .*\n|\n)+)", RegexOptions.Multiline).Groups[1].Value;
            return what.Match(section) is { Success: true } found ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        }

        var connections = int.Parse(DoorConnections().Match(File.ReadAllText(Path.Combine(Folder, "haproxy", "haproxy.cfg"))).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.IsGreaterThanOrEqualTo(2 * connections, Of("haproxy", OpenFiles()));
        // RabbitMQ takes nine tenths of its files for sockets; the roles' are few.
        Assert.IsGreaterThanOrEqualTo(connections, Of("rabbitmq", OpenFiles()) / 10 * 9 - 200);
        Assert.AreEqual(Of("rabbitmq", OpenFiles()), Of("rabbitmq", Ports()));
    }

    [TestMethod]
    public async Task The_door_reads_its_configuration()
    {
        var program = EngineProcess.Find("haproxy") ?? throw Missing("haproxy");
        var folder = Directory.CreateTempSubdirectory("traxxs-door-").FullName;
        try
        {
            var pem = Path.Combine(folder, "public.pem");
            File.WriteAllText(pem, DayCertificate.Pem("localhost"));
            var (exit, output) = await RunAsync(program, ["-c", "-f", Path.Combine(Folder, "haproxy", "haproxy.cfg")],
                ("TRAXXS_CERTIFICATE", pem), ("TRAXXS_CA", pem), ("TRAXXS_RABBITMQ", "127.0.0.1:1"), ("TRAXXS_API", "127.0.0.1:1"), ("TRAXXS_LIVE", "127.0.0.1:1"), ("TRAXXS_PAGE", "127.0.0.1:1"));
            Assert.AreEqual(0, exit, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public async Task Systemd_reads_the_unit_and_finds_it_well_shut_in()
    {
        var program = EngineProcess.Find("systemd-analyze") ?? throw Missing("systemd");
        var folder = Directory.CreateTempSubdirectory("traxxs-unit-").FullName;
        try
        {
            // Verified with a program that is there: the server itself is not installed on this machine.
            var unit = Path.Combine(folder, "traxxs.service");
            var text = await File.ReadAllTextAsync(Path.Combine(Folder, "systemd", "traxxs.service"));
            await File.WriteAllTextAsync(unit, text.Replace("ExecStart=/opt/traxxs/traxxs", "ExecStart=/bin/true", StringComparison.Ordinal));
            var (exit, output) = await RunAsync(program, ["verify", unit]);
            Assert.AreEqual(0, exit, output);
            Assert.AreEqual("", output.Trim());
            (exit, output) = await RunAsync(program, ["security", "--offline=true", "--threshold=20", unit]);
            Assert.AreEqual(0, exit, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static AssertInconclusiveException Missing(string package) =>
        new($"skipped: there is no {package} here; Debian's package of that name has it, and .ci/run installs it");

    private static async Task<(int Exit, string Output)> RunAsync(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await errors);
    }

    [GeneratedRegex(@"target: /etc/traxxs/update\.public\.pem")]
    private static partial Regex UpdateKey();

    [GeneratedRegex(@"maxconn ""\$\{TRAXXS_CONNECTIONS-(\d+)\}")]
    private static partial Regex DoorConnections();

    [GeneratedRegex(@"nofile: \{soft: (\d+), hard: \1\}")]
    private static partial Regex OpenFiles();

    [GeneratedRegex(@"ERL_MAX_PORTS: ""(\d+)""")]
    private static partial Regex Ports();

    [GeneratedRegex(@"replicas: (\d+)")]
    private static partial Regex Replicas();

    [GeneratedRegex(@"<<: \*role")]
    private static partial Regex Role();

    [GeneratedRegex(@"^      - max_connections=(\d+)$", RegexOptions.Multiline)]
    private static partial Regex MaxConnections();

    [GeneratedRegex(@"image: rabbitmq:([\d.]+)")]
    private static partial Regex RabbitMqImage();

    [GeneratedRegex(@"\{file: \./([^}]+)\}")]
    private static partial Regex FileKey();

    [GeneratedRegex(@"\{source: ([\w-]+)")]
    private static partial Regex SourceKey();

    [GeneratedRegex(@"^\s+image: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex ImageKey();
}
