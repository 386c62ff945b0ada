using System.Text.RegularExpressions;

namespace Traxxs.Repository.Tests;

/// <summary>The solution holds every project, and the house its documents and central versions.</summary>
[TestClass]
public sealed partial class SolutionTests
{
    [TestMethod]
    public void Every_project_is_in_the_solution_and_every_entry_exists()
    {
        var solutionPath = Path.Combine(Repository.Root, "TraxxsDevice.sln");
        var entries = ProjectEntry().Matches(File.ReadAllText(solutionPath))
            .Select(match => match.Groups[1].Value.Replace('\\', '/')).ToHashSet();
        var findings = new Findings();
        foreach (var project in Projects.OnPc.Concat(Projects.OnDevice))
        {
            // Adapters for packages that not every registry carries are built by name, not with the solution.
            var path = Repository.Relative(project.Path);
            if (!entries.Contains(path) && !path.StartsWith("backend/adapters/", StringComparison.Ordinal))
                findings.Add(project.Path, 0, "is not in TraxxsDevice.sln: add it ('dotnet sln add' for a .csproj, by hand without Build.0 for a .nfproj)");
        }

        foreach (var entry in entries.Where(entry => !File.Exists(Path.Combine(Repository.Root, entry))))
            findings.Add(solutionPath, 0, $"{entry} does not exist: take its entry out");
        findings.AssertNone();
    }

    [TestMethod]
    [DataRow("firmware")]
    [DataRow("backend")]
    [DataRow("hardware-sim")]
    public void Every_component_folder_has_its_design_on_a_page(string folder)
    {
        var path = Path.Combine(Repository.Root, folder, "DESIGN.md");
        if (!File.Exists(path)) Assert.Fail($"{folder}/DESIGN.md is missing: a page with each decision, its reason and what it costs");
        var lines = File.ReadAllLines(path).Length;
        Assert.IsLessThanOrEqualTo(120, lines, $"{folder}/DESIGN.md has {lines} lines: keep it to a page or two, move detail beside the code");
    }

    [TestMethod]
    public void Package_versions_stand_in_Directory_Packages_props_alone()
    {
        var findings = new Findings();
        foreach (var project in Projects.OnPc)
        {
            foreach (var reference in project.Items("PackageReference").Where(item => item.Attribute("Version") is not null || item.Attribute("VersionOverride") is not null))
                findings.Add(project.Path, Project.LineOf(reference), "move the version to Directory.Packages.props");
        }

        findings.AssertNone();
    }

    [GeneratedRegex("\"([^\"]+\\.(?:csproj|nfproj))\"")]
    private static partial Regex ProjectEntry();
}
