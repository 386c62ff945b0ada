using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Traxxs.Server.Api;
using Traxxs.Server.Cluster;
using Traxxs.Server.Identity;
using Traxxs.Server.Ingest;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Server.Hosting;

/// <summary>The parts that know who is who, put together.</summary>
internal sealed class IdentityServices : IDisposable
{
    public IdentityServices(
        ServiceDatabase database, IReportStore store, TimeProvider clock, ILogger log, string dataFolder,
        ISignInThrottle? throttle = null, ISignInMemory? memory = null)
    {
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
        Doorkeeper = new Doorkeeper(Tokens, SignIns);
        Watch = new CredentialWatch(database, clock);
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

    public Doorkeeper Doorkeeper { get; }

    public CredentialWatch Watch { get; }

    /// <summary>What changes who may see what is told to all processes, each of which shows it to somebody.</summary>
    public void Announce(IServiceChannel channel)
    {
        SignIns.Revoked += (_, ids) =>
        {
            foreach (var id in ids) channel.Publish(new ServiceMessage(ServiceTopic.Revoked, $"sign-in:{id}"));
        };
        Tokens.Revoked += credential => channel.Publish(new ServiceMessage(ServiceTopic.Revoked, credential));
        Accounts.Changed += userId =>
        {
            Memory.ForgetAllOf(userId);
            channel.Publish(new ServiceMessage(ServiceTopic.Account, userId));
        };
        Organisations.Closed += org =>
        {
            Memory.ForgetAllOf(org);
            channel.Publish(new ServiceMessage(ServiceTopic.Closed, org));
        };
        Wearers.Changed += (org, wearerId) => channel.Publish(new ServiceMessage(ServiceTopic.Wearer, org, wearerId));
        Eraser.Forgotten += (org, deviceId) =>
        {
            channel.Publish(new ServiceMessage(ServiceTopic.Forgotten, org, deviceId));
            channel.Publish(new ServiceMessage(ServiceTopic.Retention));
        };
    }

    /// <summary>What this process remembers of it is read anew when it changes, whoever changed it.</summary>
    public void Hear(IServiceChannel channel)
    {
        // Before anybody is told: an alert that opens or closes the gate to a wearer's places holds with its own event.
        channel.Subscribe(ServiceTopic.Alert, message => Gate.Forget(message.Detail ?? ""));
        channel.Subscribe(ServiceTopic.AlertTold, message => Gate.Forget(message.Detail ?? ""));
        channel.Subscribe(ServiceTopic.Wearer, _ => Gate.ForgetAll());
        channel.Subscribe(ServiceTopic.Forgotten, _ => Gate.ForgetAll());
        channel.Missed += Gate.ForgetAll;
        Watch.Changed += Gate.ForgetAll;
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

    public void Dispose() => Hashing.Dispose();
}
