using System.Collections.Immutable;
using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Finds texts of which each match of a pattern contains at least one.</summary>
/// <remarks>
/// A piece either takes one of a few texts and nothing else, or is known to contain one of some texts, or says nothing.
/// Texts that follow each other without a gap grow together; of the sets that remain the most selective wins.
/// </remarks>
internal static class LiteralFinder
{
    private const int MostTexts = 16;
    private const int LongestText = 64;
    private const int MostSetMembers = 4;

    /// <returns>Empty when no set is known.</returns>
    internal static IReadOnlyList<RequiredLiteral> Find(PatternTree tree)
    {
        Knowledge known = Of(tree.Root, tree.GlobalFlags);
        ImmutableArray<LiteralRun>? set = Better(known.Exact, known.Required);
        return set is { } texts && IsUsable(texts) ? [.. texts.Select(text => text.ToRequired())] : [];
    }

    // Exact: the piece takes one of these. Required: what it takes contains one of these.
    private readonly record struct Knowledge(ImmutableArray<LiteralRun>? Exact, ImmutableArray<LiteralRun>? Required);

    private static readonly Knowledge Nothing = new(null, null);
    private static readonly Knowledge NoRoom = new([LiteralRun.Empty], null);

    private static Knowledge Of(Node node, Flags flags) => node switch
    {
        Literal literal => LiteralRun.Of(literal.CodePoint, flags) is { } run ? new Knowledge([run], null) : Nothing,
        CharacterSet set => OfSet(set, flags),
        Anchor or Look => NoRoom,
        Sequence sequence => OfSequence(sequence, flags),
        Alternation alternation => OfBranches(alternation.Branches.Select(branch => Of(branch, flags))),
        Capture capture => Of(capture.Body, flags),
        PlainGroup group => Of(group.Body, group.Inside(flags)),
        Atomic atomic => Of(atomic.Body, flags),
        Repeat repeat => OfRepeat(repeat, flags),
        Conditional conditional => OfBranches([Of(conditional.Yes, flags), conditional.No is null ? NoRoom : Of(conditional.No, flags)]),
        _ => Nothing,
    };

    private static Knowledge OfSet(CharacterSet set, Flags flags)
    {
        if (set.Negated || set.Items.Any(item => item.Kind != ClassKind.Range)) return Nothing;
        if (set.Items.Sum(item => (long)item.Last - item.First + 1) > MostSetMembers) return Nothing;
        var texts = ImmutableArray.CreateBuilder<LiteralRun>();
        foreach (SetItem item in set.Items)
        {
            for (int codePoint = item.First; codePoint <= item.Last; codePoint++)
            {
                if (LiteralRun.Of(codePoint, flags) is not { } text) return Nothing;
                texts.Add(text);
            }
        }

        return new Knowledge(texts.DrainToImmutable(), null);
    }

    private static Knowledge OfSequence(Sequence sequence, Flags flags)
    {
        ImmutableArray<LiteralRun> run = [LiteralRun.Empty];
        ImmutableArray<LiteralRun>? best = null;
        bool exact = true;
        foreach (Node item in sequence.Items)
        {
            Knowledge known = Of(item, flags);
            best = Better(best, known.Required);
            if (known.Exact is { } texts && Product(run, texts) is { } longer)
            {
                run = longer;
                continue;
            }

            best = Better(best, run);
            run = known.Exact ?? [LiteralRun.Empty];
            exact = false;
        }

        return exact ? new Knowledge(run, best) : new Knowledge(null, Better(best, run));
    }

    private static Knowledge OfBranches(IEnumerable<Knowledge> branches)
    {
        var exact = ImmutableArray.CreateBuilder<LiteralRun>();
        var required = ImmutableArray.CreateBuilder<LiteralRun>();
        (bool allExact, bool allRequired) = (true, true);
        foreach (Knowledge branch in branches)
        {
            if (branch.Exact is { } texts) exact.AddRange(texts);
            else allExact = false;

            if (Better(branch.Exact, branch.Required) is { } best && IsUsable(best)) required.AddRange(best);
            else allRequired = false;
        }

        return new Knowledge(
            allExact && exact.Count <= MostTexts ? exact.DrainToImmutable() : null,
            allRequired && required.Count <= MostTexts ? required.DrainToImmutable() : null);
    }

    private static Knowledge OfRepeat(Repeat repeat, Flags flags)
    {
        Knowledge body = Of(repeat.Body, flags);
        if (repeat.Minimum == 0)
        {
            if (repeat.Maximum > 1 || body.Exact is not { Length: < MostTexts } texts) return Nothing;
            return repeat.Maximum == 0 ? NoRoom : new Knowledge(texts.Add(LiteralRun.Empty), null);
        }

        ImmutableArray<LiteralRun>? required = Better(body.Required, body.Exact);
        if (body.Exact is not { } once || repeat.Minimum != repeat.Maximum || repeat.Minimum > LongestText) return new Knowledge(null, required);
        ImmutableArray<LiteralRun>? all = once;
        for (int i = 1; i < repeat.Minimum && all is { } some; i++) all = Product(some, once);
        return new Knowledge(all, required);
    }

    private static ImmutableArray<LiteralRun>? Product(ImmutableArray<LiteralRun> heads, ImmutableArray<LiteralRun> tails)
    {
        if (heads.Length * tails.Length > MostTexts) return null;
        if (Longest(heads) + Longest(tails) > LongestText) return null;
        if (heads is [var only] && tails is [var next]) return [only.Then(next)]; // character after character, for the most part
        return [.. heads.SelectMany(_ => tails, (head, tail) => head.Then(tail)).Distinct()];
    }

    private static int Longest(ImmutableArray<LiteralRun> texts)
    {
        int longest = 0;
        foreach (LiteralRun text in texts) longest = Math.Max(longest, text.Text.Length);
        return longest;
    }

    private static ImmutableArray<LiteralRun>? Better(ImmutableArray<LiteralRun>? one, ImmutableArray<LiteralRun>? other) =>
        other is null || (one is not null && Score(one.Value) >= Score(other.Value)) ? one : other;

    // The shortest text decides how many lines pass; each further text costs a little.
    private static int Score(ImmutableArray<LiteralRun> texts) => IsUsable(texts) ? 4 * Math.Min(16, Shortest(texts)) - texts.Length : int.MinValue;

    private static bool IsUsable(ImmutableArray<LiteralRun> texts) => !texts.IsEmpty && Shortest(texts) > 0;

    private static int Shortest(ImmutableArray<LiteralRun> texts)
    {
        int shortest = int.MaxValue;
        foreach (LiteralRun text in texts) shortest = Math.Min(shortest, text.Text.Length);
        return shortest;
    }
}
