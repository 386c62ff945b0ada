using Traxxs.Server.Alerts;
using Traxxs.Simulation.Scenarios;
using Traxxs.Store;
using Traxxs.Store.Service;

namespace Traxxs.Simulation.Soak;

/// <summary>What may stand in the place of the server's own parts: how tests plant a bug that the soak must find.</summary>
internal sealed record SoakParts
{
    /// <summary>The store of the memory kind.</summary>
    public Func<IReportStore>? Memory { get; init; }

    /// <summary>What ingest and rules get in the place of the store.</summary>
    public Func<IReportStore, IReportStore> Store { get; init; } = static store => store;

    /// <summary>The rules that are asked.</summary>
    public Func<IReadOnlyList<IAlertRule>, IReadOnlyList<IAlertRule>> Rules { get; init; } = static rules => rules;

    /// <summary>What is told of the plan where insoles are judged: a fault that is kept back must not be excused.</summary>
    public Func<Scenario, Scenario> Told { get; init; } = static plan => plan;

    /// <summary>How a batch of alerts is committed, given the journal's own way.</summary>
    public Func<AlertBatch, Func<AlertBatch, IReadOnlyList<Alert>>, IReadOnlyList<Alert>> Commit { get; init; } = static (batch, commit) => commit(batch);
}
