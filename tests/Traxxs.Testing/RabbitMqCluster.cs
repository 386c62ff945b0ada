using System.Globalization;
using System.Net;
using Traxxs.Engines;

namespace Traxxs.Testing;

/// <summary>
/// Three RabbitMQ nodes that are one, as <c>deploy/rabbitmq/cluster.conf</c> and its neighbours have them, with what <c>certificates.sh</c>
/// makes, each on an address of its own of loopback (<c>127.0.0.1</c> to <c>127.0.0.3</c>) and all on the same ports, as machines are.
/// </summary>
public sealed class RabbitMqCluster : IAsyncDisposable
{
    private const int Size = 3;

    private readonly string _folder;
    private readonly ErlangPortMapper _mapper;

    private RabbitMqCluster(string folder)
    {
        _folder = folder;
        _mapper = new ErlangPortMapper(folder);
    }

    /// <summary>The nodes.</summary>
    public List<RabbitMqNode> Nodes { get; } = [];

    /// <summary>Their addresses.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; } = [.. Enumerable.Range(1, Size).Select(AddressOf)];

    /// <summary>The file with a service's certificate (<c>pem</c>) or its key (<c>key</c>), as <c>certificates.sh</c> made it.</summary>
    public string Certificate(string name, string what) => Path.Combine(_folder, "certificates", $"{name}.{what}");

    /// <summary>Starts them, one after the other as they have to be. <paramref name="auth"/> is where they ask who may connect.</summary>
    public static async Task<RabbitMqCluster> StartAsync(Uri auth)
    {
        var cluster = new RabbitMqCluster(Directory.CreateTempSubdirectory("traxxs-rabbitmq-").FullName);
        try
        {
            cluster.Make(auth);
            foreach (var node in cluster.Nodes) await node.StartAgainAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        _mapper.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Make(Uri auth)
    {
        var (amqp, mqtt) = (EngineProcess.FreePort(Addresses), EngineProcess.FreePort(Addresses));
        var (password, cookie) = (RabbitMqNode.NewPassword(), RabbitMqNode.NewPassword());
        var shared = Deployed("cluster.conf");
        for (var i = 1; i <= Size; i++) shared = shared.Replace($"rabbit@rabbitmq-{i}", NameOf(i, amqp), StringComparison.Ordinal);
        var arguments = MakeTls();
        for (var i = 1; i <= Size; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, i.ToString(CultureInfo.InvariantCulture))).FullName;
            RabbitMqFiles.Write(folder, AddressOf(i), amqp, mqtt, "traxxs-server", password, auth, shared);
            File.WriteAllText(Path.Combine(folder, "rabbitmq-env.conf"), arguments);
            File.WriteAllText(Path.Combine(folder, ".erlang.cookie"), cookie);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(folder, ".erlang.cookie"), UnixFileMode.UserRead);
            Nodes.Add(new RabbitMqNode(folder, NameOf(i, amqp), _mapper, RabbitMqFiles.Amqp(AddressOf(i), amqp), RabbitMqFiles.Mqtt(AddressOf(i), mqtt)) { Password = password });
        }
    }

    // How nodes prove themselves to each other; gives the file that has them do it.
    private string MakeTls()
    {
        File.Copy(RepositoryRoot.PathOf("deploy", "certificates.sh"), Path.Combine(_folder, "certificates.sh"));
        using var script = EngineProcess.Start("bash", ["certificates.sh"], _folder);
        if (script.WaitForExit(TimeSpan.FromSeconds(60)) != 0) throw new InvalidOperationException($"certificates.sh: {script.Output}");
        var tls = Path.Combine(_folder, "cluster-tls.config");
        File.WriteAllText(tls, Deployed("cluster-tls.config").Replace("/etc/rabbitmq/ca.pem", Certificate("ca", "pem"), StringComparison.Ordinal)
            .Replace("/run/secrets/", Path.Combine(_folder, "certificates") + "/", StringComparison.Ordinal));
        return Deployed("cluster-env.conf").Replace("/etc/rabbitmq/cluster-tls.config", tls, StringComparison.Ordinal) + $"SERVER_ADDITIONAL_ERL_ARGS=\"$SERVER_ADDITIONAL_ERL_ARGS {RabbitMqNode.MachineArguments}\"\n";
    }

    private static string Deployed(string file) => File.ReadAllText(RepositoryRoot.PathOf("deploy", "rabbitmq", file));

    private static string NameOf(int i, int port) => string.Create(CultureInfo.InvariantCulture, $"xsole{port}n{i}@localhost");

    private static IPAddress AddressOf(int i) => new([127, 0, 0, (byte)i]);
}
