using System.Collections.Immutable;
using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Finds texts of which each match of a pattern begins with one.</summary>
internal static class HeadFinder
{
    private const int MostTexts = 16;
    private const int LongestText = 16;

    /// <returns>Empty when no set is known.</returns>
    internal static IReadOnlyList<RequiredLiteral> Find(PatternTree tree)
    {
        ImmutableArray<LiteralRun> heads = Of(tree.Root, tree.GlobalFlags).Texts;
        return heads.Any(head => head.Text.Length == 0) ? [] : [.. heads.Select(head => head.ToRequired()).DistinctBy(Key)];
    }

    // What the piece takes begins with one of the texts; where it is whole, it takes one of them and no more.
    private readonly record struct Head(ImmutableArray<LiteralRun> Texts, bool IsWhole);

    private static readonly Head Unknown = new([LiteralRun.Empty], IsWhole: false);
    private static readonly Head NoRoom = new([LiteralRun.Empty], IsWhole: true);

    private static string Key(RequiredLiteral head) => $"{head.IgnoreCase} {head.AsciiSubjectsOnly} {Convert.ToHexString(head.Text.Span)}";

    private static Head Of(Node node, Flags flags) => node switch
    {
        Literal literal => LiteralRun.Of(literal.CodePoint, flags) is { } run ? new Head([run], IsWhole: true) : Unknown,
        CharacterSet set => OfSet(set, flags),
        Anchor or Look => NoRoom,
        Sequence sequence => OfSequence(sequence, flags),
        Alternation alternation => OfBranches(alternation.Branches.Select(branch => Of(branch, flags))),
        Capture capture => Of(capture.Body, flags),
        PlainGroup group => Of(group.Body, group.Inside(flags)),
        Atomic atomic => Of(atomic.Body, flags),
        Repeat repeat => OfRepeat(repeat, flags),
        Conditional conditional => OfBranches([Of(conditional.Yes, flags), conditional.No is null ? NoRoom : Of(conditional.No, flags)]),
        _ => Unknown,
    };

    private static Head OfSet(CharacterSet set, Flags flags)
    {
        if (set.Negated || set.Items.Any(item => item.Kind != ClassKind.Range)) return Unknown;
        if (set.Items.Sum(item => (long)item.Last - item.First + 1) > MostTexts) return Unknown;
        var texts = ImmutableArray.CreateBuilder<LiteralRun>();
        foreach (SetItem item in set.Items)
        {
            for (int codePoint = item.First; codePoint <= item.Last; codePoint++)
            {
                if (LiteralRun.Of(codePoint, flags) is not { } text) return Unknown;
                texts.Add(text);
            }
        }

        return texts.Count == 0 ? Unknown : new Head(texts.DrainToImmutable(), IsWhole: true);
    }

    private static Head OfSequence(Sequence sequence, Flags flags)
    {
        ImmutableArray<LiteralRun> heads = [LiteralRun.Empty];
        foreach (Node item in sequence.Items)
        {
            Head next = Of(item, flags);
            if (heads.Length * next.Texts.Length > MostTexts) return new Head(heads, IsWhole: false);
            if (heads is [var only] && next.Texts is [var more]) heads = [only.Then(more)]; // character after character, for the most part
            else heads = [.. heads.SelectMany(_ => next.Texts, (head, tail) => head.Then(tail)).Distinct()];
            if (!next.IsWhole || heads.Max(head => head.Text.Length) > LongestText) return new Head(heads, IsWhole: false);
        }

        return new Head(heads, IsWhole: true);
    }

    private static Head OfBranches(IEnumerable<Head> branches)
    {
        Head[] all = [.. branches];
        ImmutableArray<LiteralRun> texts = [.. all.SelectMany(branch => branch.Texts).Distinct()];
        return texts.Length > MostTexts ? Unknown : new Head(texts, all.All(branch => branch.IsWhole));
    }

    private static Head OfRepeat(Repeat repeat, Flags flags)
    {
        if (repeat.Maximum == 0) return NoRoom;
        Head body = Of(repeat.Body, flags);
        ImmutableArray<LiteralRun> texts = repeat.Minimum > 0 ? body.Texts : body.Texts.Add(LiteralRun.Empty);
        return texts.Length > MostTexts ? Unknown : new Head(texts, body.IsWhole && repeat.Maximum == 1);
    }
}
