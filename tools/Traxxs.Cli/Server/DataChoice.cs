using System.CommandLine;
using Traxxs.Cli.Shared;
using Traxxs.Server.Hosting;
using Traxxs.Store;
using Traxxs.Store.Postgres;
using Traxxs.Store.Service;

namespace Traxxs.Cli.Server;

/// <summary>
/// Which server's data a verb works on, beside its server or without one: a data folder, or the PostgreSQL database that a
/// configuration or an address names.
/// </summary>
internal sealed class DataChoice
{
    /// <summary>Who did it, in the audit log.</summary>
    public const string Who = "command line";

    private const string DefaultFolder = "./data";

    private readonly Option<string?> _data = new("--data") { Description = $"the server's data folder (default {DefaultFolder})" };
    private readonly Option<FileInfo?> _config = new("--config") { Description = "the server's JSON file: its data folder, or its PostgreSQL" };
    private readonly Option<string?> _store = new("--store") { Description = $"the server's PostgreSQL: {PostgresChoice.Address}" };
    private readonly Option<string?> _password = PostgresChoice.Password("--store-password-file");
    private readonly Option<bool> _insecure = PostgresChoice.Insecure("--store-insecure");

    /// <summary>Adds the options to a verb.</summary>
    public DataChoice(Command command)
    {
        foreach (Option option in (Option[])[_data, _config, _store, _password, _insecure]) command.Options.Add(option);
    }

    /// <summary>What was chosen.</summary>
    /// <exception cref="ConfigurationException">The choice, or the configuration, is wrong.</exception>
    /// <exception cref="StoreConfigurationException">The address is wrong.</exception>
    public DataPlace Of(ParseResult result)
    {
        var (folder, config, address) = (result.GetValue(_data), result.GetValue(_config), result.GetValue(_store));
        if (address is not null)
        {
            if (folder is not null || config is not null) throw new ConfigurationException(["--store: names all there is; leave --data and --config out"]);
            if (!PostgresChoice.IsAddress(address)) throw new ConfigurationException([$"--store: \"{address}\" is not {PostgresChoice.Address}; a folder is named by --data"]);
            return new DataPlace(null, PostgresChoice.Of(address, result.GetValue(_password), result.GetValue(_insecure)));
        }

        if (result.GetValue(_password) is not null || result.GetValue(_insecure)) throw new ConfigurationException(["--store-password-file and --store-insecure: are for --store; --config has its own"]);
        if (config is null) return new DataPlace(folder ?? DefaultFolder, null);
        var options = ServerConfiguration.Read(config.FullName);
        if (options.Postgres is null) return new DataPlace(folder ?? options.DataFolder, null);
        if (folder is not null) throw new ConfigurationException([$"--data: {config} keeps everything in PostgreSQL; leave one of the two out"]);
        PostgresConnection.Require(options.Postgres);
        return new DataPlace(null, PostgresChoice.AtConsole(options.Postgres));
    }

    /// <summary>Works on the service database, made where there is none; what keeps it from opening is said, and is the exit code.</summary>
    public int Use(ParseResult result, Func<ServiceDatabase, DataPlace, int> work) => Guard(() =>
    {
        var place = Of(result);
        using var database = place.OpenService();
        return work(database, place);
    });

    /// <summary>Does some work; says what kept it from being done, with the exit code for it.</summary>
    public static int Guard(Func<int> work)
    {
        try
        {
            return work();
        }
        catch (ConfigurationException e)
        {
            foreach (var error in e.Errors) Console.Error.WriteLine(error);
            return ExitCode.Usage;
        }
        catch (StoreConfigurationException e)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    }
}

/// <summary>Where a server's data is: in a folder, or in PostgreSQL.</summary>
/// <param name="Folder">The data folder; null where it is in PostgreSQL.</param>
/// <param name="Postgres">The database; null where it is in a folder.</param>
internal sealed record DataPlace(string? Folder, PostgresOptions? Postgres)
{
    /// <summary>Its name in messages, without user and password.</summary>
    public string Name => Folder ?? PostgresConnection.NameOf(Postgres!);

    /// <summary>Opens the service database, made where there is none.</summary>
    /// <exception cref="StoreUnavailableException">It does not open.</exception>
    public ServiceDatabase OpenService()
    {
        if (Postgres is not null) return ServiceDatabase.OpenPostgres(Postgres);
        Directory.CreateDirectory(Folder!);
        return ServiceDatabase.Open(Path.Combine(Folder!, ServiceDatabase.FileName));
    }
}
