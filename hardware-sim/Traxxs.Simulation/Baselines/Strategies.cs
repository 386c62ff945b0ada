using Traxxs.Protocol;
using Traxxs.Simulation.Energy;
using Traxxs.Simulation.World;

namespace Traxxs.Simulation.Baselines;

/// <summary>Ways of tracking to hold ours against; each is told in its own words, and given every advantage that costs it nothing.</summary>
public static class Strategies
{
    /// <summary>From this rest on deep sleep pays: 1.4 s of start at 27 mA over the 0.343 mA that it saves, ms.</summary>
    public const long DeepSleepPaysMs = 110_000;

    /// <summary>The receiver never goes off.</summary>
    public static BaselineResult AlwaysOn(BaselineBoard board)
    {
        board.Set(EnergyState.ControllerActive);
        while (board.NowMs < board.EndMs)
        {
            var dueMs = board.NowMs + board.Profile[SettingCode.FixIntervalS] * 1000L;
            board.TryFix(board.Profile[SettingCode.FixIntervalS], dozing: true, running: true);
            if (board.WaitingFixes >= board.Profile[SettingCode.BatchFixes]) board.Report();
            while (board.NowMs < Math.Min(dueMs, board.EndMs)) board.Listen(dueMs);
        }

        return board.Account("always-on GNSS", "The receiver runs all day and a fix a minute is kept, 20 a report; the controller sleeps while no bytes come.");
    }

    /// <summary>A fix every so often, whatever the wearer does.</summary>
    public static BaselineResult Interval(BaselineBoard board, int intervalS)
    {
        var failures = 0;
        while (board.NowMs < board.EndMs)
        {
            var beganMs = board.NowMs;
            board.StartController();
            failures = board.TryFix(board.Profile[SettingCode.SearchTimeoutS], dozing: true) ? 0 : failures + 1;
            if (board.WaitingFixes >= board.Profile[SettingCode.BatchFixes]) board.Report();
            board.Set(EnergyState.ControllerDeepSleep);
            var waitS = Math.Min(Math.Max(intervalS, board.Profile[SettingCode.SearchBackoffMaxS]), (long)intervalS << Math.Min(failures, 10));
            board.WaitUntil(beganMs + waitS * 1000);
        }

        var every = intervalS % 60 == 0 ? $"{intervalS / 60} min" : $"{intervalS} s";
        return board.Account($"a fix every {every}", $"Deep sleep, a fix every {every}, 20 a report; no accelerometer. After a search in vain it waits twice as long each time, as ours does.");
    }

    /// <summary>
    /// Knows when the wearer moves and where satellites are to be seen. It gives the same service as ours: it counts steps and
    /// looks for falls while the wearer moves, takes fixes at the same interval, and speaks when ours spoke.
    /// </summary>
    public static BaselineResult Oracle(BaselineBoard board, IReadOnlyList<long> contactsMs)
    {
        var contacts = new Queue<long>(contactsMs);
        foreach (var span in board.Wearer.Timeline.Spans.TakeWhile(span => span.StartMs < board.EndMs))
        {
            if (Timeline.Moves(span.Activity)) Move(board, span, contacts);
            else Rest(board, span.EndMs, contacts);
        }

        Rest(board, board.EndMs, contacts);
        return board.Account("oracle", "Knows in advance when the wearer moves and where the sky is seen: no wake in vain, no search in vain, the controller asleep while no bytes come. Steps, falls, fix interval and contacts as ours.");
    }

    private static void Move(BaselineBoard board, ActivitySpan span, Queue<long> contacts)
    {
        board.Set(EnergyState.AccelerometerHighPerformance);
        var dueMs = span.StartMs;
        var endMs = Math.Min(span.EndMs, board.EndMs);
        var beganMs = board.NowMs;
        while (board.NowMs < endMs)
        {
            board.Set(EnergyState.ControllerLightSleep);
            if (board.NowMs >= dueMs && board.SeesSky(board.NowMs) && board.SeesSky(board.NowMs + 5000))
            {
                dueMs = board.NowMs + board.Profile[SettingCode.FixIntervalS] * 1000L;
                board.TryFix(board.Profile[SettingCode.SearchTimeoutS], dozing: true);
            }
            else if (contacts.TryPeek(out var contactMs) && board.NowMs >= contactMs)
            {
                contacts.Dequeue();
                board.Report();
            }
            else
            {
                var next = Math.Max(dueMs, board.NowMs + 1000);
                if (contacts.TryPeek(out contactMs)) next = Math.Min(next, Math.Max(contactMs, board.NowMs + 1));
                board.WaitUntil(Math.Min(next, endMs));
            }
        }

        if (board.SeesSky(board.NowMs)) board.TryFix(board.Profile[SettingCode.SearchTimeoutS], dozing: true);
        board.AddSteps(board.NowMs - beganMs);
    }

    private static void Rest(BaselineBoard board, long untilMs, Queue<long> contacts)
    {
        board.Set(EnergyState.AccelerometerLowPower);
        while (board.NowMs < Math.Min(untilMs, board.EndMs))
        {
            var nextMs = contacts.TryPeek(out var contactMs) ? Math.Min(contactMs, untilMs) : untilMs;
            var deep = nextMs - board.NowMs >= DeepSleepPaysMs;
            board.Set(deep ? EnergyState.ControllerDeepSleep : EnergyState.ControllerLightSleep);
            board.WaitUntil(nextMs);
            if (board.NowMs >= board.EndMs) break;
            if (deep) board.StartController();
            if (!contacts.TryPeek(out contactMs) || board.NowMs < contactMs) continue;
            contacts.Dequeue();
            board.Report();
        }
    }
}
