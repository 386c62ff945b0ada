using System.Reflection;

namespace Traxxs.Core.Tests;

[TestClass]
public class ProfileTests
{
    [TestMethod]
    public void The_default_profile_is_valid()
    {
        Assert.IsNull(new TrackerProfile().Validate());
    }

    [TestMethod]
    public void Every_field_is_checked_and_named()
    {
        foreach (var field in typeof(TrackerProfile).GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            foreach (var value in new[] { -1, int.MinValue, int.MaxValue })
            {
                var profile = new TrackerProfile();
                field.SetValue(profile, value);
                var problem = profile.Validate();
                Assert.IsNotNull(problem, $"{field.Name} = {value} passes");
                Assert.IsTrue(problem.Contains(field.Name + " is ") || field.Name is "SettleAfterMs" or "AccuracyGoodM", $"{field.Name} = {value}: {problem}");
            }
        }
    }
}
