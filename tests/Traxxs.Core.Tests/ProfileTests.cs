using Traxxs.Protocol;

namespace Traxxs.Core.Tests;

[TestClass]
public class ProfileTests
{
    private static readonly SettingCode[] Settings = [.. Enum.GetValues<SettingCode>().Where(code => code != SettingCode.None)];

    [TestMethod]
    public void The_default_profile_is_valid()
    {
        Assert.AreEqual(SettingCode.None, new TrackerProfile().Validate());
    }

    [TestMethod]
    public void Every_setting_is_checked_and_named()
    {
        foreach (var code in Settings)
        {
            foreach (var value in new[] { -1, int.MinValue, int.MaxValue - 1000 }) Assert.AreEqual(code, new TrackerProfile { [code] = value }.Validate(), $"{code} = {value}");
        }
    }

    [TestMethod]
    public void A_setting_whose_range_hangs_on_another_is_held_to_it()
    {
        Assert.AreEqual(SettingCode.AccuracyWorstM, new TrackerProfile { [SettingCode.AccuracyWorstM] = 11 }.Validate());
        Assert.AreEqual(SettingCode.None, new TrackerProfile { [SettingCode.AccuracyWorstM] = 11, [SettingCode.AccuracyGoodM] = 11 }.Validate());
        Assert.AreEqual(SettingCode.StillAfterMs, new TrackerProfile { [SettingCode.StillAfterMs] = 5999 }.Validate());
        Assert.AreEqual(SettingCode.None, new TrackerProfile { [SettingCode.StillAfterMs] = 5999, [SettingCode.SettleAfterMs] = 4999 }.Validate());
    }

    [TestMethod]
    public void A_configuration_changes_what_it_names_and_takes_the_rest_from_the_built_in_profile()
    {
        var builtIn = new TrackerProfile { [SettingCode.FixIntervalS] = 90, [SettingCode.HeartbeatS] = 1800 };
        foreach (var code in Settings)
        {
            var profile = new TrackerProfile { [SettingCode.StopReportS] = 77, [SettingCode.HeartbeatS] = 78 };
            var value = builtIn[code];
            var other = value == 0 || code is SettingCode.OffFoot or SettingCode.GestureSos ? 1 - value : value - 1;
            var command = new Command { Code = CommandCode.Configure, Id = 1, SettingCount = 1 };
            (command.SettingIds[0], command.SettingValues[0]) = ((byte)code, other);
            Assert.AreEqual(SettingCode.None, profile.Take(command, builtIn), $"{code}");
            foreach (var each in Settings) Assert.AreEqual(each == code ? other : builtIn[each], profile[each], $"{code}: {each}");
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
