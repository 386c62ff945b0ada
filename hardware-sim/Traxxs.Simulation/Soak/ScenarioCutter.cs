using Traxxs.Simulation.Scenarios;
using YamlDotNet.RepresentationModel;

namespace Traxxs.Simulation.Soak;

/// <summary>
/// Cuts a failing scenario down to a small one that fails in the same way: leaves out entries of lists, halves of them first, then
/// keys, then halves spans and with them the day; over and over until nothing more can go. For plans of the soak and for ordinary
/// scenarios alike.
/// </summary>
/// <param name="fails">Whether a scenario still fails in the way that matters.</param>
/// <param name="kept">Keys whose values are not cut, such as <c>expect</c>.</param>
public sealed class ScenarioCutter(IScenarioFailing fails, IReadOnlySet<string> kept)
{
    /// <summary>Most attempts: some minutes of a usual plan.</summary>
    public const int AttemptsUsual = 600;

    private YamlMappingNode _root = [];
    private Action<CutResult>? _progress;
    private CancellationToken _cancellation;
    private string _best = "";
    private int _attempts;
    private int _attemptsMax;

    /// <summary>
    /// Cuts. Where nothing can be cut, or the text does not fail at all, it comes back as it was. Stops at
    /// <paramref name="attemptsMax"/> attempts with what it has by then.
    /// </summary>
    public CutResult Cut(string text, int attemptsMax = AttemptsUsual, Action<CutResult>? progress = null, CancellationToken cancellation = default)
    {
        (_best, _attempts, _attemptsMax, _progress, _cancellation) = (text, 0, attemptsMax, progress, cancellation);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        _root = (YamlMappingNode)stream.Documents[0].RootNode;
        if (!fails.StillFails(text, cancellation)) return new CutResult(text, 0);
        CutDay();
        for (var smaller = true; smaller && _attempts < _attemptsMax;) smaller = CutLists(_root) | CutKeys(_root) | HalveSpans(_root);
        return new CutResult(_best, _attempts);
    }

    // First, since it makes every further attempt cheaper: what comes after the failure takes no part in it.
    private void CutDay()
    {
        if (!kept.Contains("duration") && _root.Children.TryGetValue(new YamlScalarNode("duration"), out var duration)) HalveSpans(duration);
    }

    // The last entries go first: what comes after the failure cannot have caused it.
    private bool CutLists(YamlNode node)
    {
        var any = false;
        if (node is YamlSequenceNode list && list.Children.Any(static child => child is not YamlScalarNode { Value: { Length: > 0 } value } || !char.IsAsciiDigit(value[0])))
        {
            for (var size = Math.Max(1, list.Children.Count / 2); size >= 1; size /= 2)
            {
                for (var end = list.Children.Count; end > 0; end -= size)
                {
                    var from = Math.Max(0, end - size);
                    var gone = list.Children.Skip(from).Take(end - from).ToList();
                    any |= Try(() => { foreach (var _ in gone) list.Children.RemoveAt(from); }, () => { for (var i = 0; i < gone.Count; i++) list.Children.Insert(from + i, gone[i]); });
                }
            }
        }

        foreach (var child in ChildrenOf(node)) any |= CutLists(child);
        return any;
    }

    private bool CutKeys(YamlNode node)
    {
        var any = false;
        if (node is YamlMappingNode map)
        {
            foreach (var (key, value) in map.Children.Reverse().Where(pair => !kept.Contains(pair.Key.ToString())).ToList())
            {
                var before = map.Children.ToList();
                any |= Try(() => map.Children.Remove(key), () => Restore(map, before));
            }
        }

        foreach (var child in ChildrenOf(node)) any |= CutKeys(child);
        return any;
    }

    private bool HalveSpans(YamlNode node)
    {
        var any = false;
        if (node is YamlScalarNode { Value: { } text } scalar)
        {
            while (SpanHalves.TryHalve(scalar.Value!, out var half))
            {
                var before = scalar.Value;
                if (!Try(() => scalar.Value = half, () => scalar.Value = before)) break;
                any = true;
            }
        }

        foreach (var child in ChildrenOf(node)) any |= HalveSpans(child);
        return any;
    }

    private bool Try(Action change, Action back)
    {
        if (_attempts >= _attemptsMax) return false;
        _cancellation.ThrowIfCancellationRequested();
        change();
        _attempts++;
        var text = Write(_root);
        if (fails.StillFails(text, _cancellation))
        {
            _best = text;
            _progress?.Invoke(new CutResult(_best, _attempts));
            return true;
        }

        back();
        return false;
    }

    private IEnumerable<YamlNode> ChildrenOf(YamlNode node) => node switch
    {
        YamlSequenceNode list => [.. list.Children],
        YamlMappingNode map => [.. map.Children.Where(pair => !kept.Contains(pair.Key.ToString())).Select(pair => pair.Value)],
        _ => [],
    };

    private static void Restore(YamlMappingNode map, List<KeyValuePair<YamlNode, YamlNode>> children)
    {
        map.Children.Clear();
        foreach (var (key, value) in children) map.Children.Add(key, value);
    }

    private static string Write(YamlMappingNode root)
    {
        var writer = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(root)).Save(writer, assignAnchors: false);
        var text = writer.ToString();
        return text.EndsWith("...\n", StringComparison.Ordinal) ? text[..^4] : text;
    }
}

/// <summary>What cutting came to.</summary>
/// <param name="Text">The smallest scenario found.</param>
/// <param name="Attempts">Runs it took.</param>
public sealed record CutResult(string Text, int Attempts)
{
    /// <summary>Lines of it.</summary>
    public int Lines => Text.AsSpan().Count('\n');
}

/// <summary>Runs a scenario and says whether it fails in the way that matters.</summary>
public interface IScenarioFailing
{
    /// <summary>Whether it does. A text that is no scenario does not.</summary>
    bool StillFails(string text, CancellationToken cancellation);
}
