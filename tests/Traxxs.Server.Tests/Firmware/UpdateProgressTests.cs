using Traxxs.Protocol;
using Traxxs.Server.Firmware;
using Traxxs.Server.Ingest;
using Traxxs.Store.Service;

namespace Traxxs.Server.Tests.Firmware;

[TestClass]
public sealed class UpdateProgressTests
{
    private const long Version = 0xFFFE0001; // above what a signed number holds
    private static readonly DateTimeOffset Asked = DateTimeOffset.FromUnixTimeSeconds(1_768_478_400);
    private static readonly DateTimeOffset Now = Asked.AddMinutes(1);

    // Edges of the machine, each state with each word of the device: where it leads, where that is not where it was.
    private const string Edges =
        """
        Offered UpdateRefused Refused
        Offered UpdateWants Downloading
        Offered UpdateReady Restarting
        Offered UpdateKept Kept
        Offered UpdateReturned Returned
        Downloading UpdateRefused Refused
        Downloading UpdateReady Restarting
        Downloading UpdateKept Kept
        Downloading UpdateReturned Returned
        Restarting UpdateKept Kept
        Restarting UpdateReturned Returned
        Kept UpdateReturned Returned
        Returned UpdateKept Kept
        Refused UpdateKept Kept
        Refused UpdateReturned Returned
        Expired UpdateKept Kept
        Expired UpdateReturned Returned
        Withdrawn UpdateKept Kept
        Withdrawn UpdateReturned Returned
        """;

    [TestMethod]
    public void Each_word_leads_where_the_list_says()
    {
        var edges = from state in Enum.GetValues<UpdateState>()
            from code in new[] { EventCode.UpdateRefused, EventCode.UpdateWants, EventCode.UpdateReady, EventCode.UpdateKept, EventCode.UpdateReturned }
            let after = UpdateProgress.After(In(state), Word(code), null, Now)
            where after.State != state
            select $"{state} {code} {after.State}";
        Assert.AreEqual(Edges, string.Join('\n', edges));
    }

    [TestMethod]
    public void A_wish_says_how_much_is_there_and_one_beyond_the_file_says_nothing()
    {
        var wants = UpdateProgress.After(In(UpdateState.Downloading), Word(EventCode.UpdateWants, 8192), null, Now);
        Assert.AreEqual((8192, Now), (wants.Progress, wants.ToldAt));
        Assert.AreEqual(0, UpdateProgress.After(wants, Word(EventCode.UpdateWants, 0), null, Now).Progress, "it begins again");
        foreach (var wrong in new[] { -1, 20_001, int.MaxValue }) Assert.AreEqual(wants, UpdateProgress.After(wants, Word(EventCode.UpdateWants, wrong), null, Now));
        Assert.AreEqual(20_000, UpdateProgress.After(wants, Word(EventCode.UpdateWants, 20_000), null, Now).Progress);
    }

    [TestMethod]
    public void What_is_said_of_another_version_or_was_said_before_the_offer_changes_nothing()
    {
        var downloading = In(UpdateState.Downloading);
        foreach (var code in new[] { EventCode.UpdateReady, EventCode.UpdateKept, EventCode.UpdateReturned }) Assert.AreEqual(downloading, UpdateProgress.After(downloading, Word(code, 5), null, Now));
        Assert.AreEqual(downloading, UpdateProgress.After(downloading, new ReportEvent(EventCode.UpdateReturned, Asked.AddSeconds(-6), unchecked((int)Version)), null, Now), "given back, and offered again");
        foreach (var code in new[] { EventCode.UpdateRefused, EventCode.UpdateWants })
        {
            Assert.AreEqual(downloading, UpdateProgress.After(downloading, new ReportEvent(code, Asked.AddSeconds(-6), 3), null, Now), "of an offer before this one");
            Assert.AreNotEqual(downloading, UpdateProgress.After(downloading, new ReportEvent(code, Asked.AddSeconds(-4), 3), null, Now), "a clock a little behind");
            Assert.AreNotEqual(downloading, UpdateProgress.After(downloading, new ReportEvent(code, null, 3), null, Now), "a device that does not know the time");
        }
    }

    [TestMethod]
    public void A_word_whose_version_is_named_is_of_that_version_and_of_no_other()
    {
        var downloading = In(UpdateState.Downloading);
        foreach (var code in new[] { EventCode.UpdateRefused, EventCode.UpdateWants })
        {
            Assert.AreEqual(downloading, UpdateProgress.After(downloading, Word(code, 3), 5, Now), "of an offer before, by a clock that is behind");
            Assert.AreNotEqual(downloading, UpdateProgress.After(downloading, Word(code, 3), (uint)Version, Now));
        }

        ReportEvent[] report = [Word(EventCode.UpdateVersion, unchecked((int)Version)), Word(EventCode.UpdateWants, 3), Word(EventCode.UpdateRefused, 3)];
        Assert.AreEqual((uint)Version, UpdateProgress.VersionOf(report, 1));
        Assert.IsNull(UpdateProgress.VersionOf(report, 2), "only the event right before names it");
        Assert.IsNull(UpdateProgress.VersionOf(report, 0));
    }

    [TestMethod]
    public void A_refusal_keeps_its_reason_and_every_reason_has_words()
    {
        var refused = UpdateProgress.After(In(UpdateState.Offered), Word(EventCode.UpdateRefused, 6), null, Now);
        Assert.AreEqual((6, Now), (refused.Reason, refused.EndedAt));
        var words = Enum.GetValues<UpdateRefusal>().Where(reason => reason != UpdateRefusal.None).Select(reason => UpdateWords.OfRefusal((int)reason)).ToList();
        Assert.HasCount(words.Count, words.Distinct().ToList());
        Assert.DoesNotContain("does not know:", string.Join('\n', words));
        StringAssert.Contains(UpdateWords.OfRefusal(200), "200");
    }

    private static ReportEvent Word(EventCode code, int? value = null) =>
        new(code, Now, value ?? (code is EventCode.UpdateWants ? 0 : unchecked((int)Version)));

    private static DeviceUpdate In(UpdateState state) => new()
    {
        DeviceId = "insole-1", Version = Version, Size = 20_000, State = state, Offer = 1, AskedAt = Asked, AskedBy = "ada", ExpiresAt = Asked.AddDays(7),
    };
}
