using System.Collections.Concurrent;
using System.Security.Cryptography;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Update;
using Traxxs.Device.Adapters;
using Traxxs.NanoHost;
using Traxxs.Protocol;
using Traxxs.Simulation.Updates;

namespace Traxxs.Device.Tests;

/// <summary>The factory's image and one that comes over the air: the same program twice, on files as the board has them.</summary>
[TestClass]
public sealed class BootTests
{
    private const uint New = FirmwareVersion.Number + 1;

    private static readonly RSA Key = RSA.Create(2048);
    private static readonly Lazy<byte[]> Good = new(() => SignedFile.Make(New, MergedImage.Make(), Key));

    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly ConcurrentQueue<string> _printed = new();

    private string Root => _folder + Path.DirectorySeparatorChar;

    [TestInitialize]
    public void MakeFolder()
    {
        NanoConsole.Install();
        Directory.CreateDirectory(_folder);
        File.WriteAllBytes(Root + Board.UpdateKeyFile, SignedFile.PublicKey(Key));
    }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    [TestMethod]
    public async Task A_signed_image_comes_over_the_link_is_started_from_its_file_proves_itself_and_stays()
    {
        await using var server = await TestServer.StartAsync();
        Provision(server.Port);
        await server.SendDownAsync(Frame(new Command { Id = 77, Code = CommandCode.Update, ImageVersion = New, ImageSize = Good.Value.Length }), retain: true);
        using (var board = Start())
        {
            await ServeUntilAsync(server, () => board.Board.Reboots == 1);
            Eventually.True(() => board.Ended is BoardOffException, "the program has ended");
            Assert.IsFalse(_printed.Any(IsGreeting));
        }

        CollectionAssert.AreEqual(Good.Value, File.ReadAllBytes(Root + "update02.bin"), "the file is on flash as it was sent");
        using (var board = Start())
        {
            Eventually.True(() => _printed.Any(IsGreeting), "the new image runs");
            Eventually.True(() => Events(server).Contains((EventCode.UpdateKept, (int)New)), "it has proved itself");
            Assert.IsNull(board.Ended, board.Ended?.ToString());
        }

        var record = Load();
        Assert.AreEqual((1u, 1u), (record.Image, record.Previous));
        _printed.Clear();
        using var again = Start();
        Eventually.True(() => _printed.Any(IsGreeting), "and runs after every start");
        var identities = server.Reports.Select(Read).Select(report => (report.Epoch, report.Sequence, report.EventCount)).Distinct().ToList();
        Assert.HasCount(identities.Count, identities.DistinctBy(one => (one.Epoch, one.Sequence)).ToList(), "both images number reports in one row");
    }

    [TestMethod]
    public void An_image_that_breaks_at_its_start_is_tried_three_times_and_the_factorys_runs_again()
    {
        Put(SignedFile.Make(New, MergedImage.Make(breaks: true), Key));
        for (var start = 0; start < BootRecord.TriesMax; start++)
        {
            using var board = Start();
            Eventually.True(() => board.Ended is BoardOffException, "the image has ended");
            Assert.AreEqual(1, board.Board.Reboots);
            Assert.IsFalse(board.Runs, "no chip was spoken to");
        }

        AssertFactoryRuns(failed: New);
    }

    [TestMethod]
    public void An_image_on_trial_that_takes_no_configuration_is_tried_three_times_and_the_factorys_runs_again()
    {
        Put(SignedFile.Make(New, MergedImage.Make(impatient: true), Key));
        for (var start = 0; start < BootRecord.TriesMax; start++)
        {
            using var board = Start();
            Eventually.True(() => board.Ended is BoardOffException, "the image gives up");
            Assert.AreEqual(1, board.Board.Reboots);
            Assert.AreEqual((byte)BootReason.Requested, File.ReadAllBytes(Root + "restart").Single());
        }

        AssertFactoryRuns(failed: New);
    }

    [TestMethod]
    public void An_image_that_is_kept_waits_for_its_configuration_as_long_as_it_takes()
    {
        Put(SignedFile.Make(New, MergedImage.Make(impatient: true), Key));
        var record = Load();
        record.Previous = record.Image;
        record.TrySave();
        using var board = Start();
        Eventually.True(() => _printed.Count(line => line.StartsWith(Board.ConfigFile, StringComparison.Ordinal)) > 2 * Program.ConfigTriesMax, "it goes on looking");
        Assert.AreEqual(0, board.Board.Reboots);
        Provision(1);
        Eventually.True(() => board.Runs, "and runs as soon as it is there");
    }

    [TestMethod]
    [DataRow("flipped")]
    [DataRow("short")]
    [DataRow("gone")]
    [DataRow("no image")]
    public void An_image_that_cannot_be_loaded_is_given_back_at_once(string how)
    {
        var file = (byte[])Good.Value.Clone();
        if (how == "flipped") file.AsSpan(SignedImage.HeaderSize, 64).Fill(0xA5);       // the PC's loader has no sums over all, the board's has
        if (how == "no image") new Random(1).NextBytes(file.AsSpan(SignedImage.HeaderSize));
        Put(file);
        if (how == "short") File.WriteAllBytes(Root + "update02.bin", file[..300]);
        if (how == "gone") File.Delete(Root + "update02.bin");
        using (var board = Start())
        {
            Eventually.True(() => board.Ended is BoardOffException, "the board restarts, with all of its memory");
            Assert.AreEqual(1, board.Board.Reboots);
        }

        AssertFactoryRuns(failed: New);
    }

    [TestMethod]
    public void A_record_that_cannot_be_written_runs_the_factorys_image_without_restarting_for_ever()
    {
        Put(Good.Value);
        var record = Load();
        record.Previous = record.Image;         // kept, and then its file goes
        record.TrySave();
        File.Delete(Root + "update02.bin");
        Provision(1);
        var newer = File.ReadAllBytes(Root + "update00.bin");   // the second write
        File.Delete(Root + "update01.bin");
        Directory.CreateDirectory(Root + "update01.bin");       // what every platform refuses to write as a file
        using var board = Start();
        Eventually.True(() => board.Runs, "the factory's image runs");
        Assert.AreEqual(0, board.Board.Reboots);
        CollectionAssert.AreEqual(newer, File.ReadAllBytes(Root + "update00.bin"));
    }

    [TestMethod]
    public void Without_a_key_or_with_half_a_key_the_board_knows_none()
    {
        var board = new UpdateBoard(Root);
        Assert.HasCount(UpdateBoard.KeySize, board.TryReadKey()!);
        File.WriteAllBytes(Root + Board.UpdateKeyFile, new byte[255]);
        Assert.IsNull(board.TryReadKey());
        File.Delete(Root + Board.UpdateKeyFile);
        Assert.IsNull(board.TryReadKey());
    }

    private void AssertFactoryRuns(uint failed)
    {
        _printed.Clear();
        Provision(1);
        using var board = Start();
        Eventually.True(() => board.Runs, "the factory's image runs");
        Assert.IsFalse(_printed.Any(IsGreeting));
        var record = Load();
        Assert.AreEqual((0u, 0u, failed), (record.Image, record.Previous, record.Failed));
    }

    // As the updater leaves it.
    private void Put(byte[] file)
    {
        var record = Load();
        record.Versions[1] = New;
        record.Image = 1;
        record.Tries = BootRecord.TriesMax;
        Assert.IsTrue(record.TrySave());
        File.WriteAllBytes(Root + "update02.bin", file);
    }

    private BootRecord Load()
    {
        var record = new BootRecord(Boot.Storage(Root), FirmwareVersion.Number);
        record.Load();
        return record;
    }

    private RealTimeBoard Start()
    {
        var board = new RealTimeBoard();
        board.Board.Printed = _printed.Enqueue;
        board.Start(_folder);
        return board;
    }

    private static bool IsGreeting(string line) => line.StartsWith(MergedImage.Greeting, StringComparison.Ordinal);

    private void Provision(int port) => File.WriteAllText(
        Root + Board.ConfigFile, $"id={TestServer.DeviceId}\nsecret={TestServer.Secret}\nssid=factory\npsk=hall 7\nhost=localhost\nport={port}\n");

    private static async Task ServeUntilAsync(TestServer server, Func<bool> done)
    {
        var served = 0;
        for (var i = 0; i < 1200 && !done(); i++)
        {
            var wanted = Events(server).Where(one => one.Code == EventCode.UpdateWants).Skip(served).ToList();
            served += wanted.Count;
            foreach (var (_, from) in wanted)
            {
                for (var offset = from; offset < Math.Min(Good.Value.Length, from + Updater.WindowSize); offset += Command.BlockSizeMax)
                {
                    var block = new Command { Code = CommandCode.UpdateBlock, Id = New, BlockOffset = offset, BlockLength = Math.Min(Command.BlockSizeMax, Good.Value.Length - offset) };
                    Good.Value.AsSpan(offset, block.BlockLength).CopyTo(block.Block);
                    await server.SendDownAsync(Frame(block));
                }
            }

            await Task.Delay(50);
        }

        Assert.IsTrue(done(), string.Join(", ", Events(server)));
    }

    private static List<(EventCode Code, int Value)> Events(TestServer server) => [.. server.Reports.Select(Read).DistinctBy(report => (report.Epoch, report.Sequence))
        .SelectMany(report => Enumerable.Range(0, report.EventCount).Select(i => (report.EventCodes[i], report.EventValue[i])))];

    private static Report Read(byte[] payload)
    {
        var report = new Report();
        Assert.AreEqual(DecodeResult.Ok, new ReportReader().Read(payload, 0, payload.Length, report));
        return report;
    }

    private static byte[] Frame(Command command)
    {
        var buffer = new byte[CommandFrame.FrameSizeMax];
        return buffer[..CommandFrame.Write(command, buffer, 0)];
    }
}
