using MSTest = Microsoft.VisualStudio.TestTools.UnitTesting;

namespace nanoFramework.TestFramework;

/// <summary>The assertions used on the device. All of its <c>AreEqual</c> are here, so that a call that is ambiguous there is so here.</summary>
public sealed class Assert
{
    private Assert()
    {
    }

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(bool expected, bool actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(byte expected, byte actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(char expected, char actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(double expected, double actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(float expected, float actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(int expected, int actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(long expected, long actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(object expected, object actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(sbyte expected, sbyte actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(short expected, short actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(uint expected, uint actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(ulong expected, ulong actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the values differ.</summary>
    public static void AreEqual(ushort expected, ushort actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the texts differ.</summary>
    public static void AreEqual(string expected, string actual, string message = "") => MSTest.Assert.AreEqual(expected, actual, message);

    /// <summary>Fails where the condition is false.</summary>
    public static void IsTrue(bool condition, string message = "") => MSTest.Assert.IsTrue(condition, message);

    /// <summary>Fails where the condition is true.</summary>
    public static void IsFalse(bool condition, string message = "") => MSTest.Assert.IsFalse(condition, message);
}
