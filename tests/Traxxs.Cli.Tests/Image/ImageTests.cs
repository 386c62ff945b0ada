using System.Text.Json;
using Mono.Cecil;
using Traxxs.Cli.Tests.Flash;

namespace Traxxs.Cli.Tests.Image;

/// <summary><c>image</c> on the PC's build of the firmware, with a stand-in for the metadata processor that copies what it is given.</summary>
[TestClass]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ImageTests
{
    private const string Copies = "while [ $# -gt 0 ]; do case $1 in -parse) from=$2;; -compile) to=$2;; esac; shift; done; cp \"$from\" \"$to\"";

    private readonly string _folder = Directory.CreateTempSubdirectory("traxxs-image-").FullName;

    public required TestContext TestContext { get; set; }

    private string Build => Path.Combine(_folder, "build");

    private string Out => Path.Combine(_folder, "out");

    [TestInitialize]
    public void MakeBuild()
    {
        if (OperatingSystem.IsWindows()) Assert.Inconclusive("the stand-in is a shell script");
        Directory.CreateDirectory(Build);
        foreach (var name in new[] { "Traxxs.Protocol.dll", "Traxxs.Core.dll", "Traxxs.Drivers.dll", "Traxxs.NanoHost.dll" })
            File.Copy(Path.Combine(AppContext.BaseDirectory, name), Path.Combine(Build, name));
        using (var device = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, "Traxxs.Device.dll")))
        {
            device.Kind = ModuleKind.Console;
            device.EntryPoint = device.GetType("Traxxs.Device.Program").Methods.Single(method => method.Name == "Main");
            device.Write(Path.Combine(Build, "Traxxs.Device.exe"));
        }

        File.WriteAllBytes(Path.Combine(Build, "mscorlib.pe"), [1, 2, 3, 4, 5]);
        File.WriteAllBytes(Path.Combine(Build, "System.Net.pe"), [6]);
        File.WriteAllBytes(Path.Combine(Build, "Traxxs.Core.pe"), new byte[100]);
    }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task Four_assemblies_become_one_image_behind_the_libraries()
    {
        var run = await ImageAsync(Copies, "--json");

        Assert.AreEqual(0, run.Exit, run.Errors);
        var result = JsonDocument.Parse(run.Output).RootElement;
        Assert.AreEqual(3, result.GetProperty("merged").GetInt32());
        Assert.AreEqual(100, result.GetProperty("image").GetProperty("ownBytesBefore").GetInt64());
        var own = await File.ReadAllBytesAsync(Path.Combine(Out, "Traxxs.Device.pe"), TestContext.CancellationToken);
        var binary = await File.ReadAllBytesAsync(Path.Combine(Out, "Traxxs.Device.bin"), TestContext.CancellationToken);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5, 0, 0, 0, 6, 0, 0, 0 }, binary[..12], "the core library first, each padded");
        CollectionAssert.AreEqual(own, binary[12..(12 + own.Length)]);
        using var module = ModuleDefinition.ReadModule(new MemoryStream(own));
        Assert.IsFalse(module.AssemblyReferences.Any(reference => reference.Name is "Traxxs.Protocol" or "Traxxs.Core" or "Traxxs.Drivers"));
        Assert.AreEqual("Main", module.EntryPoint.Name);
        Assert.IsNull(module.GetType("Traxxs.Core.Tracker"), "it has a short name");
    }

    [TestMethod]
    public async Task Without_a_processor_the_assembly_alone_is_made()
    {
        var run = await Tool.RunAsync(TestContext, "image", Build, "--out", Out);
        Assert.AreEqual(0, run.Exit, run.Errors);
        Assert.IsTrue(File.Exists(Path.Combine(Out, "Traxxs.Device.exe")));
        Assert.IsFalse(File.Exists(Path.Combine(Out, "Traxxs.Device.bin")));
    }

    [TestMethod]
    public async Task A_processor_that_fails_leaves_no_image()
    {
        var run = await ImageAsync("echo 'Exception minimizing assembly'; exit 3");
        Assert.AreEqual(1, run.Exit);
        Assert.Contains("code 3", run.Errors);
        Assert.Contains("Exception minimizing assembly", run.Errors);
        Assert.IsFalse(File.Exists(Path.Combine(Out, "Traxxs.Device.bin")));
    }

    [TestMethod]
    public async Task A_folder_that_is_no_device_build_is_wrong_usage()
    {
        File.Delete(Path.Combine(Build, "Traxxs.Core.dll"));
        var run = await ImageAsync(Copies);
        Assert.AreEqual(2, run.Exit);
        Assert.Contains("Traxxs.Core.dll is not there", run.Errors);
    }

    private Task<Tool.Result> ImageAsync(string behaviour, params string[] arguments)
    {
        var script = Path.Combine(_folder, "processor");
        File.WriteAllText(script, $"#!/bin/sh\n{behaviour}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Tool.RunAsync(TestContext, ["image", Build, "--out", Out, "--processor", script, .. arguments]);
    }
}
