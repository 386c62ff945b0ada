namespace Traxxs.Simulation.Scenarios;

/// <summary>A scenario file that cannot be used: where in it, what is wrong and what to write instead.</summary>
public sealed class ScenarioException(string file, long line, long column, string problem)
    : Exception(line > 0 ? $"{file}:{line}:{column}: {problem}" : $"{file}: {problem}")
{
    /// <summary>Line, from 1; 0 where the problem has no place.</summary>
    public long Line { get; } = line;

    /// <summary>Column, from 1.</summary>
    public long Column { get; } = column;
}
