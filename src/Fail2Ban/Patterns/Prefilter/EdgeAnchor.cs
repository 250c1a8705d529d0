using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Finds out whether a pattern is bound to an edge of its subject.</summary>
internal static class EdgeAnchor
{
    /// <summary>Whether it can only match at offset 0.</summary>
    internal static bool HoldsStart(PatternTree tree) => Holds(tree.Root, tree.GlobalFlags, atEnd: false);

    /// <summary>Whether it can only match up to the end.</summary>
    internal static bool HoldsEnd(PatternTree tree) => Holds(tree.Root, tree.GlobalFlags, atEnd: true);

    private static bool Holds(Node node, Flags flags, bool atEnd) => node switch
    {
        Anchor anchor when anchor.Kind == (atEnd ? AnchorKind.TextEnd : AnchorKind.TextStart) => true,
        Anchor anchor when anchor.Kind == (atEnd ? AnchorKind.LineEnd : AnchorKind.LineStart) => !flags.HasFlag(Flags.MultiLine),
        Sequence sequence => HoldsForOutermost(atEnd ? sequence.Items.Reverse() : sequence.Items, flags, atEnd),
        Alternation alternation => alternation.Branches.All(branch => Holds(branch, flags, atEnd)),
        Capture capture => Holds(capture.Body, flags, atEnd),
        PlainGroup group => Holds(group.Body, group.Inside(flags), atEnd),
        Atomic atomic => Holds(atomic.Body, flags, atEnd),
        Look { Negative: false, Behind: false } look => Holds(look.Body, flags, atEnd),
        Repeat { Minimum: > 0 } repeat => Holds(repeat.Body, flags, atEnd),
        Conditional { No: not null } conditional => Holds(conditional.Yes, flags, atEnd) && Holds(conditional.No, flags, atEnd),
        _ => false,
    };

    // What takes no room may stand between the edge and the anchor.
    private static bool HoldsForOutermost(IEnumerable<Node> items, Flags flags, bool atEnd)
    {
        foreach (Node item in items)
        {
            if (Holds(item, flags, atEnd)) return true;
            if (item is not (Look or Anchor)) return false;
        }

        return false;
    }
}
