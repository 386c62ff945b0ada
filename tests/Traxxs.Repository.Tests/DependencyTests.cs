namespace Traxxs.Repository.Tests;

/// <summary>Dependencies run one way: the table of DESIGN.md, "The house".</summary>
[TestClass]
public sealed class DependencyTests
{
    // Project → the projects of ours it may reference. Tests and tools may reference anything and are not listed.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Traxxs.Protocol"] = [],
        ["Traxxs.Core"] = ["Traxxs.Protocol"],
        ["Traxxs.Drivers"] = ["Traxxs.Core", "Traxxs.Protocol"],
        ["Traxxs.Device"] = ["Traxxs.Protocol", "Traxxs.Core", "Traxxs.Drivers"],
        ["Traxxs.Mqtt"] = [],
        ["Traxxs.Store"] = [],
        ["Traxxs.Server"] = ["Traxxs.Mqtt", "Traxxs.Store", "Traxxs.Protocol"],
        ["Traxxs.Mqtt.MqttNet"] = ["Traxxs.Mqtt"],
        ["Traxxs.Store.LiteDb"] = ["Traxxs.Store"],
        ["Traxxs.NanoHost"] = ["Traxxs.Mqtt"],
        ["Traxxs.Simulation"] =
        [
            "Traxxs.Protocol", "Traxxs.Core", "Traxxs.Drivers", "Traxxs.Device", "Traxxs.NanoHost", "Traxxs.Mqtt", "Traxxs.Store", "Traxxs.Server",
        ],
    };

    // The one exception: on the PC the device image is compiled against NanoHost in place of the nanoFramework packages.
    private static readonly (string From, string To) OnPcOnly = ("Traxxs.Device", "Traxxs.NanoHost");

    [TestMethod]
    public void Projects_reference_only_what_the_house_allows()
    {
        var findings = new Findings();
        foreach (var project in Projects.OnPc.Concat(Projects.OnDevice).Where(project => !IsFree(project)))
        {
            if (!Allowed.TryGetValue(project.Name, out var allowed))
            {
                findings.Add(project.Path, 0, $"{project.Name} has no row in the table of {nameof(DependencyTests)}: say there what it may reference");
                continue;
            }

            foreach (var item in project.Items("ProjectReference"))
            {
                var target = Path.GetFileNameWithoutExtension(item.Attribute("Include")!.Value.Replace('\\', '/'));
                if (allowed.Contains(target) || (project.Path.EndsWith(".csproj", StringComparison.Ordinal) && OnPcOnly == (project.Name, target))) continue;
                findings.Add(project.Path, Project.LineOf(item), $"{project.Name} must not reference {target}: turn the dependency round, or pass the thing in through a port");
            }
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void A_table_row_without_a_project_is_taken_out()
    {
        // The adapters come with their own packages and may be absent from a checkout that does not build them.
        var names = Projects.OnPc.Select(project => project.Name).ToHashSet();
        var stale = Allowed.Keys.Where(name => !names.Contains(name) && name is not ("Traxxs.Mqtt.MqttNet" or "Traxxs.Store.LiteDb")).ToList();
        Assert.IsEmpty(stale, $"no such project: {string.Join(", ", stale)}");
    }

    [TestMethod]
    public void The_firmware_speaks_to_no_namespace_of_the_PC()
    {
        var findings = new Findings();
        foreach (var file in Repository.FilesBelow("firmware", ".cs"))
        {
            var number = 0;
            foreach (var line in File.ReadLines(file))
            {
                number++;
                if (line.Contains("Traxxs.NanoHost", StringComparison.Ordinal) || line.Contains("Traxxs.Simulation", StringComparison.Ordinal))
                    findings.Add(file, number, "the device has no such namespace: firmware speaks to the nanoFramework APIs and to its ports");
            }
        }

        findings.AssertNone();
    }

    private static bool IsFree(Project project)
    {
        var path = Repository.Relative(project.Path);
        return path.StartsWith("tests/", StringComparison.Ordinal) || path.StartsWith("tools/", StringComparison.Ordinal);
    }
}
