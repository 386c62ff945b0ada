using System.Xml.Linq;

namespace Traxxs.Repository.Tests;

/// <summary>One project file.</summary>
internal sealed record Project(string Path, XDocument Xml)
{
    /// <summary>Name without the suffix.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Absolute folder.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Elements of a name, whatever their XML namespace.</summary>
    public IEnumerable<XElement> Items(string name) => Xml.Descendants().Where(element => element.Name.LocalName == name);

    /// <summary>Names of the projects it references.</summary>
    public IEnumerable<string> References => Items("ProjectReference")
        .Select(item => System.IO.Path.GetFileNameWithoutExtension(item.Attribute("Include")!.Value.Replace('\\', '/')));

    /// <summary>Line of an element.</summary>
    public static int LineOf(XElement element) => ((System.Xml.IXmlLineInfo)element).LineNumber;
}

/// <summary>All projects of the repository.</summary>
internal static class Projects
{
    /// <summary>Names of the firmware's components, in order of dependence.</summary>
    public static readonly string[] Firmware = ["Protocol", "Core", "Drivers", "Device"];

    /// <summary>All that the interpreter runs: the firmware, and the tests that go onto the board.</summary>
    public static readonly string[] OnInterpreter = [.. Firmware, NanoTests];

    private const string NanoTests = "Nano.Tests";

    /// <summary>The PC projects.</summary>
    public static IEnumerable<Project> OnPc => Load(".csproj");

    /// <summary>The device projects.</summary>
    public static IEnumerable<Project> OnDevice => Load(".nfproj");

    /// <summary>One device project by component name.</summary>
    public static Project Device(string component) =>
        Open(Path.Combine(Repository.Root, FolderOf(component), component == NanoTests ? "NFUnitTest.nfproj" : $"Traxxs.{component}.nfproj"));

    /// <summary>Folder of a component, inside the repository.</summary>
    public static string FolderOf(string component) => $"{(component == NanoTests ? "tests" : "firmware")}/Traxxs.{component}";

    private static IEnumerable<Project> Load(string suffix) => Repository.FilesBelow(".", suffix).Select(path => Open(Path.GetFullPath(path)));

    private static Project Open(string path) => new(path, XDocument.Load(path, LoadOptions.SetLineInfo));
}
