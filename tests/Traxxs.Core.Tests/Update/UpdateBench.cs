using System.Security.Cryptography;
using Traxxs.Core.Diagnostics;
using Traxxs.Core.Ports;
using Traxxs.Core.Tests.Fakes;
using Traxxs.Core.Update;
using Traxxs.Protocol;
using Traxxs.Simulation.Updates;

namespace Traxxs.Core.Tests.Update;

/// <summary>A board that can be updated and a server that sends what it asks for, in virtual time.</summary>
internal sealed class UpdateBench : IUpdateBoard
{
    public const uint Factory = 0x010000;
    public const uint New = 0x010001;

    public static readonly RSA Key = RSA.Create(2048);
    private bool _woken;
    private int _servedReports;
    private uint _nextOffer = 5000;

    public UpdateBench(int imageSize = 20_000)
    {
        var image = new byte[imageSize];
        new Random(imageSize).NextBytes(image);
        File = SignedFile.Make(New, image, Key);
        Rig = new Rig(storage: new MemoryStorage(32, 4096), updater: MakeUpdater) { BeforeStep = _ => Serve() };
    }

    public Rig Rig { get; }

    /// <summary>Boot record and images.</summary>
    public MemoryStorage Updates { get; } = new(BootRecord.SegmentCount, SignedImage.FileSizeMax);

    public byte[] File { get; set; }

    /// <summary>The image that runs.</summary>
    public int Image { get; private set; }

    public byte[]? PublicKey { get; set; } = SignedFile.PublicKey(Key);

    public int FreeMemory { get; set; } = 1_000_000;

    /// <summary>Whether the server sends what is asked for.</summary>
    public bool Serves { get; set; } = true;

    /// <summary>Whether new images find the network.</summary>
    public bool NewConnects { get; set; } = true;

    /// <summary>Whether the accelerometer answers new images.</summary>
    public bool NewSenses { get; set; } = true;

    /// <summary>Whether new images come as far as their first step.</summary>
    public bool NewStarts { get; set; } = true;

    public int Boots { get; private set; }

    public UpdateState State => Rig.Uplink.Updater!.State;

    public IEnumerable<(EventCode Code, int Value)> News => Rig.Server.Events().Where(e => e.Code is >= EventCode.UpdateRefused and <= EventCode.UpdateReturned).Select(e => (e.Code, e.Value));

    public void Offer(uint version = New, int? size = null)
    {
        var buffer = new byte[CommandFrame.FrameSizeMax];
        var length = CommandFrame.Write(new Command { Code = CommandCode.Update, Id = _nextOffer++, ImageVersion = version, ImageSize = size ?? File.Length }, buffer, 0);
        Rig.Server.Downlink.Add(buffer[..length]);
        Rig.Press(sos: 1);      // contacts
    }

    /// <summary>Lives on, restarting where the firmware asks for it. Ends early where <paramref name="until"/> says so.</summary>
    public void Run(int seconds, Func<bool>? until = null)
    {
        for (var i = 0; i < seconds && until?.Invoke() != true; i++)
        {
            Rig.Do(Doing.Still, 1);
            if (Rig.Outputs.Restart) Boot();
        }
    }

    /// <summary>The chip starts: the factory's image chooses.</summary>
    public void Boot()
    {
        Boots++;
        Updates.IsDead = false;
        Image = new BootRecord(Updates, Factory).Choose(woken: false);
        if (Image != 0 && !NewStarts) Boot();
        else Rig.Reboot();
        Rig.Uplink.Coverage = Image == 0 || NewConnects;
        Rig.AccelerometerFails = Image != 0 && !NewSenses;
    }

    public void AssertNothingLost()
    {
        Rig.Uplink.Coverage = true;
        Rig.Drain();
        Assert.AreEqual(0, Rig.Server.Conflicts);
        CollectionAssert.IsSubsetOf(Rig.Storage.Accepted.ToList(), Rig.Server.Reports.Select(r => r.Report.Sequence).ToList(), "accepted reports that the server has not");
    }

    /// <summary>How often the board was asked for the key or its memory.</summary>
    public int Asked { get; private set; }

    public byte[]? TryReadKey()
    {
        Asked++;
        return PublicKey;
    }

    int IUpdateBoard.FreeMemory()
    {
        Asked++;
        return FreeMemory;
    }

    /// <summary>The chip wakes from deep sleep: nothing is under way.</summary>
    public void Wake()
    {
        _woken = true;
        Rig.WakeUp(BootReason.WakeTimer);
        _woken = false;
    }

    private Updater MakeUpdater() => new(Updates, this, Image, Factory, _woken);

    private void Serve()
    {
        for (; _servedReports < Rig.Server.Reports.Count; _servedReports++)
        {
            var report = Rig.Server.Reports[_servedReports].Report;
            for (var i = 0; i < report.EventCount; i++)
            {
                if (report.EventCodes[i] == EventCode.UpdateWants && Serves) Send(report.EventValue[i]);
            }
        }
    }

    private void Send(int from)
    {
        for (var offset = from; offset < Math.Min(File.Length, from + Updater.WindowSize); offset += Command.BlockSizeMax)
        {
            Rig.Server.Downlink.Add(Block(SignedImage.GetUInt32(File, 8), offset, File.AsSpan(offset, Math.Min(Command.BlockSizeMax, File.Length - offset))));
        }
    }

    public static byte[] Block(uint version, int offset, ReadOnlySpan<byte> bytes)
    {
        var block = new Command { Code = CommandCode.UpdateBlock, Id = version, BlockOffset = offset, BlockLength = bytes.Length };
        bytes.CopyTo(block.Block);
        var buffer = new byte[CommandFrame.FrameSizeMax];
        return buffer[..CommandFrame.Write(block, buffer, 0)];
    }
}
