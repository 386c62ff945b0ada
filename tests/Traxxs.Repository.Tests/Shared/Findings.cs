namespace Traxxs.Repository.Tests;

/// <summary>What a rule found: a place and what to do about it, one line each.</summary>
internal sealed class Findings
{
    private readonly SortedSet<string> _lines = new(StringComparer.Ordinal);

    /// <summary>Adds a finding at a line of a file; line 0 means the whole file.</summary>
    public void Add(string file, int line, string whatToDo) =>
        _lines.Add(line > 0 ? $"{Repository.Relative(file)}:{line}: {whatToDo}" : $"{Repository.Relative(file)}: {whatToDo}");

    /// <summary>Fails with every finding where there is one.</summary>
    public void AssertNone()
    {
        if (_lines.Count > 0) Assert.Fail($"{_lines.Count} to mend:\n{string.Join('\n', _lines)}");
    }
}
