namespace Traxxs.Protocol.Tests;

[TestClass]
public class CommandTests
{
    private readonly byte[] _frame = new byte[CommandFrame.FrameSizeMax];
    private readonly Command _read = new();

    [TestMethod]
    public void A_configuration_that_names_every_setting_at_a_days_seconds_fits_a_frame()
    {
        var command = Configuration(uint.MaxValue, [.. Enum.GetValues<SettingCode>().Where(code => code != SettingCode.None).Select(code => ((byte)code, 86400))]);
        var length = CommandFrame.Write(command, _frame, 0);
        Assert.IsGreaterThan(0, length);
        Assert.AreEqual(DecodeResult.Ok, CommandFrame.TryRead(_frame, 0, length, _read));
        Assert.AreEqual(uint.MaxValue, _read.Id);
        CollectionAssert.AreEqual(command.SettingIds, _read.SettingIds);
        CollectionAssert.AreEqual(command.SettingValues, _read.SettingValues);
        for (var room = 0; room < length; room++) Assert.AreEqual(0, CommandFrame.Write(command, new byte[room], 0));
    }

    [TestMethod]
    public void Any_configuration_comes_back_as_it_went_or_is_not_written_where_it_is_too_long()
    {
        var random = new Random(31);
        for (var i = 0; i < 2000; i++)
        {
            var ids = Enumerable.Range(1, 255).OrderBy(_ => random.Next()).Take(random.Next(0, Command.SettingsMax + 1)).Order();
            var command = Configuration(SampleReports.AnyUInt(random), [.. ids.Select(id => ((byte)id, (int)(SampleReports.AnyUInt(random) >> 1)))]);
            var length = CommandFrame.Write(command, _frame, 0);
            if (length == 0)
            {
                Assert.IsGreaterThan(CommandFrame.FrameSizeMax, command.SettingCount * 6 + 9);
                continue;
            }

            Assert.AreEqual(DecodeResult.Ok, CommandFrame.TryRead(_frame, 0, length, _read));
            Assert.AreEqual(command.SettingCount, _read.SettingCount);
            CollectionAssert.AreEqual(command.SettingIds[..command.SettingCount], _read.SettingIds[..command.SettingCount]);
            CollectionAssert.AreEqual(command.SettingValues[..command.SettingCount], _read.SettingValues[..command.SettingCount]);
        }
    }

    [TestMethod]
    public void Settings_out_of_order_twice_negative_or_of_another_command_are_not_written()
    {
        Assert.AreEqual(0, CommandFrame.Write(Configuration(1, [(2, 1), (1, 1)]), _frame, 0));
        Assert.AreEqual(0, CommandFrame.Write(Configuration(1, [(2, 1), (2, 1)]), _frame, 0));
        Assert.AreEqual(0, CommandFrame.Write(Configuration(1, [(0, 1)]), _frame, 0));
        Assert.AreEqual(0, CommandFrame.Write(Configuration(1, [(1, -1)]), _frame, 0));
        var other = Configuration(1, [(1, 1)]);
        other.Code = CommandCode.Reboot;
        Assert.AreEqual(0, CommandFrame.Write(other, _frame, 0));
    }

    [TestMethod]
    public void What_an_earlier_command_named_does_not_show_in_the_next()
    {
        CommandFrame.TryRead(_frame, 0, CommandFrame.Write(Configuration(3, [(1, 30)]), _frame, 0), _read);
        CommandFrame.TryRead(_frame, 0, CommandFrame.Write(Configuration(4, []), _frame, 0), _read);
        Assert.AreEqual(0, _read.SettingCount);
    }

    private static Command Configuration(uint version, (byte Id, int Value)[] settings)
    {
        var command = new Command { Code = CommandCode.Configure, Id = version, SettingCount = settings.Length };
        for (var i = 0; i < settings.Length; i++) (command.SettingIds[i], command.SettingValues[i]) = settings[i];
        return command;
    }
}
