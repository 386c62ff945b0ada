using Traxxs.Cli.Shared;

namespace Traxxs.Cli.Tests.Shared;

[TestClass]
public sealed class OpenFilesTests
{
    private readonly string _file = Path.GetTempFileName();

    [TestCleanup]
    public void RemoveFile() => File.Delete(_file);

    [TestMethod]
    [DataRow("Max open files            1024                 524288               files     ", 1024L)]
    [DataRow("Max open files            unlimited            unlimited            files     ", null)]
    [DataRow("Max processes             95917                95917                processes ", null)]
    public void The_soft_limit_is_read(string line, long? expected)
    {
        File.WriteAllText(_file, $"Limit                     Soft Limit           Hard Limit           Units     \n{line}\n");
        Assert.AreEqual(expected, OpenFiles.LimitIn(_file));
    }

    [TestMethod]
    public void Too_few_are_named_with_what_to_do()
    {
        var limit = OpenFiles.LimitIn("/proc/self/limits");
        if (limit is null) Assert.Inconclusive("the system does not say how many files may be open");
        Assert.IsNull(OpenFiles.ProblemWith(1));
        Assert.Contains("ulimit -n", OpenFiles.ProblemWith((int)Math.Min(int.MaxValue - 1000, limit.Value + 1))!);
    }
}
