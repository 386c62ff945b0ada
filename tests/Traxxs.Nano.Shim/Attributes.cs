using MSTest = Microsoft.VisualStudio.TestTools.UnitTesting;

namespace nanoFramework.TestFramework;

/// <summary>A class of tests. The device calls its methods without an instance, so they hold no state.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TestClassAttribute : MSTest.TestClassAttribute;

/// <summary>A test.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TestMethodAttribute : MSTest.TestMethodAttribute
{
    /// <summary>As on the device.</summary>
    public TestMethodAttribute()
    {
    }
}
