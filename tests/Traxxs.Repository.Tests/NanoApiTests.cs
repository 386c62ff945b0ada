namespace Traxxs.Repository.Tests;

/// <summary>
/// The firmware compiles against .NET and NanoHost here, which have more than the device. <c>nano-members.txt</c> holds what
/// it may use: exactly what it does use, each checked against the API lists of the device's assemblies where they are at
/// hand. TRAXXS_ACCEPT=1 writes the file anew.
/// </summary>
[TestClass]
public sealed class NanoApiTests
{
    private static string ListPath => Path.Combine(Repository.Root, "tests", "Traxxs.Repository.Tests", "nano-members.txt");

    [TestMethod]
    public void The_firmware_uses_only_members_on_the_list()
    {
        if (Environment.GetEnvironmentVariable("TRAXXS_ACCEPT") == "1") WriteList();
        var allowed = File.ReadAllLines(ListPath).ToHashSet();
        var findings = new Findings();
        foreach (var use in UsedApi.Everywhere.Where(use => !allowed.Contains(use.Id)))
            findings.Add(use.File, use.Line, $"uses {use.Id}, which is not in nano-members.txt: if the device has it, run this test with TRAXXS_ACCEPT=1 to add it; else write it by hand");
        findings.AssertNone();
    }

    [TestMethod]
    public void The_list_holds_nothing_that_is_not_used()
    {
        var used = UsedApi.Everywhere.Select(use => use.Id).ToHashSet();
        var findings = new Findings();
        var number = 0;
        foreach (var id in File.ReadLines(ListPath))
        {
            number++;
            if (!used.Contains(id)) findings.Add(ListPath, number, $"{id} is no longer used: take it out, or run with TRAXXS_ACCEPT=1");
        }

        findings.AssertNone();
    }

    [TestMethod]
    public void Every_member_on_the_list_exists_on_the_device()
    {
        if (NanoApi.Find(out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        var device = NanoApi.Load(folder);
        var findings = new Findings();
        foreach (var use in UsedApi.Everywhere.Where(use => !device.ContainsKey(use.Id)))
            findings.Add(use.File, use.Line, $"uses {use.Id}: the device has no such member. See NanoApi.{nameof(NanoApi.OnDevice)} if it is only spelled otherwise there");
        findings.AssertNone();
    }

    [TestMethod]
    public void Every_device_project_references_the_assemblies_it_uses()
    {
        if (NanoApi.Find(out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        var device = NanoApi.Load(folder);
        var findings = new Findings();
        foreach (var component in Projects.OnInterpreter)
        {
            var project = Projects.Device(component);
            var referenced = project.Items("Reference").Select(item => item.Attribute("Include")!.Value).ToHashSet();
            foreach (var use in UsedApi.Everywhere.Where(use => use.Component == $"Traxxs.{component}" && device.ContainsKey(use.Id)))
            {
                if (!referenced.Contains(device[use.Id])) findings.Add(use.File, use.Line, $"uses {use.Id} of {device[use.Id]}: add that Reference to {project.Name}.nfproj and its package to packages.config");
            }
        }

        findings.AssertNone();
    }

    [TestMethod]
    [DataRow("Traxxs.NanoHost")]
    [DataRow("Traxxs.Nano.Shim")]
    public void A_stand_in_offers_nothing_that_the_device_has_not(string standIn)
    {
        if (NanoApi.Find(out var message) is not { } folder)
        {
            Assert.Inconclusive(message);
            return;
        }

        var device = NanoApi.Load(folder);
        var findings = new Findings();
        foreach (var (id, file) in NanoHostApi.Members(standIn).Where(member => !device.ContainsKey(member.Id)))
            findings.Add(file, 0, $"{id} does not exist on the device: take it out or make it internal");
        findings.AssertNone();
    }

    private static void WriteList()
    {
        var ids = UsedApi.Everywhere.Select(use => use.Id).ToHashSet();
        File.WriteAllText(ListPath, string.Concat(ids.Order(StringComparer.Ordinal).Select(id => id + "\n")));
    }
}
