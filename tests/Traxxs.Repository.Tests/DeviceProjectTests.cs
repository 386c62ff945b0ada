using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Traxxs.Repository.Tests;

/// <summary>The .nfproj files name their sources and packages one by one; the .csproj beside them do not. Both must build the same.</summary>
[TestClass]
public sealed partial class DeviceProjectTests
{
    private static readonly Lazy<Dictionary<string, string>> CentralVersions = new(ReadCentralVersions);

    [TestMethod]
    [DataRow("Protocol")]
    [DataRow("Core")]
    [DataRow("Drivers")]
    [DataRow("Device")]
    [DataRow("Nano.Tests")]
    public void Every_firmware_source_is_in_its_device_project_and_every_entry_exists(string component)
    {
        var project = Projects.Device(component);
        var listed = project.Items("Compile")
            .Select(item => (Path: Path.Combine(project.Folder, item.Attribute("Include")!.Value.Replace('\\', '/')), Line: Project.LineOf(item)))
            .ToList();
        var findings = new Findings();
        foreach (var (path, line) in listed.Where(entry => !File.Exists(entry.Path)))
            findings.Add(project.Path, line, $"there is no {Repository.Relative(path)}: take the Compile line out");
        foreach (var twice in listed.GroupBy(entry => entry.Path).Where(group => group.Count() > 1))
            findings.Add(project.Path, twice.Last().Line, "the file is listed twice: take one Compile line out");
        foreach (var source in Repository.FilesBelow(Path.GetRelativePath(Repository.Root, project.Folder), ".cs").Except(listed.Select(entry => entry.Path)))
        {
            var include = Path.GetRelativePath(project.Folder, source).Replace('/', '\\');
            findings.Add(source, 0, $"add <Compile Include=\"{include}\" /> to {project.Name}.nfproj, or the device is built without it");
        }

        findings.AssertNone();
    }

    [TestMethod]
    [DataRow("Protocol")]
    [DataRow("Core")]
    [DataRow("Drivers")]
    [DataRow("Device")]
    [DataRow("Nano.Tests")]
    public void Package_versions_of_the_device_projects_are_those_of_nanoframework_props(string component)
    {
        var project = Projects.Device(component);
        var configPath = Path.Combine(project.Folder, "packages.config");
        var packages = XDocument.Load(configPath, LoadOptions.SetLineInfo).Descendants("package").ToList();
        var findings = new Findings();
        foreach (var package in packages)
        {
            var id = package.Attribute("id")!.Value;
            var version = package.Attribute("version")!.Value;
            var line = Project.LineOf(package);
            if (!CentralVersions.Value.TryGetValue(PropertyOf(id), out var central)) findings.Add(configPath, line, $"{id} has no {PropertyOf(id)} in nanoframework.props: add it there");
            else if (central != version) findings.Add(configPath, line, $"{id} {version} differs from {PropertyOf(id)} {central} in nanoframework.props: change one to the other");
            if (!project.Items("HintPath").Any(path => path.Value.StartsWith($@"..\..\packages\{id}.$({PropertyOf(id)})\lib\", StringComparison.Ordinal)))
                findings.Add(configPath, line, $@"no Reference in {project.Name}.nfproj has the HintPath ..\..\packages\{id}.$({PropertyOf(id)})\lib\…: add it or take the package out");
        }

        foreach (var reference in project.Items("Reference"))
        {
            var hint = reference.Elements().Single(element => element.Name.LocalName == "HintPath").Value;
            if (!packages.Any(package => hint.Contains($@"\{package.Attribute("id")!.Value}.$(", StringComparison.Ordinal)))
                findings.Add(project.Path, Project.LineOf(reference), $"packages.config does not name the package of {reference.Attribute("Include")!.Value}: add it");
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void Device_projects_have_the_identity_that_the_solution_gives_them_and_are_passed_by_on_a_PC()
    {
        var solutionPath = Path.Combine(Repository.Root, "TraxxsDevice.sln");
        var solution = File.ReadAllText(solutionPath);
        var findings = new Findings();
        foreach (var project in Projects.OnDevice)
        {
            var guid = project.Items("ProjectGuid").Single().Value;
            var windowsPath = Repository.Relative(project.Path).Replace('/', '\\');
            if (!solution.Contains($"\"{windowsPath}\", \"{guid}\"", StringComparison.Ordinal))
                findings.Add(solutionPath, 0, $"no entry of {windowsPath} with {guid}: the project and the solution must say the same");
            if (!solution.Contains($"{guid}.Debug|Any CPU.ActiveCfg", StringComparison.Ordinal)) findings.Add(solutionPath, 0, $"{project.Name} has no ActiveCfg: the extension would not build it");
            if (solution.Contains($"{guid}.Debug|Any CPU.Build.0", StringComparison.Ordinal) || solution.Contains($"{guid}.Release|Any CPU.Build.0", StringComparison.Ordinal))
                findings.Add(solutionPath, 0, $"take the Build.0 lines of {project.Name} out: the plain SDK cannot build it");
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void The_device_image_is_the_one_executable()
    {
        foreach (var component in Projects.Firmware)
            Assert.AreEqual(component == "Device" ? "Exe" : "Library", Projects.Device(component).Items("OutputType").Single().Value, component);
    }

    private static string PropertyOf(string packageId) => $"Nano{PrefixPattern().Replace(packageId, "").Replace(".", "")}Version";

    private static Dictionary<string, string> ReadCentralVersions() =>
        XDocument.Load(Path.Combine(Repository.Root, "nanoframework.props")).Descendants("PropertyGroup").Elements()
            .ToDictionary(element => element.Name.LocalName, element => element.Value);

    [GeneratedRegex("^nanoFramework\\.")]
    private static partial Regex PrefixPattern();
}
