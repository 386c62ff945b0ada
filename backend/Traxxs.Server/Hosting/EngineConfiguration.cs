using System.Net;
using Traxxs.Server.Cluster.RabbitMq;
using Traxxs.Server.Cluster.Redis;
using Traxxs.Store;
using Traxxs.Store.Postgres;

namespace Traxxs.Server.Hosting;

/// <summary>The part of the configuration that outgrows one machine: roles, and the engines they stand on.</summary>
internal static class EngineConfiguration
{
    private const int SecretMin = 16;

    /// <summary>Reads it; what is wrong is added to <paramref name="errors"/>, by key.</summary>
    public static Engines Translate(List<string>? roles, StoreFile? store, RabbitMqFile? rabbit, RedisFile? redis, string folder, List<string> errors) => new(
        RolesOf(roles, errors), StoreOf(store, folder, errors), rabbit is null ? null : RabbitMqOf(rabbit, folder, errors), redis is null ? null : RedisOf(redis, folder, errors));

    /// <summary>What does not go together, by key.</summary>
    public static void Check(ServerOptions options, List<string> errors)
    {
        if (options.Roles == ServerRoles.None) errors.Add($"roles: must name one of {ServerRoleWords.Known}");
        if (options.Roles != ServerRoles.All && (options.Postgres is null || options.RabbitMq is null))
        {
            var missing = string.Join(" and ", new[] { options.Postgres is null ? "store.engine \"postgres\"" : null, options.RabbitMq is null ? "rabbitmq" : null }.OfType<string>());
            errors.Add($"roles: a process with some of the roles is joined to the others by PostgreSQL and RabbitMQ: configure {missing}, or leave roles out");
        }

        if (options.RabbitMq is { } rabbit) CheckRabbitMq(rabbit, options.Insecure, errors);
        if (options.Postgres is { } postgres) CheckPostgres(postgres, errors);
        if (options.Postgres is not null && options.OpenStore is not null) errors.Add("store.engine: \"postgres\" and another --store: choose one");
        if (options.Redis is { } redis && !options.Insecure && !redis.Tls && redis.Endpoints.Any(endpoint => !IsHere(endpoint.Split(':')[0])))
            errors.Add("redis.tls: secrets would travel readable: use TLS, or say insecure on a closed network");
    }

    private static void CheckPostgres(PostgresOptions postgres, List<string> errors)
    {
        try
        {
            PostgresConnection.Require(postgres);
        }
        catch (StoreConfigurationException e)
        {
            errors.Add($"store.connection: {e.Message}");
        }
    }

    private static void CheckRabbitMq(RabbitMqOptions rabbit, bool insecure, List<string> errors)
    {
        if (rabbit.Amqp.Count == 0) errors.Add("rabbitmq.amqp: must name a node");
        if (rabbit.Mqtt.Count == 0) errors.Add("rabbitmq.mqtt: must name every node");
        CheckAddresses("rabbitmq.amqp", rabbit.Amqp, "amqp", insecure, errors);
        CheckAddresses("rabbitmq.mqtt", rabbit.Mqtt, "mqtt", insecure, errors);
        if (rabbit.Ca is { } ca && !File.Exists(ca)) errors.Add($"rabbitmq.ca: there is no file {ca}");
        if (rabbit.User.Length == 0) errors.Add("rabbitmq.user: missing");
        if (rabbit.Password.Length == 0) errors.Add("rabbitmq.passwordFile: missing or empty");
        if (rabbit.AuthSecret.Length < SecretMin || !rabbit.AuthSecret.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            errors.Add($"rabbitmq.authSecretFile: must hold {SecretMin} characters or more of a-z, A-Z, 0-9, '-', '_': it is part of an address");
    }

    private static void CheckAddresses(string key, IReadOnlyList<Uri> addresses, string scheme, bool insecure, List<string> errors)
    {
        foreach (var address in addresses)
        {
            if (address.Scheme != scheme && address.Scheme != scheme + "s") errors.Add($"{key}: must begin with {scheme}s:// or {scheme}://");
            else if (address.UserInfo.Length > 0) errors.Add($"{key}: name the user in rabbitmq.user: addresses stand in logs");
            else if (address.Scheme == scheme && !insecure && !IsHere(address.Host)) errors.Add($"{key}: {address.Host} is another machine, and secrets would travel readable: use {scheme}s://, or say insecure on a closed network");
        }
    }

    private static bool IsHere(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static ServerRoles RolesOf(List<string>? words, List<string> errors)
    {
        if (words is null) return ServerRoles.All;
        if (!ServerRoleWords.TryRead(words, out var roles, out var wrong)) errors.Add($"roles: \"{wrong}\" is none of {ServerRoleWords.Known}");
        return roles;
    }

    private static PostgresOptions? StoreOf(StoreFile? store, string folder, List<string> errors)
    {
        switch (store?.Engine)
        {
            case null or "sqlite":
                if (store?.Connection is not null) errors.Add("store.connection: is for the engine \"postgres\"");
                return null;
            case "postgres" when store.Connection is null:
                errors.Add("store.connection: missing, such as postgres://traxxs@db.example.org/traxxs");
                return null;
            case "postgres":
                return new PostgresOptions { Connection = store.Connection, PasswordFile = store.PasswordFile is { } file ? Path.Combine(folder, file) : null, Insecure = store.Insecure ?? false };
            default:
                errors.Add($"store.engine: \"{store.Engine}\" is neither \"sqlite\" nor \"postgres\"");
                return null;
        }
    }

    private static RabbitMqOptions RabbitMqOf(RabbitMqFile file, string folder, List<string> errors) => new()
    {
        Amqp = Addresses("rabbitmq.amqp", file.Amqp, errors),
        Mqtt = Addresses("rabbitmq.mqtt", file.Mqtt, errors),
        User = file.User ?? "",
        Password = Secret("rabbitmq.passwordFile", file.PasswordFile, folder, errors),
        VirtualHost = file.Vhost ?? "/",
        Ca = file.Ca is { } ca ? Path.Combine(folder, ca) : null,
        AuthSecret = Secret("rabbitmq.authSecretFile", file.AuthSecretFile, folder, errors),
    };

    private static RedisOptions RedisOf(RedisFile file, string folder, List<string> errors)
    {
        if (file.Endpoints is not { Count: > 0 }) errors.Add("redis.endpoints: must name host:port");
        return new RedisOptions
        {
            Endpoints = file.Endpoints ?? [],
            User = file.User,
            Password = file.PasswordFile is null ? null : Secret("redis.passwordFile", file.PasswordFile, folder, errors),
            Tls = file.Tls ?? false,
            Ca = file.Ca is { } ca ? Path.Combine(folder, ca) : null,
        };
    }

    // Several, separated by commas: a configuration may come from a template that knows texts only.
    private static List<Uri> Addresses(string key, string? text, List<string> errors)
    {
        var addresses = new List<Uri>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Uri.TryCreate(part, UriKind.Absolute, out var address) && address.Port > 0) addresses.Add(address);
            else errors.Add($"{key}: \"{part}\" is not an address with a port");
        }

        return addresses;
    }

    private static string Secret(string key, string? file, string folder, List<string> errors)
    {
        if (file is null)
        {
            errors.Add($"{key}: missing");
            return "";
        }

        try
        {
            return PrivateFile.Read(Path.Combine(folder, file)).Trim();
        }
        catch (StoreConfigurationException e)
        {
            errors.Add($"{key}: {e.Message}");
            return "";
        }
    }
}

/// <summary>The engines configured.</summary>
internal sealed record Engines(ServerRoles Roles, PostgresOptions? Postgres, RabbitMqOptions? RabbitMq, RedisOptions? Redis);

/// <summary><c>store</c> in the configuration file.</summary>
internal sealed record StoreFile(string? Engine, string? Connection, string? PasswordFile, bool? Insecure);

/// <summary><c>rabbitmq</c> in the configuration file.</summary>
internal sealed record RabbitMqFile(string? Amqp, string? Mqtt, string? User, string? PasswordFile, string? Vhost, string? AuthSecretFile, string? Ca);

/// <summary><c>redis</c> in the configuration file.</summary>
internal sealed record RedisFile(List<string>? Endpoints, string? User, string? PasswordFile, bool? Tls, string? Ca);
