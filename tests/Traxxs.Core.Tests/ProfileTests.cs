using System.Reflection;
using Traxxs.Protocol;

namespace Traxxs.Core.Tests;

[TestClass]
public class ProfileTests
{
    private static readonly FieldInfo[] Fields = typeof(TrackerProfile).GetFields(BindingFlags.Public | BindingFlags.Instance);

    [TestMethod]
    public void The_default_profile_is_valid()
    {
        Assert.AreEqual(SettingCode.None, new TrackerProfile().Validate());
    }

    [TestMethod]
    public void Every_field_is_a_setting_and_checked()
    {
        CollectionAssert.AreEquivalent(
            Enum.GetNames<SettingCode>().Where(name => name != nameof(SettingCode.None)).ToArray(), Fields.Select(field => field.Name).ToArray());
        foreach (var field in Fields)
        {
            foreach (var value in new[] { -1, int.MinValue, int.MaxValue - 1000 })
            {
                var profile = new TrackerProfile();
                field.SetValue(profile, value);
                var problem = profile.Validate();
                Assert.AreNotEqual(SettingCode.None, problem, $"{field.Name} = {value} passes");
                Assert.AreEqual(field.Name, problem.ToString(), $"{field.Name} = {value}");
            }
        }
    }

    [TestMethod]
    public void A_configuration_changes_what_it_names_and_takes_the_rest_from_the_built_in_profile()
    {
        var builtIn = new TrackerProfile { FixIntervalS = 90, HeartbeatS = 1800 };
        foreach (var field in Fields)
        {
            var profile = new TrackerProfile { StopReportS = 77, HeartbeatS = 78 };
            var value = (int)field.GetValue(builtIn)!;
            var other = value == 0 || field.Name == nameof(TrackerProfile.OffFoot) ? 1 - value : value - 1;
            if (field.Name is nameof(TrackerProfile.GestureSos)) other = 1 - value;
            var command = new Command { Code = CommandCode.Configure, Id = 1, SettingCount = 1 };
            (command.SettingIds[0], command.SettingValues[0]) = ((byte)Enum.Parse<SettingCode>(field.Name), other);
            Assert.AreEqual(SettingCode.None, profile.Take(command, builtIn), field.Name);
            foreach (var each in Fields) Assert.AreEqual(each == field ? other : each.GetValue(builtIn), each.GetValue(profile), $"{field.Name}: {each.Name}");
        }
    }

    [TestMethod]
    public void A_setting_that_is_not_known_is_named_by_its_number()
    {
        var command = new Command { Code = CommandCode.Configure, Id = 1, SettingCount = 2 };
        (command.SettingIds[0], command.SettingValues[0]) = ((byte)SettingCode.BatchFixes, 10);
        command.SettingIds[1] = 200;
        Assert.AreEqual((SettingCode)200, new TrackerProfile().Take(command, new TrackerProfile()));
    }
}
