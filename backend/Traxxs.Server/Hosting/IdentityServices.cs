using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Traxxs.Server.Alerts;
using Traxxs.Server.Api;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Server.Live;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Hosting;

/// <summary>The parts that know who is who, put together.</summary>
internal sealed class IdentityServices : IAsyncDisposable
{
    private readonly DeviceRegistry _devices;

    public IdentityServices(
        ServiceDatabase database, DeviceRegistry devices, IReportStore store, TimeProvider clock, ILogger log, string dataFolder,
        ISignInThrottle? throttle = null, ISignInMemory? memory = null)
    {
        _devices = devices;
        Throttle = throttle ?? new SignInThrottle();
        Memory = memory ?? new NoSignInMemory();
        Tokens = new AccessTokens(database, clock);
        SignIns = new SignIns(database, Passwords, Throttle, Hashing, clock, Memory);
        Accounts = new UserAccounts(database, Passwords, SignIns, clock);
        Setup = new FirstSetup(database, Accounts, Passwords, clock, dataFolder);
        Organisations = new Organisations(database, clock);
        Directory = new DeviceDirectory(database);
        Wearers = new WearerBook(database, clock);
        Gate = new LocationGate(database);
        Eraser = new WearerEraser(database, store, clock, log);
        Export = new WearerExport(database, store, Gate, clock, dataFolder);
        Retention = new RetentionWorker(database, store, Eraser, clock, log);
        Doorkeeper = new Doorkeeper(Tokens, SignIns);
        Watch = new CredentialWatch(database, devices, clock);
    }

    public Passwords Passwords { get; } = new();

    public ISignInThrottle Throttle { get; }

    public ISignInMemory Memory { get; }

    public HashingGate Hashing { get; } = new();

    public AccessTokens Tokens { get; }

    public SignIns SignIns { get; }

    public UserAccounts Accounts { get; }

    public FirstSetup Setup { get; }

    public Organisations Organisations { get; }

    public DeviceDirectory Directory { get; }

    public WearerBook Wearers { get; }

    public LocationGate Gate { get; }

    public WearerEraser Eraser { get; }

    public WearerExport Export { get; }

    public RetentionWorker Retention { get; }

    public Doorkeeper Doorkeeper { get; }

    public CredentialWatch Watch { get; }

    /// <summary>What changes who may see what is heard by those who show it.</summary>
    public void Join(LiveFeed feed, DeviceBoard board, AlertWorker alerts)
    {
        const string SignedOut = "signed out";
        SignIns.Revoked += (_, ids) => feed.LetGo(watcher => ids.Any(id => watcher.Credential == $"sign-in:{id}"), SignedOut);
        Tokens.Revoked += credential => feed.LetGo(watcher => watcher.Credential == credential, SignedOut);
        Accounts.Changed += userId =>
        {
            Memory.ForgetAllOf(userId);
            feed.LetGo(watcher => watcher.Who == userId, "what this account may do has changed: connect again");
        };
        Organisations.Closed += org =>
        {
            Memory.ForgetAllOf(org);
            feed.LetGo(watcher => watcher.Org == org, SignedOut);
            foreach (var device in _devices.Of(org)) _devices.Withdraw(device);
        };
        Watch.Changed += Gate.ForgetAll;
        Wearers.Changed += (org, wearerId) =>
        {
            Gate.ForgetAll();
            feed.ForgetKept();
            feed.Publish(org, "wearers", new { wearerId });
        };
        Eraser.Forgotten += (org, deviceId) =>
        {
            Gate.ForgetAll();
            board.ForgetPosition(deviceId);
            alerts.ForgetPlaces(deviceId);
            feed.ForgetKept();
            feed.Publish(org, "wearers", new { deviceId });
            Retention.Wake();
        };
    }

    /// <summary>The fixes of a report that may be shown.</summary>
    public IEnumerable<ReportFix> Shown(AcceptedReport report)
    {
        var location = Gate.Of(report.DeviceId);
        return report.Fixes.Where(fix => location.WhyHidden(fix.FixTime) is null);
    }

    public void AddTo(IServiceCollection services) => services
        .AddSingleton(Passwords).AddSingleton(Throttle).AddSingleton(Hashing).AddSingleton(SignIns).AddSingleton(Accounts).AddSingleton(Setup)
        .AddSingleton(Organisations).AddSingleton(Directory).AddSingleton(Wearers).AddSingleton(Gate).AddSingleton(Eraser).AddSingleton(Export)
        .AddSingleton(Doorkeeper);

    public async ValueTask DisposeAsync()
    {
        await Retention.DisposeAsync();
        Hashing.Dispose();
    }
}
