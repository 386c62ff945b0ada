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

    [TestMethod]
    public void Any_offer_and_any_block_comes_back_as_it_went()
    {
        var random = new Random(32);
        for (var i = 0; i < 2000; i++)
        {
            var offer = new Command { Code = CommandCode.Update, Id = SampleReports.AnyUInt(random), ImageVersion = SampleReports.AnyUInt(random) | 1, ImageSize = random.Next(1, int.MaxValue) };
            Assert.AreEqual(DecodeResult.Ok, CommandFrame.TryRead(_frame, 0, CommandFrame.Write(offer, _frame, 0), _read));
            Assert.AreEqual((offer.Id, offer.ImageVersion, offer.ImageSize), (_read.Id, _read.ImageVersion, _read.ImageSize));

            var block = Block(SampleReports.AnyUInt(random), random.Next(), random.Next(1, Command.BlockSizeMax + 1));
            random.NextBytes(block.Block);
            Assert.AreEqual(DecodeResult.Ok, CommandFrame.TryRead(_frame, 0, CommandFrame.Write(block, _frame, 0), _read));
            Assert.AreEqual((block.Id, block.BlockOffset, block.BlockLength), (_read.Id, _read.BlockOffset, _read.BlockLength));
            CollectionAssert.AreEqual(block.Block[..block.BlockLength], _read.Block[..block.BlockLength]);
            Assert.AreEqual(0, _read.ImageSize, "what the offer before it named does not show");
        }
    }

    [TestMethod]
    public void An_offer_of_nothing_half_an_offer_or_a_block_of_another_command_is_not_written()
    {
        Assert.AreEqual(0, CommandFrame.Write(new Command { Code = CommandCode.Update, ImageVersion = 1 }, _frame, 0));
        Assert.AreEqual(0, CommandFrame.Write(new Command { Code = CommandCode.Update, ImageSize = 1 }, _frame, 0));
        Assert.AreEqual(0, CommandFrame.Write(new Command { Code = CommandCode.Update, ImageVersion = 1, ImageSize = -1 }, _frame, 0));
        Assert.AreEqual(0, CommandFrame.Write(new Command { Code = CommandCode.Reboot, ImageVersion = 1, ImageSize = 1 }, _frame, 0));
        Assert.AreEqual(0, CommandFrame.Write(Block(1, -1, 1), _frame, 0));
        Assert.AreEqual(0, CommandFrame.Write(Block(1, 0, 0), _frame, 0));
        Assert.AreEqual(0, CommandFrame.Write(Block(1, 0, Command.BlockSizeMax + 1), _frame, 0));
        var other = Block(1, 0, 1);
        other.Code = CommandCode.Configure;
        Assert.AreEqual(0, CommandFrame.Write(other, _frame, 0));
    }

    [TestMethod]
    public void A_signed_images_header_says_what_it_was_written_with_and_every_other_byte_is_refused_by_name()
    {
        var file = new byte[SignedImage.HeaderSize + 1000 + SignedImage.SignatureSize];
        SignedImage.WriteHeader(file, 0x01020304, 1000);
        Assert.AreEqual("58534657010100000102030400" + "0003e8", Convert.ToHexStringLower(file, 0, SignedImage.HeaderSize));
        Assert.AreEqual(UpdateRefusal.None, SignedImage.ReadHeader(file, file.Length, out var version, out var imageSize));
        Assert.AreEqual((0x01020304u, 1000), (version, imageSize));
        for (var bit = 0; bit < 8 * SignedImage.HeaderSize; bit++)
        {
            if (bit / 8 is >= 8 and < 12) continue; // another version is another image, and the signature's to find
            file[bit / 8] ^= (byte)(1 << bit % 8);
            var expected = bit / 8 < 8 ? UpdateRefusal.WrongBoard : UpdateRefusal.Malformed;
            Assert.AreEqual(expected, SignedImage.ReadHeader(file, file.Length, out _, out _), $"bit {bit}");
            file[bit / 8] ^= (byte)(1 << bit % 8);
        }

        Assert.AreEqual(UpdateRefusal.Malformed, SignedImage.ReadHeader(file, file.Length - 1, out _, out _));
        SignedImage.WriteHeader(file, 0, 1000);
        Assert.AreEqual(UpdateRefusal.Malformed, SignedImage.ReadHeader(file, file.Length, out _, out _));
        SignedImage.WriteHeader(file, 1, SignedImage.FileSizeMax);
        Assert.AreEqual(UpdateRefusal.Malformed, SignedImage.ReadHeader(file, SignedImage.FileSizeMax + 272, out _, out _));
    }

    private static Command Block(uint version, int offset, int length) =>
        new() { Code = CommandCode.UpdateBlock, Id = version, BlockOffset = offset, BlockLength = length };

    private static Command Configuration(uint version, (byte Id, int Value)[] settings)
    {
        var command = new Command { Code = CommandCode.Configure, Id = version, SettingCount = settings.Length };
        for (var i = 0; i < settings.Length; i++) (command.SettingIds[i], command.SettingValues[i]) = settings[i];
        return command;
    }
}
